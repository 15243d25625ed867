import type { Item } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { isInvalid } from "../errors.js";

/** Why one action of a transaction stood in its way; `None` for the innocent. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

const innocent: CancellationReason = { Code: "None" };

/** `TransactionCanceledException` with one reason per action, in order. */
export function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(", ");
  return new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  );
}

/** Cancels for one action; actions after it were not looked at and so are innocent (observed). */
export function cancelledBy(reason: CancellationReason, at: number, actions: number): AwsError {
  return cancelled(Array.from({ length: actions }, (_, index) => (index === at ? reason : innocent)));
}

/** The reason that an error of one action makes; undefined for errors that concern the whole request. */
export function reasonOf(error: unknown): CancellationReason | undefined {
  if (isInvalid(error)) return { Code: "ValidationError", Message: error.message };
  if (error instanceof AwsError && error.code === "ItemCollectionSizeLimitExceededException") {
    return { Code: "ItemCollectionSizeLimitExceeded", Message: error.message };
  }
  if (!(error instanceof AwsError) || error.code !== "ConditionalCheckFailedException") return undefined;
  const item = error.members.Item as Item | undefined;
  const reason = { Code: "ConditionalCheckFailed", Message: error.message };
  return item === undefined ? reason : { ...reason, Item: item };
}

/**
 * Does something for every action before any is carried out. A validation error cancels at once; failed conditions are
 * collected, so that all of them are reported (observed).
 *
 * @throws AwsError `TransactionCanceledException`, or what concerns the whole request.
 */
export function forEachAction<Action, Result>(
  actions: readonly Action[],
  work: (action: Action, index: number) => Result,
): readonly Result[] {
  const results: Result[] = [];
  const reasons: CancellationReason[] = [];
  let failed = false;
  actions.forEach((action, index) => {
    try {
      results.push(work(action, index));
      reasons.push(innocent);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      if (reason.Code === "ValidationError") throw cancelledBy(reason, index, actions.length);
      reasons.push(reason);
      failed = true;
    }
  });
  if (failed) throw cancelled(reasons);
  return results;
}
