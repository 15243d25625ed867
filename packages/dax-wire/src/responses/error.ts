import { type AwsError, CommonAwsError, type CommonErrorKind } from "@hotkeep/core";
import { encode } from "../cbor/writer.js";
import type { WireError } from "../errors.js";
import type { DaxError, ListIdOf } from "../response.js";
import { writeItem } from "../values/item.js";

/** Code sequences for what is not a DynamoDB exception. Observed, except where noted. */
export const errorCodes = {
  /** No authorisation on this connection, or it failed, or it expired. Clients authorise again and retry. */
  authenticationRequired: [4, 23, 31, 33],
  accessDenied: [4, 37, 38, 42],
  notImplemented: [4, 37, 38, 44],
  throttling: [4, 37, 38, 39, 50],
  /** A write that may or may not have happened: clients do not send it again. */
  writeOutcomeUnknown: [1, 37, 38, 53],
  /** A read that failed and may be sent again at once. Ours: any sequence that starts with 1. */
  readFailed: [1, 37, 38, 39, 47],
  /** The node is starting, or there is no leader: clients wait for a new roster. Ours: any sequence that starts with 2. */
  recovering: [2, 37, 38, 56],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** What users of the real service report for `authenticationRequired`. */
export const authenticationRequiredMessage = "Connection requires authentication";

/** Last code of 4,37,38,39,n by exception name. Observed: what clients make of each. */
const exceptionCodes: ReadonlyMap<string, number> = new Map([
  ["ProvisionedThroughputExceededException", 40],
  ["ResourceNotFoundException", 41],
  ["ConditionalCheckFailedException", 43],
  ["ResourceInUseException", 45],
  ["ValidationException", 46],
  ["InternalServerError", 47],
  ["ItemCollectionSizeLimitExceededException", 48],
  ["LimitExceededException", 49],
  ["ThrottlingException", 50],
  ["TransactionConflictException", 57],
  ["TransactionCanceledException", 58],
  ["TransactionInProgressException", 59],
  ["IdempotentParameterMismatchException", 60],
  ["RequestLimitExceeded", 61],
]);

const validation = 46;

/**
 * The code sequence for a DynamoDB exception name. Names that clients have no code for get that of ValidationException,
 * which they never retry, and are known by their name.
 */
export function errorCodesFor(code: string): readonly number[] {
  if (code === "AccessDeniedException") return errorCodes.accessDenied;
  return [4, 37, 38, 39, exceptionCodes.get(code) ?? validation];
}

/** Names that DynamoDB's own endpoint has for errors that all services share. */
const commonNames: Readonly<Record<CommonErrorKind, string>> = {
  AccessDenied: "AccessDeniedException",
  UnknownKey: "UnrecognizedClientException",
  BadSignature: "InvalidSignatureException",
  IncompleteSignature: "IncompleteSignatureException",
  MissingAuthentication: "MissingAuthenticationTokenException",
  ExpiredToken: "ExpiredTokenException",
  RequestExpired: "InvalidSignatureException",
  Validation: "ValidationException",
  MissingParameter: "ValidationException",
  Serialization: "SerializationException",
  UnknownOperation: "UnknownOperationException",
  Throttling: "ThrottlingException",
  RequestTooLarge: "RequestEntityTooLargeException",
  ServiceUnavailable: "InternalServerError",
  Internal: "InternalServerError",
};

/** An AWS error in the form that DAX clients understand; their users see its name and message. */
export function daxErrorOf(error: AwsError, requestId: string): DaxError {
  const named = error instanceof CommonAwsError ? commonNames[error.kind] : error.code;
  // A failure of ours that has no name of DynamoDB's must not look like the client's fault.
  const code = error.fault === "server" && !exceptionCodes.has(named) ? "InternalServerError" : named;
  return { codes: errorCodesFor(code), message: error.message, requestId, code, status: error.status };
}

/**
 * An answer that tells of an error; the connection stays usable.
 * @param listIdOf needed when a cancellation reason has an item
 */
export function encodeError(error: DaxError, listIdOf?: ListIdOf): Buffer {
  const { codes, requestId, code, status, cancellationReasons: reasons } = error;
  return encode((writer) => {
    writer.array(codes.length);
    for (const number of codes) writer.integer(number);
    writer.text(error.message);
    if (requestId === undefined && code === undefined && status === undefined && reasons === undefined) {
      writer.null();
      return;
    }
    const textOrNull = (text: string | null | undefined): void => {
      if (text === undefined || text === null) writer.null();
      else writer.text(text);
    };
    writer.array(reasons === undefined ? 3 : 4);
    textOrNull(requestId);
    textOrNull(code);
    if (status === undefined) writer.null();
    else writer.integer(status);
    if (reasons === undefined) return;
    writer.array(reasons.length * 3);
    for (const reason of reasons) {
      textOrNull(reason.code);
      textOrNull(reason.message);
      const { item, schema } = reason;
      if (item === undefined || schema === undefined || listIdOf === undefined) writer.null();
      else writer.wrapped((inner) => writeItem(inner, schema, item, listIdOf));
    }
  });
}

/** The answer to send before the connection is closed, or null when it has to be closed without one. */
export function closingResponse(error: WireError): Buffer | null {
  if (error.kind !== "unknown-method" && error.kind !== "wrong-service") return null;
  return encodeError({ codes: errorCodes.notImplemented, message: error.message });
}
