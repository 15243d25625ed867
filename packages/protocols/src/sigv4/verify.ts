import { hash } from "node:crypto";
import { type Clock, CommonAwsError } from "@hotkeep/core";
import type { Credential, CredentialSource } from "../credentials.js";
import { type Headers, pathOf } from "../http/headers.js";
import type { HttpRequest } from "../http.js";
import { type AuthorizationHead, AuthorizationHeads } from "./authorization-heads.js";
import { CanonicalLines, canonicalPath, canonicalQuery } from "./canonical.js";
import { checkFreshness } from "./freshness.js";
import { type PresentedSignature, readPresentedSignature } from "./presented.js";
import { type CredentialScope, checkScope } from "./scope.js";
import { sameSecret } from "./secrets.js";
import { SignedHead } from "./signed-head.js";
import { SigningKeyCache } from "./signing-key.js";

const signatureBytes = 32;

/** What a request must be signed for. */
export interface ExpectedScope {
  /** The signing name of the service that was asked. */
  readonly service: string;
  readonly skewMs: number;
}

/** Who signed a request, and for which Region. */
export interface VerifiedSignature {
  readonly credential: Credential;
  readonly region: string;
  /** Milliseconds since the epoch at which the signature was checked. */
  readonly now: number;
}

/**
 * Verifies AWS Signature Version 4 of complete requests, in the `Authorization` header or presigned in the URL. The
 * body is always hashed: what a client says about its hash is never believed.
 */
export class SignatureVerifier {
  readonly #credentials: CredentialSource;
  readonly #clock: Clock;
  readonly #regions: ReadonlySet<string> | undefined;
  readonly #keys = new SigningKeyCache();
  readonly #heads = new AuthorizationHeads();

  /** @param regions the Regions served; undefined: whatever is spelt like one */
  constructor(credentials: CredentialSource, clock: Clock, regions?: readonly string[]) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#regions = regions === undefined ? undefined : new Set(regions);
  }

  /**
   * @throws CommonAwsError `MissingAuthentication`, `IncompleteSignature`, `RequestExpired`, `BadSignature`, `UnknownKey` or
   * `ExpiredToken`, in the order in which AWS looks (observed for DynamoDB).
   */
  verify(
    request: HttpRequest,
    headers: Headers,
    expected: ExpectedScope,
    now: number = this.#clock.now(),
  ): VerifiedSignature {
    const again = request.signed && this.#verifyAgain(request.signed, expected, now);
    if (again !== undefined) return again;
    const presented = readPresentedSignature(request.url, headers, this.#heads);
    checkFreshness(presented.date, presented.expires, now, expected.skewMs);
    const { head } = presented;
    const signedHeaders = head?.signedHeaderList ?? presented.signedHeaders.toLowerCase().split(";");
    if (head?.coversTarget !== true) checkSignedHeaders(signedHeaders, headers);
    if (presented.algorithm !== "AWS4-HMAC-SHA256") {
      throw new CommonAwsError(
        "IncompleteSignature",
        `Unsupported AWS 'algorithm': '${presented.algorithm}' (only AWS4-HMAC-SHA256 for now). `,
      );
    }
    const scope = this.#scopeOf(presented, expected.service);
    const credential = this.#credentials.find(scope.accessKeyId);
    if (credential === undefined) {
      throw new CommonAwsError("UnknownKey", "The security token included in the request is invalid.");
    }
    const bodyHash = hash("sha256", request.body, "hex");
    const lines = head?.lines ?? new CanonicalLines(signedHeaders);
    const canonical = canonicalRequest(request, lines.of(headers), presented, bodyHash);
    const stringToSign = `AWS4-HMAC-SHA256\n${presented.date}\n${scope.text}\n${hash("sha256", canonical, "hex")}`;
    const { secretAccessKey } = credential;
    const key =
      scope === head?.scope && secretAccessKey === head.secretAccessKey
        ? head.key
        : this.#keys.get(scope.accessKeyId, secretAccessKey, scope.date, scope.region, scope.service);
    const claimed = head === undefined ? Buffer.from(presented.signature, "hex") : this.#heads.signature;
    const isWhole = presented.signature.length === 2 * signatureBytes && claimed.length === signatureBytes;
    if (!isWhole || !key.isSignature(claimed, stringToSign)) throw mismatch(canonical, stringToSign);
    const claimedHash = headers.get("x-amz-content-sha256");
    if (claimedHash !== undefined && claimedHash !== bodyHash) {
      throw new CommonAwsError(
        "BadSignature",
        "The value of the 'X-Amz-Content-SHA256' header does not match the computed hash of the payload.",
      );
    }
    checkSession(credential, presented.sessionToken, now);
    if (head === undefined || key !== head.key) {
      this.#keepHead(headers, presented, {
        ...{ scope, secretAccessKey, key, lines },
        coversTarget: signedHeaders.includes("x-amz-target"),
        signedHeaderList: signedHeaders,
      });
    }
    if (request.head !== undefined) {
      request.head.signed = SignedHead.of(request.head, {
        ...{ scope, credential, key, canonicalStart: canonicalStart(request, presented.query) },
        signedHeaders: presented.signedHeaders,
        signedHeaderList: signedHeaders,
        signature: presented.signature,
      });
    }
    return { credential, region: scope.region, now };
  }

  /** For a request whose signature is right under a key that was good before; undefined: it has to be looked at anew. */
  #verifyAgain(signed: SignedHead, expected: ExpectedScope, now: number): VerifiedSignature | undefined {
    const { scope, date } = signed;
    if (scope.service !== expected.service || !date.startsWith(scope.date)) return undefined;
    const credential = this.#credentials.find(scope.accessKeyId);
    if (credential === undefined || credential.secretAccessKey !== signed.secretAccessKey) return undefined;
    if (credential.sessionToken !== signed.sessionToken) return undefined;
    const { expiresAt } = credential;
    if (expiresAt !== undefined && expiresAt <= now) return undefined;
    checkFreshness(date, undefined, now, expected.skewMs);
    return { credential, region: scope.region, now };
  }

  #keepHead(
    headers: Headers,
    { algorithm, credential, signedHeaders, signature }: PresentedSignature,
    found: Pick<AuthorizationHead, "scope" | "secretAccessKey" | "key" | "lines" | "signedHeaderList" | "coversTarget">,
  ): void {
    const authorization = headers.get("authorization");
    if (authorization === undefined) return;
    this.#heads.keep(authorization, signature, { algorithm, credential, signedHeaders, ...found });
  }

  #scopeOf({ head, credential, date }: PresentedSignature, service: string): CredentialScope {
    // What was checked for this service and day is right for them again.
    const scope = head?.scope;
    if (scope !== undefined && scope.service === service && date.startsWith(scope.date)) return scope;
    return checkScope(credential, date, service, this.#regions);
  }
}

/**
 * Refuses a session's credential without its token, a wrong token, and a session that is over.
 *
 * @throws CommonAwsError `UnknownKey` or `ExpiredToken`
 */
export function checkSession(credential: Credential, sessionToken: string | undefined, now: number): void {
  const { sessionToken: expected, expiresAt } = credential;
  if (expected === undefined ? sessionToken !== undefined : !sameSecret(sessionToken ?? "", expected)) {
    throw new CommonAwsError("UnknownKey", "The security token included in the request is invalid");
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new CommonAwsError("ExpiredToken", "The security token included in the request is expired");
  }
}

/** The host says which service was meant, the target which operation: neither may be changed on the way. */
function checkSignedHeaders(signedHeaders: readonly string[], headers: Headers): void {
  if (!signedHeaders.includes("host")) {
    throw new CommonAwsError("BadSignature", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (headers.has("x-amz-target") && !signedHeaders.includes("x-amz-target")) {
    throw new CommonAwsError("BadSignature", "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  }
}

function canonicalRequest(
  request: HttpRequest,
  headerBlock: string,
  presented: PresentedSignature,
  bodyHash: string,
): string {
  return `${canonicalStart(request, presented.query)}${headerBlock}\n${presented.signedHeaders}\n${bodyHash}`;
}

/** Its first three lines: method, path, query. */
function canonicalStart({ method, url }: HttpRequest, parameters: PresentedSignature["query"]): string {
  const path = url === "/" ? "/" : canonicalPath(pathOf(url));
  const query = parameters.length === 0 ? "" : canonicalQuery(parameters);
  return `${method}\n${path}\n${query}\n`;
}

function mismatch(canonical: string, stringToSign: string): CommonAwsError {
  // The client's logs are no place for its session token.
  const shown = canonical.replace(/^(x-amz-security-token:).+$/m, "$1(not shown)");
  return new CommonAwsError(
    "BadSignature",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
      "signing method. Consult the service documentation for details.\n\n" +
      `The Canonical String for this request should have been\n'${shown}'\n\n` +
      `The String-to-Sign should have been\n'${stringToSign}'\n`,
  );
}
