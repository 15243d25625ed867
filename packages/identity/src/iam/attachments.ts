import type { PermissionRequest } from "@hotkeep/core";
import { noSuchEntity, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import type { Realm } from "../realm.js";
import { checkPolicyArn, countDisuse, countUse } from "./boundary-rules.js";
import { type CarrierKind, findCarrier, groupCarrier, roleCarrier, userCarrier } from "./carriers.js";
import { boundaryKey } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { type PageInput, paginate } from "./page.js";
import { findManagedPolicy } from "./policies.js";
import { attachedShapes } from "./shapes.js";

function need(realm: Realm, kind: CarrierKind, verb: string, name: string, policyArn: string): PermissionRequest {
  const carrier = kind.find(realm, name);
  const boundary = carrier === undefined || carrier.kind === "group" ? undefined : carrier.boundary;
  return kind.need(realm, `${verb}${kind.label}Policy`, name, {
    "iam:PolicyARN": policyArn,
    ...boundaryKey(boundary),
  });
}

async function attach(realm: Realm, kind: CarrierKind, name: string, arn: string): Promise<object> {
  await realm.records.edit(async (tx) => {
    const carrier = await kind.require(tx, name);
    if (carrier.attached.includes(arn)) return;
    await countUse(tx, arn, "attachments", `Cannot attach a Service Role Policy to a Customer ${kind.label}.`);
    if (carrier.attached.length >= quotas.attachedPolicies) {
      throw quotaExceeded(`PoliciesPer${kind.label}`, quotas.attachedPolicies);
    }
    kind.put(tx, { ...carrier, attached: [...carrier.attached, arn] });
  });
  return {};
}

async function detach(realm: Realm, kind: CarrierKind, name: string, arn: string): Promise<object> {
  await realm.records.edit(async (tx) => {
    const carrier = await kind.require(tx, name);
    checkPolicyArn(arn);
    if (!carrier.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    await countDisuse(tx, arn, "attachments");
    kind.put(tx, { ...carrier, attached: carrier.attached.filter((other) => other !== arn) });
  });
  return {};
}

function list(realm: Realm, kind: CarrierKind, name: string, input: PageInput & { readonly PathPrefix?: string }) {
  const { PathPrefix = "/" } = input;
  const shapes = attachedShapes(findCarrier(realm, kind, name)).filter(({ PolicyArn }) =>
    findManagedPolicy(realm.directory, PolicyArn).path.startsWith(PathPrefix),
  );
  const { items, rest } = paginate(shapes, ({ PolicyName, PolicyArn }) => `${PolicyName} ${PolicyArn}`, input);
  return { AttachedPolicies: items, ...rest };
}

/** Attaching managed policies to users, groups and roles. */
export const attachmentOperations: OperationFamily = (realm) => [
  operation("AttachUserPolicy", {
    needs: ({ UserName, PolicyArn }) => [need(realm, userCarrier, "Attach", UserName, PolicyArn)],
    handle: ({ UserName, PolicyArn }) => attach(realm, userCarrier, UserName, PolicyArn),
  }),
  operation("DetachUserPolicy", {
    needs: ({ UserName, PolicyArn }) => [need(realm, userCarrier, "Detach", UserName, PolicyArn)],
    handle: ({ UserName, PolicyArn }) => detach(realm, userCarrier, UserName, PolicyArn),
  }),
  operation("ListAttachedUserPolicies", {
    needs: ({ UserName }) => [userCarrier.need(realm, "ListAttachedUserPolicies", UserName)],
    handle: ({ UserName, ...input }) => list(realm, userCarrier, UserName, input),
  }),

  operation("AttachGroupPolicy", {
    needs: ({ GroupName, PolicyArn }) => [need(realm, groupCarrier, "Attach", GroupName, PolicyArn)],
    handle: ({ GroupName, PolicyArn }) => attach(realm, groupCarrier, GroupName, PolicyArn),
  }),
  operation("DetachGroupPolicy", {
    needs: ({ GroupName, PolicyArn }) => [need(realm, groupCarrier, "Detach", GroupName, PolicyArn)],
    handle: ({ GroupName, PolicyArn }) => detach(realm, groupCarrier, GroupName, PolicyArn),
  }),
  operation("ListAttachedGroupPolicies", {
    needs: ({ GroupName }) => [groupCarrier.need(realm, "ListAttachedGroupPolicies", GroupName)],
    handle: ({ GroupName, ...input }) => list(realm, groupCarrier, GroupName, input),
  }),

  operation("AttachRolePolicy", {
    needs: ({ RoleName, PolicyArn }) => [need(realm, roleCarrier, "Attach", RoleName, PolicyArn)],
    handle: ({ RoleName, PolicyArn }) => attach(realm, roleCarrier, RoleName, PolicyArn),
  }),
  operation("DetachRolePolicy", {
    needs: ({ RoleName, PolicyArn }) => [need(realm, roleCarrier, "Detach", RoleName, PolicyArn)],
    handle: ({ RoleName, PolicyArn }) => detach(realm, roleCarrier, RoleName, PolicyArn),
  }),
  operation("ListAttachedRolePolicies", {
    needs: ({ RoleName }) => [roleCarrier.need(realm, "ListAttachedRolePolicies", RoleName)],
    handle: ({ RoleName, ...input }) => list(realm, roleCarrier, RoleName, input),
  }),
];
