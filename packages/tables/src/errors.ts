import { AwsError } from "@hotkeep/core";

/** `ValidationException` with the service's words. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** `ValidationException` in the service's older form for bad parameter values. */
export function invalidParameters(detail: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${detail}`);
}

/** The answer of item operations for a table that is not there. */
export function tableNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "Requested resource not found");
}

/** The answer of table operations for a table that is not there. */
export function namedTableNotFound(name: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
}

/** Whether an error says that the request itself is bad. */
export function isInvalid(error: unknown): error is AwsError {
  return error instanceof AwsError && error.code === "ValidationException";
}
