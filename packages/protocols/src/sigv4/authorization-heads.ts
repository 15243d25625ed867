import { authorizationHeadCharactersMax, authorizationHeadsMax } from "../limits.js";
import type { CredentialScope } from "./scope.js";

/** What stands in an `Authorization` header before the signature itself, read and checked. */
export interface AuthorizationHead {
  readonly algorithm: string;
  readonly credential: string;
  /** As written. */
  readonly signedHeaders: string;
  /** In lower case. */
  readonly signedHeaderList: readonly string[];
  /** For the service and the day that it names. */
  readonly scope: CredentialScope;
}

const signatureCharacters = 64;
const signaturePattern = /^[0-9a-f]{64}$/;

/**
 * Remembers how `Authorization` headers begin, which a client repeats all day but for the signature. Only those of
 * signatures that were right are kept, so strangers cannot fill it.
 */
export class AuthorizationHeads {
  #heads = new Map<string, AuthorizationHead>();

  /** What is known of this header's beginning; its signature is the header's last 64 characters then. */
  find(authorization: string): AuthorizationHead | undefined {
    const head = this.#heads.get(authorization.slice(0, -signatureCharacters));
    return head !== undefined && signaturePattern.test(authorization.slice(-signatureCharacters)) ? head : undefined;
  }

  /** Keeps the beginning of a header whose signature was right. */
  keep(authorization: string, signature: string, head: AuthorizationHead): void {
    const beginning = authorization.slice(0, -signatureCharacters);
    if (authorization !== `${beginning}${signature}` || !beginning.endsWith(", Signature=")) return;
    if (beginning.length > authorizationHeadCharactersMax) return;
    if (this.#heads.size >= authorizationHeadsMax) this.#heads = new Map();
    this.#heads.set(beginning, head);
  }
}
