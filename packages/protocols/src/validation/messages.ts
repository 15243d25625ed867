import { AwsError, CommonAwsError } from "@hotkeep/core";
import type { ServiceTables } from "../model/tables.js";
import { printValue } from "./print.js";
import type { Failure, Location } from "./report.js";

/**
 * The error for broken constraints, worded as IAM, STS and the JSON services word it (observed): all of them, in
 * declared order. Secret values are left out.
 */
export function validationError(tables: ServiceTables, failures: readonly Failure[]): CommonAwsError {
  const count = failures.length === 1 ? "1 validation error" : `${failures.length} validation errors`;
  const parts = failures.map(({ at, shape, value, constraint }) => {
    const text = value === null ? undefined : printValue(tables, shape, value);
    const shown = value === null ? " null" : text === undefined ? "" : ` '${text}'`;
    return `Value${shown} at '${path(at)}' failed to satisfy constraint: ${constraint ?? "Member must not be null"}`;
  });
  return new CommonAwsError("Validation", `${count} detected: ${parts.join("; ")}`);
}

/** EC2 speaks of one parameter at a time, missing ones first (documented for the missing; the rest in our words). */
export function ec2ValidationError(tables: ServiceTables, failures: readonly Failure[]): AwsError {
  const missing = failures.find((failure) => failure.constraint === undefined);
  if (missing !== undefined) {
    return new CommonAwsError(
      "MissingParameter",
      `The request must contain the parameter ${parameterPath(missing.at)}`,
    );
  }
  const { at, shape, value, constraint } = failures[0]!;
  const text = printValue(tables, shape, value);
  return new AwsError(
    "InvalidParameterValue",
    `Value${text === undefined ? "" : ` (${text})`} for parameter ${parameterPath(at)} is invalid. ${constraint!}`,
  );
}

function path(at: Location): string {
  return at.outer === undefined ? at.step : `${path(at.outer)}.${at.step}`;
}

function parameterPath(at: Location): string {
  return at.outer === undefined ? at.parameter : `${parameterPath(at.outer)}.${at.parameter}`;
}
