import { CommonAwsError } from "@hotkeep/core";
import { type Headers, queryOf, readUrlQuery } from "../http/headers.js";
import type { AuthorizationHead, AuthorizationHeads } from "./authorization-heads.js";

/** What a request says about its own signature, not yet believed. */
export interface PresentedSignature {
  readonly algorithm: string;
  /** `keyid/date/region/service/aws4_request` if well-formed. */
  readonly credential: string;
  /** `host;x-amz-date` */
  readonly signedHeaders: string;
  /** Hexadecimal. */
  readonly signature: string;
  /** `20261123T034500Z` if well-formed. */
  readonly date: string;
  readonly sessionToken: string | undefined;
  /** Present for a presigned URL: `X-Amz-Expires` as it stands. */
  readonly expires?: string;
  /** Known when a signature with all of this was right before. */
  readonly head?: AuthorizationHead;
  /** The decoded parameters of the URL, `X-Amz-Signature` left out. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

const usualHeader = /^(AWS4-[A-Z0-9-]+) Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([^,\s]+)$/;

/** @throws CommonAwsError with AWS's words when the request is not signed, or not completely. */
export function readPresentedSignature(url: string, headers: Headers, heads: AuthorizationHeads): PresentedSignature {
  const authorization = headers.get("authorization");
  const query = readUrlQuery(queryOf(url));
  const inQuery = query.length > 0 && query.some(([name]) => name === "X-Amz-Algorithm");
  if (authorization === undefined) {
    if (!inQuery) throw missingSignature();
    return fromQuery(query);
  }
  if (inQuery) {
    throw new CommonAwsError(
      "BadSignature",
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (!authorization.startsWith("AWS4-")) throw missingSignature();
  return fromHeader(authorization, headers, query, heads);
}

/** What every protocol answers to a request without a signature. */
export function missingSignature(): CommonAwsError {
  return new CommonAwsError("MissingAuthentication", "Request is missing Authentication Token");
}

function fromHeader(
  authorization: string,
  headers: Headers,
  query: readonly (readonly [string, string])[],
  heads: AuthorizationHeads,
): PresentedSignature {
  const date = headers.get("x-amz-date") ?? headers.get("date");
  const sessionToken = headers.get("x-amz-security-token");
  const head = heads.find(authorization);
  if (head !== undefined && date !== undefined) {
    const { algorithm, credential, signedHeaders } = head;
    const signature = authorization.slice(-64);
    return { algorithm, credential, signedHeaders, signature, date, sessionToken, query, head };
  }
  const usual = usualHeader.exec(authorization);
  if (usual !== null && date !== undefined) {
    const [, algorithm, credential, signedHeaders, signature] = usual as unknown as string[];
    return {
      algorithm: algorithm!,
      credential: credential!,
      signedHeaders: signedHeaders!,
      signature: signature!,
      date,
      sessionToken,
      query,
    };
  }
  const space = authorization.indexOf(" ");
  const algorithm = space < 0 ? authorization : authorization.slice(0, space);
  const parts = readParts(space < 0 ? "" : authorization.slice(space + 1), authorization);
  let complaint = "";
  for (const name of ["Credential", "Signature", "SignedHeaders"]) {
    if (!parts.get(name)) complaint += `Authorization header requires '${name}' parameter. `;
  }
  if (date === undefined) {
    complaint += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (complaint !== "") {
    throw new CommonAwsError("IncompleteSignature", `${complaint}Authorization=${authorization}`);
  }
  return {
    algorithm,
    credential: parts.get("Credential")!,
    signedHeaders: parts.get("SignedHeaders")!,
    signature: parts.get("Signature")!,
    date: date!,
    sessionToken,
    query,
  };
}

function readParts(text: string, authorization: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(",")) {
    const pair = part.trim();
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 0) {
      throw new CommonAwsError(
        "IncompleteSignature",
        `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
      );
    }
    const name = pair.slice(0, equals);
    if (parts.has(name)) {
      throw new CommonAwsError("IncompleteSignature", `Duplicate '${name}' parameter in the Authorization header.`);
    }
    parts.set(name, pair.slice(equals + 1));
  }
  return parts;
}

const queryParameters = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
  "X-Amz-Date",
  "X-Amz-Expires",
];

function fromQuery(query: readonly (readonly [string, string])[]): PresentedSignature {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name) && (queryParameters.includes(name) || name === "X-Amz-Security-Token")) {
      throw new CommonAwsError("IncompleteSignature", `Duplicate '${name}' query-string parameter.`);
    }
    values.set(name, value);
  }
  let complaint = "";
  for (const name of queryParameters) {
    if (!values.get(name)) complaint += `AWS query-string parameters must include '${name}'. `;
  }
  if (complaint !== "") {
    throw new CommonAwsError("IncompleteSignature", `${complaint}Re-examine the query-string parameters.`);
  }
  return {
    algorithm: values.get("X-Amz-Algorithm")!,
    credential: values.get("X-Amz-Credential")!,
    signedHeaders: values.get("X-Amz-SignedHeaders")!,
    signature: values.get("X-Amz-Signature")!,
    date: values.get("X-Amz-Date")!,
    expires: values.get("X-Amz-Expires")!,
    sessionToken: values.get("X-Amz-Security-Token"),
    query: query.filter(([name]) => name !== "X-Amz-Signature"),
  };
}
