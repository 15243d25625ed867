import { AwsError, CommonAwsError } from "@hotkeep/core";
import type { RemoteAnswer } from "./http-connection.js";

/** Errors that say that this gateway's credentials for the endpoint are the trouble, not the caller's request. */
const credentialCodes = new Set([
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);

/** The endpoint does not accept this gateway's credentials. What it said is for the log: callers' keys are fine. */
export class CredentialsRefused extends CommonAwsError {
  constructor(cause: AwsError) {
    super("Internal", "The table endpoint does not accept the credentials of this gateway.", { cause });
    this.name = "CredentialsRefused";
  }
}

/** The endpoint's answer is none of DynamoDB's. */
export function notDynamoDb(what: string): CommonAwsError {
  return new CommonAwsError("Internal", `The table endpoint does not speak DynamoDB's protocol: ${what}.`);
}

/**
 * The error in an answer whose status is not 200: its type, message, status and further members as the endpoint gave
 * them. Only what concerns the gateway's own credentials is told in other words, lest callers doubt theirs.
 */
export function errorOfAnswer({ status, body }: RemoteAnswer): AwsError {
  const document = parsed(body);
  if (document === undefined || typeof document.__type !== "string") {
    return notDynamoDb(`it answered status ${status} without an error type`);
  }
  // The router takes a `decisionId` for its own.
  const { __type: type, message, Message, decisionId: _, ...members } = document;
  const code = type.slice(type.lastIndexOf("#") + 1);
  if (!/^[A-Za-z]{1,128}$/.test(code)) return notDynamoDb(`it answered status ${status} with an odd error type`);
  const text = typeof message === "string" ? message : typeof Message === "string" ? Message : "";
  const error = new AwsError(code, text, { fault: status >= 500 ? "server" : "client", status, members });
  if (credentialCodes.has(code)) return new CredentialsRefused(error);
  if (code === "AccessDeniedException") {
    return new AwsError(code, `The table endpoint refused this gateway: ${text}`, { status, cause: error });
  }
  return error;
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(body.toString("utf8"));
    return typeof document === "object" && document !== null && !Array.isArray(document)
      ? (document as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
