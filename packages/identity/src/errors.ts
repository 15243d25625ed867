import { AwsError, CommonAwsError } from "@hotkeep/core";

// IAM's modelled errors by their shapes' names; the protocol layer turns them into IAM's codes.

/** What was named does not exist. */
export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntityException", message, { status: 404 });
}

/** `The user with name X cannot be found.` */
export function noSuch(kind: "user" | "group" | "role", name: string): AwsError {
  return noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
}

/** The name is taken. */
export function alreadyExists(message: string): AwsError {
  return new AwsError("EntityAlreadyExistsException", message, { status: 409 });
}

/** A quota would be exceeded. */
export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceededException", message, { status: 409 });
}

/** `Cannot exceed quota for PoliciesPerRole: 10` */
export function quotaExceeded(name: string, limit: number): AwsError {
  return limitExceeded(`Cannot exceed quota for ${name}: ${limit}`);
}

/** Something still hangs on what is to be deleted. */
export function deleteConflict(message: string): AwsError {
  return new AwsError("DeleteConflictException", message, { status: 409 });
}

/** The input does not make sense. */
export function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInputException", message, { status: 400 });
}

/** A policy text that IAM refuses to store. */
export function malformedPolicy(message: string): AwsError {
  return new AwsError("MalformedPolicyDocumentException", message, { status: 400 });
}

/** A policy that belongs to service-linked roles only. */
export function policyNotAttachable(message: string): AwsError {
  return new AwsError("PolicyNotAttachableException", message, { status: 400 });
}

/** What is answered to every change of a service-linked role's substance (observed). */
export function protectedRole(name: string): AwsError {
  return new AwsError(
    "UnmodifiableEntityException",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
    { status: 400 },
  );
}

/** An input that breaks a rule of its form. */
export function validation(message: string): CommonAwsError {
  return new CommonAwsError("Validation", message);
}
