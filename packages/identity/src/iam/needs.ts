import { type ContextValues, type PermissionRequest, permission } from "@hotkeep/core";
import type { Realm } from "../realm.js";
import type { TagRecord } from "../records/types.js";

interface RequestTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** `aws:ResourceTag/…` and `iam:ResourceTag/…` of an entity that is there. */
function resourceTags(tags: readonly TagRecord[] | undefined): ContextValues {
  const context: Record<string, string> = {};
  for (const { Key, Value } of tags ?? []) {
    context[`aws:ResourceTag/${Key}`] = Value;
    context[`iam:ResourceTag/${Key}`] = Value;
  }
  return context;
}

/** `aws:RequestTag/…` and `aws:TagKeys` of tags in the request. */
export function requestTags(tags: readonly RequestTag[] | undefined): ContextValues {
  if (tags === undefined || tags.length === 0) return {};
  const context: Record<string, string | readonly string[]> = {};
  for (const { Key = "", Value = "" } of tags) context[`aws:RequestTag/${Key}`] = Value;
  context["aws:TagKeys"] = tags.map(({ Key = "" }) => Key);
  return context;
}

/** `iam:PermissionsBoundary`, when there is one. */
export function boundaryKey(arn: string | undefined): ContextValues {
  return arn === undefined ? {} : { "iam:PermissionsBoundary": arn };
}

/** What an operation on a user needs. A user that does not exist is authorised by the ARN it would have. */
export function onUser(realm: Realm, action: string, name: string, context: ContextValues = {}): PermissionRequest {
  const user = realm.directory.user(name);
  const arn = user === undefined ? realm.directory.arns.user("/", name) : realm.directory.userArn(user);
  return permission(`iam:${action}`, arn, { ...resourceTags(user?.tags), ...context });
}

/** As {@link onUser} for a role. */
export function onRole(realm: Realm, action: string, name: string, context: ContextValues = {}): PermissionRequest {
  const role = realm.directory.role(name);
  const arn = role === undefined ? realm.directory.arns.role("/", name) : realm.directory.roleArn(role);
  return permission(`iam:${action}`, arn, { ...resourceTags(role?.tags), ...context });
}

/** As {@link onUser} for a group. Groups have no tags. */
export function onGroup(realm: Realm, action: string, name: string, context: ContextValues = {}): PermissionRequest {
  const group = realm.directory.group(name);
  const arn = group === undefined ? realm.directory.arns.group("/", name) : realm.directory.groupArn(group);
  return permission(`iam:${action}`, arn, context);
}

/** As {@link onUser} for a managed policy, which is named by its ARN anyway. */
export function onPolicy(realm: Realm, action: string, arn: string, context: ContextValues = {}): PermissionRequest {
  const tags = resourceTags(realm.directory.policies.one("arn", arn)?.tags);
  return permission(`iam:${action}`, arn, { ...tags, ...context });
}

/** As {@link onUser} for an instance profile. */
export function onInstanceProfile(
  realm: Realm,
  action: string,
  name: string,
  context: ContextValues = {},
): PermissionRequest {
  const profile = realm.directory.instanceProfile(name);
  const arn = realm.directory.arns.instanceProfile(profile?.path ?? "/", profile?.name ?? name);
  return permission(`iam:${action}`, arn, { ...resourceTags(profile?.tags), ...context });
}

/** As {@link onUser} for what is named by its ARN and may have tags: MFA devices and identity providers. */
export function onTagged(
  action: string,
  arn: string,
  tags: readonly TagRecord[] | undefined,
  context: ContextValues = {},
): PermissionRequest {
  return permission(`iam:${action}`, arn, { ...resourceTags(tags), ...context });
}

/** What an operation without a resource needs. */
export function onNothing(action: string): PermissionRequest {
  return permission(`iam:${action}`, "*");
}
