import { hash } from "node:crypto";
import type { SigningCredentials } from "../credentials.js";
import { pathOf, queryOf, readUrlQuery } from "../http/headers.js";
import { canonicalHeaders, canonicalPath, canonicalQuery } from "./canonical.js";
import { SigningKey, signingKey } from "./signing-key.js";
import { amzDate } from "./time.js";

/** A request to be signed. */
export interface SignableRequest {
  readonly method: string;
  /** Path and query as they will be sent. */
  readonly url: string;
  /** Every header to sign, `host` among them, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Where and when a signature is valid. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The headers to add to a signed request. */
export interface SignatureHeaders {
  readonly authorization: string;
  readonly "x-amz-date": string;
  readonly "x-amz-security-token"?: string;
}

/**
 * Signs requests of one set of credentials; keeps the day's key. All the headers given are signed.
 *
 * @throws Error when `host` is not among the headers.
 */
export class RequestSigner {
  readonly #credentials: SigningCredentials;
  #key: { readonly scope: string; readonly key: SigningKey } | undefined;

  constructor(credentials: SigningCredentials) {
    this.#credentials = credentials;
  }

  sign(request: SignableRequest, scope: SigningScope): SignatureHeaders {
    const date = amzDate(scope.now);
    const { accessKeyId, sessionToken } = this.#credentials;
    const added = {
      "x-amz-date": date,
      ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
    };
    const headers = new Map<string, string>();
    for (const [name, value] of Object.entries({ ...request.headers, ...added })) headers.set(name, value.trim());
    if (!headers.has("host")) throw new Error("a request is signed for its host: add a `host` header");
    const signed = [...headers.keys()].sort();
    const canonical = [
      request.method,
      canonicalPath(pathOf(request.url)),
      canonicalQuery(readUrlQuery(queryOf(request.url))),
      canonicalHeaders(headers, signed),
      signed.join(";"),
      hash("sha256", request.body as Buffer | string, "hex"),
    ].join("\n");
    const scopeText = `${date.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
    const signature = this.#keyFor(scopeText, date.slice(0, 8), scope).sign(
      `AWS4-HMAC-SHA256\n${date}\n${scopeText}\n${hash("sha256", canonical, "hex")}`,
    );
    return {
      ...added,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scopeText}, SignedHeaders=${signed.join(";")}, Signature=${signature.toString("hex")}`,
    };
  }

  #keyFor(scopeText: string, day: string, scope: SigningScope): SigningKey {
    if (this.#key?.scope !== scopeText) {
      const key = signingKey(this.#credentials.secretAccessKey, day, scope.region, scope.service);
      this.#key = { scope: scopeText, key: new SigningKey(key) };
    }
    return this.#key!.key;
  }
}

/** Signs one request; see {@link RequestSigner} for many. */
export function sign(request: SignableRequest, credentials: SigningCredentials, scope: SigningScope): SignatureHeaders {
  return new RequestSigner(credentials).sign(request, scope);
}
