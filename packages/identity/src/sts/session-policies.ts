import { AwsError } from "@hotkeep/core";
import { parsePolicy, policySize } from "@hotkeep/policy";
import { findAwsManagedPolicy } from "../aws-managed/policies.js";
import { validation } from "../errors.js";
import { quotas } from "../limits.js";
import type { Realm } from "../realm.js";
import type { SessionRecord } from "../records/types.js";

interface PolicyInput {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
}

/**
 * The session policies of a request; undefined when it has none, and then the session is not limited.
 *
 * @throws AwsError `MalformedPolicyDocumentException`, `PackedPolicyTooLargeException`
 */
export function sessionPolicies(realm: Realm, { Policy, PolicyArns = [] }: PolicyInput): SessionRecord["policies"] {
  if (Policy === undefined && PolicyArns.length === 0) return undefined;
  if (PolicyArns.length > quotas.sessionPolicyArns) {
    throw validation(`The number of policy ARNs exceeds the limit of ${quotas.sessionPolicyArns}.`);
  }
  if (Policy !== undefined) parsePolicy(Policy, "session");
  const arns = PolicyArns.map(({ arn = "" }) => arn);
  for (const arn of arns) {
    const serviceRole = findAwsManagedPolicy(arn)?.serviceRoleOnly === true;
    if (serviceRole || realm.book.managedText(arn) === undefined) {
      throw validation(`The policy ${arn} does not exist or cannot be used as a session policy.`);
    }
  }
  const size = policySize(Policy ?? "") + arns.reduce((sum, arn) => sum + arn.length, 0);
  if (size > quotas.sessionPolicyCharacters) {
    const percent = Math.ceil((size / quotas.sessionPolicyCharacters) * 100);
    throw new AwsError(
      "PackedPolicyTooLargeException",
      `Serialized token too large for session: the packed policies are at ${percent}% of the limit.`,
      { status: 400 },
    );
  }
  return [...(Policy === undefined ? [] : [{ document: Policy }]), ...arns.map((arn) => ({ arn }))];
}

/** How full the room for policies and tags is, in percent; absent when nothing was passed. */
export function packedSize({ policies, tags }: Pick<SessionRecord, "policies" | "tags">) {
  if (policies === undefined && tags.length === 0) return {};
  const policyPart = (policies ?? []).reduce((sum, { arn, document }) => sum + policySize(document ?? arn ?? ""), 0);
  const tagPart = tags.reduce((sum, { Key, Value }) => sum + Key.length + Value.length, 0);
  return { PackedPolicySize: Math.ceil(((policyPart + tagPart) / quotas.sessionPolicyCharacters) * 100) };
}
