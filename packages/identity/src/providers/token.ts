import { verify } from "node:crypto";
import { AwsError } from "@hotkeep/core";
import type { ProviderKey, TokenAlgorithm } from "./inline-keys.js";

/** A token that proves nothing. */
export function invalidToken(message: string): AwsError {
  return new AwsError("InvalidIdentityTokenException", message, { status: 400 });
}

/** A token's claims as they stand; what is in them is not yet believed. */
export type Claims = Readonly<Record<string, unknown>>;

/** A JSON web token taken apart. */
export interface WebToken {
  readonly algorithm: TokenAlgorithm;
  readonly claims: Claims;
  /** Header and claims as they were signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

function notAToken(): AwsError {
  return invalidToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
}

function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  // Node.js skips what is not base64url; one token has one spelling.
  if (bytes.toString("base64url") !== part) throw notAToken();
  return bytes;
}

function objectOf(part: string): Claims {
  let value: unknown;
  try {
    value = JSON.parse(bytesOf(part).toString("utf8"));
  } catch (cause) {
    const error = notAToken();
    error.cause = cause;
    throw error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notAToken();
  return value as Claims;
}

/** @throws AwsError `InvalidIdentityTokenException` for what is no token, or signed in a way that is not taken here */
export function readToken(token: string): WebToken {
  const [header = "", claims = "", signature = "", ...more] = token.split(".");
  if (header === "" || claims === "" || more.length > 0) throw notAToken();
  const { alg, crit } = objectOf(header);
  // `none`, and secrets that are shared with the provider, prove nothing here.
  if (alg !== "RS256" && alg !== "ES256") throw invalidToken(`Token signature algorithm is not supported: ${alg}`);
  if (crit !== undefined) throw invalidToken("Token header has critical extensions that are not understood");
  return {
    algorithm: alg,
    claims: objectOf(claims),
    signed: `${header}.${claims}`,
    signature: bytesOf(signature),
  };
}

/** Whether one of the keys that are for its algorithm has signed a token. */
export function isSignedBy({ algorithm, signed, signature }: WebToken, keys: readonly ProviderKey[]): boolean {
  const data = Buffer.from(signed);
  return keys.some(
    (key) =>
      key.algorithm === algorithm && verify("sha256", data, { key: key.key, dsaEncoding: "ieee-p1363" }, signature),
  );
}

/** What a good token says. */
export interface Identified {
  readonly issuer: string;
  readonly subject: string;
  /** The one of the provider's client ids that the token is for. */
  readonly audience: string;
  /** How the user proved who it is, if the token says. */
  readonly methods: readonly string[];
}

/** How far the provider's clock may be ahead. */
const clockSkewSeconds = 300;

function text(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== "string" || value === "") throw invalidToken(`Missing a required claim: ${name}`);
  return value;
}

function seconds(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalidToken(`The claim ${name} is not a time`);
  return value;
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The issuer, before anything is known to be true: it says whose keys to ask. */
export function issuerOf({ claims }: WebToken): string {
  return text(claims, "iss");
}

/**
 * Checks a token's claims at a time (ms since the epoch).
 *
 * @throws AwsError `InvalidIdentityTokenException` or `ExpiredTokenException`
 */
export function checkClaims({ claims }: WebToken, clientIds: readonly string[], nowMs: number): Identified {
  const issuer = text(claims, "iss");
  const subject = text(claims, "sub");
  const audiences = texts(claims.aud);
  if (audiences.length === 0) throw invalidToken("Missing a required claim: aud");
  const expires = seconds(claims, "exp");
  if (expires === undefined) throw invalidToken("Missing a required claim: exp");
  const now = nowMs / 1000;
  if (expires <= now) {
    const [current, end] = [Math.floor(now), Math.floor(expires)];
    throw new AwsError(
      "ExpiredTokenException",
      `Token expired: current date/time ${current} must be before the expiration date/time ${end}`,
      { status: 400 },
    );
  }
  for (const name of ["nbf", "iat"]) {
    const from = seconds(claims, name);
    if (from !== undefined && from > now + clockSkewSeconds) {
      throw invalidToken(`Token is not valid yet: its claim ${name} lies in the future`);
    }
  }
  const audience = audiences.find((each) => clientIds.includes(each));
  if (audience === undefined) throw invalidToken("Incorrect token audience");
  return { issuer, subject, audience, methods: texts(claims.amr) };
}

const TAGS_CLAIM = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity";

/** Session tags and source identity that a provider put into its token (documented claims). */
export function sessionClaims({ claims }: WebToken): {
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly TransitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
} {
  const tags = claims[TAGS_CLAIM];
  const { principal_tags: named = {}, transitive_tag_keys: transitive = [] } =
    typeof tags === "object" && tags !== null ? (tags as Claims) : {};
  if (typeof named !== "object" || named === null) throw invalidToken("The claim of session tags is not understood");
  const Tags = Object.entries(named).map(([Key, value]) => {
    const [Value, ...more] = texts(value);
    if (Value === undefined || more.length > 0 || Key === "" || Key.length > 128 || Value.length > 256) {
      throw invalidToken(`The session tag ${Key} in the token is not understood`);
    }
    return { Key, Value };
  });
  if (Tags.length > 50) throw invalidToken("The token has more than 50 session tags");
  const sourceIdentity = claims[SOURCE_IDENTITY_CLAIM];
  if (sourceIdentity === undefined) return { Tags, TransitiveTagKeys: texts(transitive) };
  if (typeof sourceIdentity !== "string" || !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity)) {
    throw invalidToken("The claim of the source identity is not understood");
  }
  return { Tags, TransitiveTagKeys: texts(transitive), sourceIdentity };
}
