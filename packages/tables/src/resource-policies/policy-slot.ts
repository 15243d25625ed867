import { AwsError } from "@hotkeep/core";

/** A policy on a table or stream as it is stored, or the trace of one that was removed. */
export interface StoredPolicy {
  /** The canonical text with unique ids for users and roles; absent after the policy was removed. */
  readonly document?: string;
  /** The time of the last change in milliseconds since the epoch, later than that of every change before. */
  readonly revision: number;
}

/** How the ExpectedRevisionId says that there must be no policy yet (documented). */
const noPolicy = "NO_POLICY";

/** The answer where a policy is asked for that is not there (observed). */
export function policyNotFound(detail: string): AwsError {
  return new AwsError(
    "PolicyNotFoundException",
    `Resource-based policy not found for the provided ResourceArn: ${detail}`,
  );
}

/**
 * Checks an ExpectedRevisionId against what hangs on a resource, called `name` in errors.
 *
 * @throws AwsError `PolicyNotFoundException` with the service's words (observed).
 */
export function checkRevision(expected: string | undefined, slot: StoredPolicy | undefined, name: string): void {
  if (expected === undefined) return;
  if (expected === noPolicy) {
    if (slot?.document === undefined) return;
    throw policyNotFound(
      `Requested policy update expecting none to be present for table ${name}, but a policy exists with revision id ` +
        `${slot.revision}.`,
    );
  }
  if (slot === undefined) {
    throw policyNotFound(
      `Requested update for policy with revision id ${expected}, but table ${name} has no associated policy.`,
    );
  }
  if (slot.document === undefined || expected !== String(slot.revision)) {
    throw policyNotFound(
      `Requested update for policy with revision id ${expected}, but the policy associated to target table ${name} has ` +
        `revision id ${slot.revision}.`,
    );
  }
}

/** The slot after a policy is put: the same one when the policy is the same (documented). */
export function withPolicy(slot: StoredPolicy | undefined, document: string, nowMs: number): StoredPolicy {
  return slot?.document === document ? slot : { document, revision: nextRevision(slot, nowMs) };
}

/** The slot after its policy is removed; untouched when there is none. */
export function withoutPolicy(slot: StoredPolicy | undefined, nowMs: number): StoredPolicy | undefined {
  return slot?.document === undefined ? slot : { revision: nextRevision(slot, nowMs) };
}

function nextRevision(slot: StoredPolicy | undefined, nowMs: number): number {
  return Math.max(nowMs, (slot?.revision ?? 0) + 1);
}
