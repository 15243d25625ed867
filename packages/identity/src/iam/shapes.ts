import { type AwsManagedPolicy, awsManagedPolicies } from "../aws-managed/policies.js";
import type { Directory } from "../directory/directory.js";
import type {
  CarrierRecord,
  GroupRecord,
  InstanceProfileRecord,
  PolicyRecord,
  PolicyVersionRecord,
  RoleRecord,
  TagRecord,
  UserRecord,
} from "../records/types.js";
import { showTrust } from "./trust.js";

/** Policy documents leave IAM percent-encoded (documented). */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A time as IAM shows it: without fractions of a second. */
export function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

function boundaryShape({ boundary }: { readonly boundary?: string }) {
  if (boundary === undefined) return {};
  // AWS answers `Policy`, whatever the documented constant says (observed).
  return { PermissionsBoundary: { PermissionsBoundaryType: "Policy" as never, PermissionsBoundaryArn: boundary } };
}

function tagsShape(tags: readonly TagRecord[]) {
  return tags.length === 0 ? {} : { Tags: tags };
}

/** A user as lists show it: without boundary and tags. */
export function listedUser(directory: Directory, user: UserRecord) {
  const { path, name, id, createdAt } = user;
  const usedAt = directory.loginProfiles.get(id)?.usedAt;
  return {
    ...{ Path: path, UserName: name, UserId: id, Arn: directory.userArn(user), CreateDate: wholeSeconds(createdAt) },
    ...(usedAt === undefined ? {} : { PasswordLastUsed: wholeSeconds(usedAt) }),
  };
}

/** A user in full. */
export function userShape(directory: Directory, user: UserRecord) {
  return { ...listedUser(directory, user), ...boundaryShape(user), ...tagsShape(user.tags) };
}

/** A group. */
export function groupShape(directory: Directory, group: GroupRecord) {
  const { path, name, id, createdAt } = group;
  return {
    Path: path,
    GroupName: name,
    GroupId: id,
    Arn: directory.groupArn(group),
    CreateDate: wholeSeconds(createdAt),
  };
}

function roleCore(directory: Directory, role: RoleRecord) {
  const { path, name, id, createdAt, description } = role;
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: directory.roleArn(role),
    CreateDate: wholeSeconds(createdAt),
    AssumeRolePolicyDocument: encodeDocument(showTrust(directory, role.trust)),
    ...(description === undefined ? {} : { Description: description }),
  };
}

/** A role as CreateRole answers it: without MaxSessionDuration and RoleLastUsed (observed). */
export function createdRole(directory: Directory, role: RoleRecord) {
  return { ...roleCore(directory, role), ...boundaryShape(role), ...tagsShape(role.tags) };
}

/** A role as ListRoles shows it: with MaxSessionDuration, without boundary, tags and last use (observed). */
export function listedRole(directory: Directory, role: RoleRecord) {
  return { ...roleCore(directory, role), MaxSessionDuration: role.maxSessionSeconds };
}

/** When and where a role was last used; empty when it never was. */
export function roleLastUsed(directory: Directory, role: RoleRecord) {
  const use = directory.lastUses.get(role.id);
  return use === undefined ? {} : { LastUsedDate: wholeSeconds(use.at), Region: use.region };
}

/** A role as GetRole shows it. */
export function roleShape(directory: Directory, role: RoleRecord) {
  return {
    ...createdRole(directory, role),
    MaxSessionDuration: role.maxSessionSeconds,
    RoleLastUsed: roleLastUsed(directory, role),
  };
}

/** How often users, groups and roles have an AWS managed policy; customers' are counted in their records. */
export function policyUse(directory: Directory, arn: string) {
  const attachments =
    directory.users.count("attached", arn) +
    directory.groups.count("attached", arn) +
    directory.roles.count("attached", arn);
  const boundaries = directory.users.count("boundary", arn) + directory.roles.count("boundary", arn);
  return { attachments, boundaries };
}

/** A managed policy as ListPolicies shows it: without description and tags (documented). */
export function listedPolicy(directory: Directory, policy: PolicyRecord | AwsManagedPolicy) {
  const use = policyUse(directory, policy.arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: "defaultVersion" in policy ? policy.defaultVersion : "v1",
    AttachmentCount: use.attachments,
    PermissionsBoundaryUsageCount: use.boundaries,
    IsAttachable: !("serviceRoleOnly" in policy && policy.serviceRoleOnly),
    CreateDate: wholeSeconds(policy.createdAt),
    UpdateDate: wholeSeconds("updatedAt" in policy ? policy.updatedAt : policy.createdAt),
  };
}

/** A managed policy in full. */
export function policyShape(directory: Directory, policy: PolicyRecord | AwsManagedPolicy) {
  const { description } = policy;
  return {
    ...listedPolicy(directory, policy),
    ...(description === undefined ? {} : { Description: description }),
    ...("tags" in policy ? tagsShape(policy.tags) : {}),
  };
}

/** A version of a managed policy; lists leave the document out. */
export function listedVersion(version: PolicyVersionRecord, defaultVersion: string) {
  const { id, createdAt } = version;
  return { VersionId: id, IsDefaultVersion: id === defaultVersion, CreateDate: wholeSeconds(createdAt) };
}

/** A version of a managed policy with its document. */
export function versionShape(version: PolicyVersionRecord, defaultVersion: string) {
  return { Document: encodeDocument(version.document), ...listedVersion(version, defaultVersion) };
}

/** A managed policy's versions, oldest first. */
export function versionsOf(policy: PolicyRecord | AwsManagedPolicy): readonly PolicyVersionRecord[] {
  if ("versions" in policy) return policy.versions;
  return [{ id: "v1", document: policy.document, createdAt: policy.createdAt }];
}

/** Name and ARN of each attached policy. */
export function attachedShapes({ attached }: CarrierRecord) {
  return attached.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn }));
}

/** An instance profile with its role. */
export function instanceProfileShape(directory: Directory, profile: InstanceProfileRecord) {
  const { path, name, id, createdAt, tags } = profile;
  return {
    Path: path,
    InstanceProfileName: name,
    InstanceProfileId: id,
    Arn: directory.arns.instanceProfile(path, name),
    CreateDate: wholeSeconds(createdAt),
    Roles: profile.roles.flatMap((roleName) => {
      const role = directory.role(roleName);
      return role === undefined ? [] : [listedRole(directory, role)];
    }),
    ...tagsShape(tags),
  };
}

/** Customer managed policies and AWS's, as the `Scope` of ListPolicies wants them. */
export function policiesInScope(directory: Directory, scope: string): readonly (PolicyRecord | AwsManagedPolicy)[] {
  const own = scope === "AWS" ? [] : [...directory.policies.values()];
  return scope === "Local" ? own : [...own, ...awsManagedPolicies];
}
