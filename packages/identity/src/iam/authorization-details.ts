import { awsManagedPolicies } from "../aws-managed/policies.js";
import type { Directory } from "../directory/directory.js";
import type { CarrierRecord, GroupRecord, InstanceProfileRecord, RoleRecord, UserRecord } from "../records/types.js";
import { onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate } from "./page.js";
import {
  attachedShapes,
  encodeDocument,
  groupShape,
  instanceProfileShape,
  policyShape,
  policyUse,
  roleShape,
  userShape,
  versionShape,
  versionsOf,
} from "./shapes.js";

function inlineShapes({ inline }: CarrierRecord) {
  return Object.entries(inline).map(([name, text]) => ({ PolicyName: name, PolicyDocument: encodeDocument(text) }));
}

function userDetail(directory: Directory, user: UserRecord) {
  return {
    ...userShape(directory, user),
    UserPolicyList: inlineShapes(user),
    GroupList: directory.groupsOf(user).map(({ name }) => name),
    AttachedManagedPolicies: attachedShapes(user),
  };
}

function groupDetail(directory: Directory, group: GroupRecord) {
  return {
    ...groupShape(directory, group),
    GroupPolicyList: inlineShapes(group),
    AttachedManagedPolicies: attachedShapes(group),
  };
}

function roleDetail(directory: Directory, role: RoleRecord) {
  const { Description: _description, MaxSessionDuration: _seconds, ...shape } = roleShape(directory, role);
  const profiles = role.instanceProfiles.flatMap((name): InstanceProfileRecord[] => {
    const profile = directory.instanceProfile(name);
    return profile === undefined ? [] : [profile];
  });
  return {
    ...shape,
    InstanceProfileList: profiles.map((profile) => instanceProfileShape(directory, profile)),
    RolePolicyList: inlineShapes(role),
    AttachedManagedPolicies: attachedShapes(role),
  };
}

type Policy = Parameters<typeof versionsOf>[0];

function policyDetail(directory: Directory, policy: Policy) {
  const { Tags: _tags, ...shape } = { Tags: undefined, ...policyShape(directory, policy) };
  const defaultVersion = "defaultVersion" in policy ? policy.defaultVersion : "v1";
  return {
    ...shape,
    PolicyVersionList: versionsOf(policy).map((version) => versionShape(version, defaultVersion)),
  };
}

type Filter = "User" | "Group" | "Role" | "LocalManagedPolicy" | "AWSManagedPolicy";

type Detail =
  | { readonly kind: "User"; readonly record: UserRecord }
  | { readonly kind: "Group"; readonly record: GroupRecord }
  | { readonly kind: "Role"; readonly record: RoleRecord }
  | { readonly kind: "LocalManagedPolicy" | "AWSManagedPolicy"; readonly record: Policy };

/** Everything in the order in which one marker runs through it; of AWS's policies only those in use (documented). */
function allDetails(directory: Directory): readonly Detail[] {
  const inUse = awsManagedPolicies.filter(({ arn }) => {
    const { attachments, boundaries } = policyUse(directory, arn);
    return attachments + boundaries > 0;
  });
  return [
    ...[...directory.users.values()].map((record): Detail => ({ kind: "User", record })),
    ...[...directory.groups.values()].map((record): Detail => ({ kind: "Group", record })),
    ...[...directory.roles.values()].map((record): Detail => ({ kind: "Role", record })),
    ...[...directory.policies.values()].map((record): Detail => ({ kind: "LocalManagedPolicy", record })),
    ...inUse.map((record): Detail => ({ kind: "AWSManagedPolicy", record })),
  ];
}

const order: readonly Filter[] = ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"];

/** The whole account in one answer, page by page. */
export const authorizationDetailOperations: OperationFamily = ({ directory }) => [
  operation("GetAccountAuthorizationDetails", {
    needs: () => [onNothing("GetAccountAuthorizationDetails")],
    handle: ({ Filter, ...input }) => {
      const wanted = allDetails(directory).filter(
        ({ kind }) => Filter === undefined || Filter.length === 0 || Filter.includes(kind),
      );
      const { items, rest } = paginate(wanted, ({ kind, record }) => `${order.indexOf(kind)} ${record.name}`, input);
      return {
        UserDetailList: items.flatMap((item) => (item.kind === "User" ? userDetail(directory, item.record) : [])),
        GroupDetailList: items.flatMap((item) => (item.kind === "Group" ? groupDetail(directory, item.record) : [])),
        RoleDetailList: items.flatMap((item) => (item.kind === "Role" ? roleDetail(directory, item.record) : [])),
        Policies: items.flatMap((item) =>
          item.kind === "LocalManagedPolicy" || item.kind === "AWSManagedPolicy"
            ? policyDetail(directory, item.record)
            : [],
        ),
        ...rest,
      };
    },
  }),
];
