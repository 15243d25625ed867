import { AwsError, CommonAwsError } from "@hotkeep/core";
import { type DaxError, daxErrorOf, errorCodes } from "@hotkeep/dax-wire";

/** An answer to the client that is an error and not one of DynamoDB's exceptions. */
export class DaxFailure extends Error {
  readonly dax: DaxError;

  constructor(dax: DaxError, options: { readonly cause?: unknown } = {}) {
    super(dax.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DaxFailure";
    this.dax = dax;
  }
}

/** The connection has no valid authorisation. Clients authorise again and retry (observed). */
export function authenticationRequired(): DaxError {
  return { codes: errorCodes.authenticationRequired, message: "Connection requires authentication" };
}

/** A refusal by one of the two hops; `id` is the decision's. */
export function accessDenied(message: string, id: string): DaxError {
  return {
    codes: errorCodes.accessDenied,
    message,
    requestId: id,
    code: "AccessDeniedException",
    status: 400,
  };
}

/** Too much at once. Surely nothing has been done; clients retry with back-off. */
export function throttled(message: string, requestId: string): DaxError {
  return { codes: errorCodes.throttling, message, requestId, code: "ThrottlingException", status: 400 };
}

/** The event loop is late: only what is in memory is served. */
export function overloaded(requestId: string): DaxError {
  return throttled("The node is overloaded; it serves only what it has in memory.", requestId);
}

/** A read failed for no fault of the client's. */
export function readFailed(message: string, requestId: string): DaxError {
  return { codes: errorCodes.readFailed, message, requestId, code: "InternalServerError", status: 500 };
}

/** A write may or may not have happened. */
export function writeOutcomeUnknown(message: string, requestId: string): DaxError {
  return { codes: errorCodes.writeOutcomeUnknown, message, requestId, code: "InternalServerError", status: 500 };
}

/** The node cannot decide or serve for a while. */
export function recovering(message: string, requestId: string): DaxError {
  return { codes: errorCodes.recovering, message, requestId, code: "ServiceUnavailable", status: 503 };
}

/** Any error in the form for the wire. What is not meant for clients becomes a plain internal error. */
export function daxErrorFor(error: unknown, requestId: string): DaxError {
  if (error instanceof DaxFailure) return error.dax;
  if (error instanceof CommonAwsError && error.kind === "AccessDenied") return accessDenied(error.message, requestId);
  if (error instanceof AwsError) {
    return error.code === "AccessDeniedException" || error.code === "AccessDenied"
      ? accessDenied(error.message, requestId)
      : daxErrorOf(error, requestId);
  }
  return readFailed("The node failed to process the request.", requestId);
}
