import { AwsError, CommonAwsError } from "@hotkeep/core";
import { printedValueCharactersMax } from "../limits.js";
import type { Failure, Location } from "./report.js";

/**
 * The error for broken constraints, worded as IAM, STS and the JSON services word it (observed): all of them, in
 * declared order. Secret values are left out.
 */
export function validationError(failures: readonly Failure[]): CommonAwsError {
  const count = failures.length === 1 ? "1 validation error" : `${failures.length} validation errors`;
  const parts = failures.map(
    ({ at, value, secret, constraint }) =>
      `Value${secret ? "" : ` ${printed(value)}`} at '${path(at)}' failed to satisfy constraint: ${constraint ?? "Member must not be null"}`,
  );
  return new CommonAwsError("Validation", `${count} detected: ${parts.join("; ")}`);
}

/** EC2 speaks of one parameter at a time, missing ones first (documented for the missing; the rest in our words). */
export function ec2ValidationError(failures: readonly Failure[]): AwsError {
  const missing = failures.find((failure) => failure.constraint === undefined);
  if (missing !== undefined) {
    return new CommonAwsError(
      "MissingParameter",
      `The request must contain the parameter ${parameterPath(missing.at)}`,
    );
  }
  const { at, value, secret, constraint } = failures[0]!;
  const shown = secret ? "Value" : `Value (${typeof value === "object" ? printed(value) : String(value)})`;
  return new AwsError(
    "InvalidParameterValue",
    `${shown} for parameter ${parameterPath(at)} is invalid. ${constraint!.replace(/^Member must/, "It must")}`,
  );
}

function path(at: Location): string {
  return at.outer === undefined ? at.step : `${path(at.outer)}.${at.step}`;
}

function parameterPath(at: Location): string {
  return at.outer === undefined ? at.parameter : `${parameterPath(at.outer)}.${at.parameter}`;
}

/** Text in quotes, lists in brackets, maps and structures in braces; long ones cut. */
function printed(value: unknown): string {
  if (value === null) return "null";
  const text = plain(value, { left: printedValueCharactersMax });
  return `'${text.length > printedValueCharactersMax ? `${text.slice(0, printedValueCharactersMax)}…` : text}'`;
}

function plain(value: unknown, budget: { left: number }): string {
  if (budget.left <= 0) return "…";
  if (Array.isArray(value)) return `[${value.map((each) => plain(each, budget)).join(", ")}]`;
  if (typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array)) {
    const entries = Object.entries(value).map(([name, each]) => `${name}=${plain(each, budget)}`);
    return `{${entries.join(", ")}}`;
  }
  const text =
    value instanceof Uint8Array ? `${value.length} bytes` : value instanceof Date ? value.toISOString() : String(value);
  budget.left -= text.length + 1;
  return text;
}
