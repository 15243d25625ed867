import { AwsError } from "@hotkeep/core";

/** @returns the error for a parameter whose value cannot be (documented name) */
export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

/** @returns the error for parameters that do not go together (documented name) */
export function invalidCombination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", message);
}

/** @returns the error for a parameter that is not there (documented name) */
export function missing(message: string): AwsError {
  return new AwsError("MissingRequiredParameterException", message);
}
