import { DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";

/** How a write ended for the one who sent it: `unanswered` ones may have happened or not. */
export type Outcome = "done" | "refused" | "unanswered";

/**
 * Waits for a write. A failed condition is a refusal, and so is a transaction cancelled for nothing else; a connection
 * that breaks without an answer leaves the outcome open.
 *
 * @throws whatever else the service answers: the load sends nothing it should not take.
 */
export async function outcomeOf(write: Promise<unknown>): Promise<Outcome> {
  try {
    await write;
    return "done";
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) return "unanswered";
    if (error.name === "ConditionalCheckFailedException") return "refused";
    if (error instanceof TransactionCanceledException) {
      const codes = new Set(error.CancellationReasons?.map(({ Code }) => Code));
      codes.delete("None");
      if (codes.size === 1 && codes.has("ConditionalCheckFailed")) return "refused";
    }
    throw error;
  }
}
