import { createHash } from "node:crypto";
import { type Item, readItem } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import type { StatementParameters } from "./statement.js";

/** Where the next page of a SELECT begins. */
export interface SelectPlace {
  /** Which of the reads that the statement comes down to. */
  readonly read: number;
  /** The item after which it goes on. */
  readonly place: Item;
}

const version = 1;

/**
 * Writes a place as NextToken. It carries all it says, so that it outlives this process; what it may say is checked
 * again when it comes back, and it only fits the statement it was made for (ours).
 */
export function writeNextToken({ read, place }: SelectPlace, request: StatementParameters): string {
  const token = { version, statement: digestOf(request), read, place };
  return Buffer.from(JSON.stringify(token), "utf8").toString("base64");
}

/** @throws AwsError `ValidationException` for tokens that were not made here for this statement. */
export function readNextToken(token: string, request: StatementParameters): SelectPlace {
  const json = parsed(token);
  if (json.version !== version || json.statement !== digestOf(request) || !Number.isSafeInteger(json.read)) {
    throw invalidToken();
  }
  try {
    return { read: json.read as number, place: readItem(json.place) };
  } catch (error) {
    if (error instanceof AwsError) throw invalidToken();
    throw error;
  }
}

/** The complaint about a NextToken (observed). */
export function invalidToken(): AwsError {
  return invalid("Invalid NextToken");
}

function parsed(token: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (typeof json === "object" && json !== null) return json as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidToken();
}

function digestOf({ Statement, Parameters = [] }: StatementParameters): string {
  const text = JSON.stringify([Statement, Parameters]);
  return createHash("sha256").update(text).digest("base64").slice(0, 22);
}
