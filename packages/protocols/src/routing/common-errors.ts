import type { CommonErrorKind } from "@hotkeep/core";
import type { ServiceTables } from "../model/tables.js";

/** How one protocol spells a common error. */
export interface Spelling {
  readonly code: string;
  readonly status: number;
}

/** The JSON services' codes (documented and observed for DynamoDB). */
export const jsonSpellings: Readonly<Record<CommonErrorKind, Spelling>> = {
  AccessDenied: { code: "AccessDeniedException", status: 400 },
  UnknownKey: { code: "UnrecognizedClientException", status: 400 },
  BadSignature: { code: "InvalidSignatureException", status: 400 },
  IncompleteSignature: { code: "IncompleteSignatureException", status: 400 },
  MissingAuthentication: { code: "MissingAuthenticationTokenException", status: 400 },
  ExpiredToken: { code: "ExpiredTokenException", status: 400 },
  RequestExpired: { code: "InvalidSignatureException", status: 400 },
  Validation: { code: "ValidationException", status: 400 },
  MissingParameter: { code: "ValidationException", status: 400 },
  Serialization: { code: "SerializationException", status: 400 },
  UnknownOperation: { code: "UnknownOperationException", status: 400 },
  Throttling: { code: "ThrottlingException", status: 400 },
  RequestTooLarge: { code: "RequestEntityTooLargeException", status: 413 },
  ServiceUnavailable: { code: "ServiceUnavailableException", status: 503 },
  Internal: { code: "InternalFailure", status: 500 },
};

/** IAM's and STS's codes (documented as errors common to all their operations). */
export const querySpellings: Readonly<Record<CommonErrorKind, Spelling>> = {
  AccessDenied: { code: "AccessDenied", status: 403 },
  UnknownKey: { code: "InvalidClientTokenId", status: 403 },
  BadSignature: { code: "SignatureDoesNotMatch", status: 403 },
  IncompleteSignature: { code: "IncompleteSignature", status: 400 },
  MissingAuthentication: { code: "MissingAuthenticationToken", status: 403 },
  ExpiredToken: { code: "ExpiredToken", status: 403 },
  RequestExpired: { code: "SignatureDoesNotMatch", status: 403 },
  Validation: { code: "ValidationError", status: 400 },
  MissingParameter: { code: "MissingParameter", status: 400 },
  Serialization: { code: "MalformedInput", status: 400 },
  UnknownOperation: { code: "InvalidAction", status: 400 },
  Throttling: { code: "Throttling", status: 400 },
  RequestTooLarge: { code: "RequestEntityTooLarge", status: 413 },
  ServiceUnavailable: { code: "ServiceUnavailable", status: 503 },
  Internal: { code: "InternalFailure", status: 500 },
};

/** EC2's codes (documented in its table of client and server error codes). */
export const ec2Spellings: Readonly<Record<CommonErrorKind, Spelling>> = {
  AccessDenied: { code: "UnauthorizedOperation", status: 403 },
  UnknownKey: { code: "AuthFailure", status: 401 },
  BadSignature: { code: "AuthFailure", status: 401 },
  IncompleteSignature: { code: "IncompleteSignature", status: 400 },
  MissingAuthentication: { code: "AuthFailure", status: 401 },
  ExpiredToken: { code: "RequestExpired", status: 400 },
  RequestExpired: { code: "RequestExpired", status: 400 },
  Validation: { code: "InvalidParameterValue", status: 400 },
  MissingParameter: { code: "MissingParameter", status: 400 },
  Serialization: { code: "InvalidParameterValue", status: 400 },
  UnknownOperation: { code: "InvalidAction", status: 400 },
  Throttling: { code: "RequestLimitExceeded", status: 503 },
  RequestTooLarge: { code: "RequestEntityTooLarge", status: 413 },
  ServiceUnavailable: { code: "Unavailable", status: 503 },
  Internal: { code: "InternalError", status: 500 },
};

/** How a service spells a common error outside of the query protocol; DynamoDB has a name of its own for its faults. */
export function spellingFor(tables: ServiceTables, kind: CommonErrorKind): Spelling {
  if (tables.service === "dynamodb" && kind === "Internal") return { code: "InternalServerError", status: 500 };
  return jsonSpellings[kind];
}
