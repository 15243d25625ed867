import { findAwsManagedPolicy } from "../aws-managed/policies.js";
import { noSuchEntity, policyNotAttachable, validation } from "../errors.js";
import { policies } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { PolicyRecord } from "../records/types.js";

/** Which count of a customer managed policy changes. */
export type PolicyUseKind = "attachments" | "boundaryUses";

/** @throws CommonAwsError `Validation` for what is no policy's ARN. */
export function checkPolicyArn(arn: string): void {
  if (!arn.startsWith("arn:")) throw validation("Invalid ARN:  Could not be parsed!");
  if (!/^arn:[a-z-]+:iam::(?:\d{12}|aws):policy\/./.test(arn)) throw validation(`ARN ${arn} is not valid.`);
}

/** The customer managed policy with exactly this ARN. */
export async function customerPolicy(tx: RecordTransaction, arn: string): Promise<PolicyRecord | undefined> {
  const policy = await tx.get(policies, arn.slice(arn.lastIndexOf("/") + 1));
  return policy?.arn === arn ? policy : undefined;
}

/**
 * Counts one more use of a managed policy.
 *
 * @throws AwsError `NoSuchEntityException`, or `PolicyNotAttachableException` with `serviceRoleText`.
 */
export async function countUse(
  tx: RecordTransaction,
  arn: string,
  kind: PolicyUseKind,
  serviceRoleText: string,
): Promise<void> {
  checkPolicyArn(arn);
  const managed = findAwsManagedPolicy(arn);
  if (managed !== undefined) {
    if (managed.serviceRoleOnly) throw policyNotAttachable(serviceRoleText);
    return;
  }
  const policy = await customerPolicy(tx, arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  tx.put(policies, policy.name, { ...policy, [kind]: policy[kind] + 1 });
}

/** Counts one use of a managed policy less. */
export async function countDisuse(tx: RecordTransaction, arn: string, kind: PolicyUseKind): Promise<void> {
  const policy = await customerPolicy(tx, arn);
  if (policy !== undefined) tx.put(policies, policy.name, { ...policy, [kind]: policy[kind] - 1 });
}

/** Counts a new boundary in and an old one out. */
export async function changeBoundary(
  tx: RecordTransaction,
  before: string | undefined,
  after: string | undefined,
): Promise<void> {
  if (before === after) return;
  if (before !== undefined) await countDisuse(tx, before, "boundaryUses");
  if (after !== undefined) {
    await countUse(tx, after, "boundaryUses", "Cannot use a Service Role Policy as a permissions boundary.");
  }
}
