import type { PermissionRequest } from "@hotkeep/core";
import { parsePolicy, policySize } from "@hotkeep/policy";
import { limitExceeded, noSuchEntity } from "../errors.js";
import type { Realm } from "../realm.js";
import { type CarrierKind, findCarrier, groupCarrier, roleCarrier, userCarrier } from "./carriers.js";
import { boundaryKey } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { type PageInput, paginate } from "./page.js";
import { encodeDocument } from "./shapes.js";

function need(realm: Realm, kind: CarrierKind, verb: string, name: string): PermissionRequest {
  const carrier = kind.find(realm, name);
  const boundary = carrier === undefined || carrier.kind === "group" ? undefined : carrier.boundary;
  return kind.need(realm, `${verb}${kind.label}Policy`, name, boundaryKey(boundary));
}

function missing(kind: CarrierKind, policyName: string): Error {
  return noSuchEntity(`The ${kind.kind} policy with name ${policyName} cannot be found.`);
}

async function put(realm: Realm, kind: CarrierKind, name: string, policy: string, text: string): Promise<object> {
  await realm.records.edit(async (tx) => {
    const carrier = await kind.require(tx, name);
    parsePolicy(text, "identity");
    const inline = { ...carrier.inline, [policy]: text };
    const size = Object.values(inline).reduce((sum, document) => sum + policySize(document), 0);
    if (size > kind.inlineCharactersMax) {
      throw limitExceeded(
        `Maximum policy size of ${kind.inlineCharactersMax} bytes exceeded for ${kind.kind} ${carrier.name}`,
      );
    }
    kind.put(tx, { ...carrier, inline });
  });
  return {};
}

async function remove(realm: Realm, kind: CarrierKind, name: string, policy: string): Promise<object> {
  await realm.records.edit(async (tx) => {
    const carrier = await kind.require(tx, name);
    if (!Object.hasOwn(carrier.inline, policy)) throw missing(kind, policy);
    const { [policy]: _gone, ...inline } = carrier.inline;
    kind.put(tx, { ...carrier, inline });
  });
  return {};
}

function get(realm: Realm, kind: CarrierKind, name: string, policy: string) {
  const carrier = findCarrier(realm, kind, name);
  const text = Object.hasOwn(carrier.inline, policy) ? carrier.inline[policy] : undefined;
  if (text === undefined) throw missing(kind, policy);
  return { name: carrier.name, PolicyName: policy, PolicyDocument: encodeDocument(text) };
}

function list(realm: Realm, kind: CarrierKind, name: string, input: PageInput) {
  const names = Object.keys(findCarrier(realm, kind, name).inline);
  // Letter case counts in the names of inline policies, so it is part of the sort key.
  const { items, rest } = paginate(names, (policy) => `${policy} ${Buffer.from(policy).toString("hex")}`, input);
  return { PolicyNames: items, ...rest };
}

/** Inline policies of users, groups and roles. */
export const inlinePolicyOperations: OperationFamily = (realm) => [
  operation("PutUserPolicy", {
    needs: ({ UserName }) => [need(realm, userCarrier, "Put", UserName)],
    handle: ({ UserName, PolicyName, PolicyDocument }) => put(realm, userCarrier, UserName, PolicyName, PolicyDocument),
  }),
  operation("GetUserPolicy", {
    needs: ({ UserName }) => [userCarrier.need(realm, "GetUserPolicy", UserName)],
    handle: ({ UserName, PolicyName }) => {
      const { name, ...policy } = get(realm, userCarrier, UserName, PolicyName);
      return { UserName: name, ...policy };
    },
  }),
  operation("DeleteUserPolicy", {
    needs: ({ UserName }) => [need(realm, userCarrier, "Delete", UserName)],
    handle: ({ UserName, PolicyName }) => remove(realm, userCarrier, UserName, PolicyName),
  }),
  operation("ListUserPolicies", {
    needs: ({ UserName }) => [userCarrier.need(realm, "ListUserPolicies", UserName)],
    handle: ({ UserName, ...input }) => list(realm, userCarrier, UserName, input),
  }),

  operation("PutGroupPolicy", {
    needs: ({ GroupName }) => [need(realm, groupCarrier, "Put", GroupName)],
    handle: ({ GroupName, PolicyName, PolicyDocument }) =>
      put(realm, groupCarrier, GroupName, PolicyName, PolicyDocument),
  }),
  operation("GetGroupPolicy", {
    needs: ({ GroupName }) => [groupCarrier.need(realm, "GetGroupPolicy", GroupName)],
    handle: ({ GroupName, PolicyName }) => {
      const { name, ...policy } = get(realm, groupCarrier, GroupName, PolicyName);
      return { GroupName: name, ...policy };
    },
  }),
  operation("DeleteGroupPolicy", {
    needs: ({ GroupName }) => [need(realm, groupCarrier, "Delete", GroupName)],
    handle: ({ GroupName, PolicyName }) => remove(realm, groupCarrier, GroupName, PolicyName),
  }),
  operation("ListGroupPolicies", {
    needs: ({ GroupName }) => [groupCarrier.need(realm, "ListGroupPolicies", GroupName)],
    handle: ({ GroupName, ...input }) => list(realm, groupCarrier, GroupName, input),
  }),

  operation("PutRolePolicy", {
    needs: ({ RoleName }) => [need(realm, roleCarrier, "Put", RoleName)],
    handle: ({ RoleName, PolicyName, PolicyDocument }) => put(realm, roleCarrier, RoleName, PolicyName, PolicyDocument),
  }),
  operation("GetRolePolicy", {
    needs: ({ RoleName }) => [roleCarrier.need(realm, "GetRolePolicy", RoleName)],
    handle: ({ RoleName, PolicyName }) => {
      const { name, ...policy } = get(realm, roleCarrier, RoleName, PolicyName);
      return { RoleName: name, ...policy };
    },
  }),
  operation("DeleteRolePolicy", {
    needs: ({ RoleName }) => [need(realm, roleCarrier, "Delete", RoleName)],
    handle: ({ RoleName, PolicyName }) => remove(realm, roleCarrier, RoleName, PolicyName),
  }),
  operation("ListRolePolicies", {
    needs: ({ RoleName }) => [roleCarrier.need(realm, "ListRolePolicies", RoleName)],
    handle: ({ RoleName, ...input }) => list(realm, roleCarrier, RoleName, input),
  }),
];
