import { AwsError } from "@hotkeep/core";

/** What is wrong with an expression of metric math. */
export function mathError(expression: string, what: string): AwsError {
  return new AwsError("ValidationException", `Error in expression '${expression}': ${what}.`);
}
