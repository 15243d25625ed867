import { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";

/** A stretch of a statement's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text that is no statement; what the reader of words finds wrong goes without a reason (observed). */
export function notWellFormed(reason = ""): AwsError {
  return invalid(`Statement wasn't well formed, can't be processed: ${reason}`);
}

/** ` at 1:8:5`: line, column and length as the service shows them, in characters from one. */
export function at(text: string, { start, end }: Span): string {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return ` at ${line}:${characters(before.slice(lineStart)) + 1}:${characters(text.slice(start, end))}`;
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Runs a check that is shared with the expressions of other operations. Those name the parameter that is wrong; a
 * statement has none, so that the same complaint goes without (observed).
 */
export function withoutParameterName<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ValidationException") throw error;
    throw invalid(error.message.replace(/^(?:1 validation error detected: )?Invalid [A-Za-z]+Expression: /, ""));
  }
}
