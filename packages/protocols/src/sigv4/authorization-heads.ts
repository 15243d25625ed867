import { authorizationHeadCharactersMax, authorizationHeadsMax } from "../limits.js";
import type { CanonicalLines } from "./canonical.js";
import type { CredentialScope } from "./scope.js";
import type { SigningKey } from "./signing-key.js";

/** What stands in an `Authorization` header before the signature itself, read and checked, and what follows from it. */
export interface AuthorizationHead {
  readonly algorithm: string;
  readonly credential: string;
  /** As written. */
  readonly signedHeaders: string;
  /** In lower case. */
  readonly signedHeaderList: readonly string[];
  /** For the service and the day that it names. */
  readonly scope: CredentialScope;
  /** The secret access key that a signature was right under, and the scope's signing key of it. */
  readonly secretAccessKey: string;
  readonly key: SigningKey;
  readonly lines: CanonicalLines;
}

interface KeptHead {
  readonly beginning: string;
  readonly head: AuthorizationHead;
}

const signatureCharacters = 64;
const signaturePattern = /^[0-9a-f]{64}$/;

/**
 * Remembers how `Authorization` headers begin, which a client repeats all day but for the signature: one for each
 * credential. Only those of signatures that were right are kept, so strangers cannot fill it.
 */
export class AuthorizationHeads {
  #heads = new Map<string, KeptHead>();

  /** What is known of this header's beginning; its signature is the header's last 64 characters then. */
  find(authorization: string): AuthorizationHead | undefined {
    const kept = this.#heads.get(credentialIn(authorization));
    if (kept === undefined || authorization.length !== kept.beginning.length + signatureCharacters) return undefined;
    if (!authorization.startsWith(kept.beginning)) return undefined;
    return signaturePattern.test(authorization.slice(-signatureCharacters)) ? kept.head : undefined;
  }

  /** Keeps the beginning of a header whose signature was right. */
  keep(authorization: string, signature: string, head: AuthorizationHead): void {
    const beginning = authorization.slice(0, -signatureCharacters);
    if (authorization !== `${beginning}${signature}` || !beginning.endsWith(", Signature=")) return;
    if (beginning.length > authorizationHeadCharactersMax) return;
    if (this.#heads.size >= authorizationHeadsMax) this.#heads = new Map();
    this.#heads.set(credentialIn(authorization), { beginning, head });
  }
}

/** What stands before the first comma. */
function credentialIn(authorization: string): string {
  return authorization.slice(0, authorization.indexOf(","));
}
