import { AwsError } from "@hotkeep/core";

/** The caller's mistake, in DynamoDB's words. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** One of the many messages that begin with "One or more parameter values were invalid". */
export function invalidParameter(detail: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${detail}`);
}

/** A member of the wrong JSON type. */
export function unreadable(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/** What the service says to `json` in the place of a list. */
export function notAList(json: unknown): AwsError {
  return unreadable(
    typeof json === "object" ? "Start of structure or map found where not expected" : "Unexpected field type",
  );
}
