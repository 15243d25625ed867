import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AuthorizeConnectionRequest } from "./request.js";

/** How far the time of signing may be from ours, in milliseconds. Ours: clients sign with the current time. */
export const clockSkewMsMax = 15 * 60 * 1000;

const algorithm = "AWS4-HMAC-SHA256";
const emptyHash = createHash("sha256").digest("hex");

/**
 * Hosts that clients sign for, neither of them the one they talk to. Observed: one client family puts the scheme in
 * front; insisting on one form locks the other out.
 */
const signedHosts = ["dax.amazonaws.com", "https://dax.amazonaws.com"];

/** What a client claims with authorizeConnection; true once {@link verifyAuthorization} says so. */
export interface AuthorizationClaim {
  readonly accessKeyId: string;
  /** 64 hex digits. */
  readonly signature: string;
  /** The bytes that were signed. */
  readonly stringToSign: Buffer;
  readonly sessionToken: string | null;
  /** YYYYMMDD of the credential scope: the day the signing key is for. */
  readonly date: string;
  readonly region: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly signedAt: number;
}

/**
 * Checks all that needs no key: four lines, algorithm, timestamp, scope, and that the signed request is the one that
 * clients sign (which also means that no other request's signature passes). Copies what it returns.
 * @returns the claim, or what is wrong, for logs; the client learns no more than that it is not authenticated
 */
export function readAuthorization(
  request: AuthorizeConnectionRequest,
): { readonly claim: AuthorizationClaim } | { readonly failure: string } {
  const lines = request.stringToSign.toString("latin1").split("\n");
  const [first, timestamp = "", scope = "", hash] = lines;
  if (lines.length !== 4 || first !== algorithm) return { failure: "the string to sign has a wrong form" };
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined) return { failure: "the time of signing has a wrong form" };
  const [date = "", region = "", service, terminator, ...rest] = scope.split("/");
  if (service !== "dax" || terminator !== "aws4_request" || rest.length > 0) {
    return { failure: `the credential scope \`${scope}\` is not one of service dax` };
  }
  if (date !== timestamp.slice(0, 8)) return { failure: "the credential scope is for another day" };
  if (!/^[a-z0-9-]{1,64}$/.test(region)) return { failure: "the credential scope has no Region" };
  if (!signedHosts.some((host) => hash === canonicalRequestHash(host, timestamp))) {
    return { failure: "the signature is for another request" };
  }
  if (!/^[0-9a-f]{64}$/.test(request.signature)) return { failure: "the signature has a wrong form" };
  return {
    claim: {
      accessKeyId: request.accessKeyId,
      signature: request.signature,
      stringToSign: Buffer.from(request.stringToSign),
      sessionToken: request.sessionToken,
      date,
      region,
      signedAt,
    },
  };
}

/**
 * Checks a claim's signature and time. That the session token belongs to the access key is the caller's to check.
 * @param signingKey for the claim's date and Region and service `dax`; never the secret itself
 * @param now milliseconds since the epoch
 * @returns undefined when the claim holds, else what is wrong, for logs
 */
export function verifyAuthorization(
  claim: AuthorizationClaim,
  signingKey: Buffer,
  now: number,
  options: { readonly region?: string; readonly clockSkewMsMax?: number } = {},
): string | undefined {
  const expected = createHmac("sha256", signingKey).update(claim.stringToSign).digest();
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, "hex"))) return "the signature does not match";
  if (options.region !== undefined && options.region !== claim.region) {
    return `the signature is for the Region \`${claim.region}\``;
  }
  const skewMs = Math.abs(now - claim.signedAt);
  if (skewMs > (options.clockSkewMsMax ?? clockSkewMsMax)) {
    return `the time of signing is ${Math.round(skewMs / 1000)} s away from ours`;
  }
  return undefined;
}

/** Hex SHA-256 of the request that clients sign in place of a real one. */
export function canonicalRequestHash(host: string, timestamp: string): string {
  const canonical = `POST\n/\n\nhost:${host}\nx-amz-date:${timestamp}\n\nhost;x-amz-date\n${emptyHash}`;
  return createHash("sha256").update(canonical).digest("hex");
}

/** The string to sign for a time of signing (`20261123T012520Z`), in lines of which the last is the request's hash. */
export function stringToSign(timestamp: string, region: string): string {
  const scope = `${timestamp.slice(0, 8)}/${region}/dax/aws4_request`;
  return `${algorithm}\n${timestamp}\n${scope}\n${canonicalRequestHash(signedHosts[0]!, timestamp)}`;
}

/** Reads `20261123T012520Z`. */
function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const iso = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`;
  const time = Date.parse(iso);
  // The parser lets 31 February pass as 3 March.
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}
