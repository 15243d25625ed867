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
  /** `x-amz-target` is among them; `host` always is. */
  readonly coversTarget: boolean;
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

/**
 * Remembers how `Authorization` headers begin, which a client repeats all day but for the signature: one for each
 * credential. Only those of signatures that were right are kept, so strangers cannot fill it.
 */
export class AuthorizationHeads {
  #heads = new Map<string, KeptHead>();
  #last: KeptHead | undefined;
  /** Of the header that was found last. */
  readonly signature = Buffer.alloc(signatureCharacters / 2);

  /** What is known of this header's beginning, if 64 hexadecimal digits follow; they stand in {@link signature} then. */
  find(authorization: string): AuthorizationHead | undefined {
    const beginning = authorization.slice(0, -signatureCharacters);
    let kept = this.#last;
    if (kept?.beginning !== beginning) {
      kept = this.#heads.get(credentialIn(authorization));
      if (kept?.beginning !== beginning) return undefined;
      this.#last = kept;
    }
    const bytes = this.signature.write(authorization.slice(-signatureCharacters), "hex");
    return bytes === this.signature.length ? kept?.head : undefined;
  }

  /** Keeps the beginning of a header whose signature was right. */
  keep(authorization: string, signature: string, head: AuthorizationHead): void {
    const beginning = authorization.slice(0, -signatureCharacters);
    if (authorization !== `${beginning}${signature}` || !beginning.endsWith(", Signature=")) return;
    if (beginning.length > authorizationHeadCharactersMax) return;
    if (this.#heads.size >= authorizationHeadsMax) this.#heads = new Map();
    this.#heads.set(credentialIn(authorization), { beginning, head });
    this.#last = undefined;
  }
}

/** What stands before the first comma. */
function credentialIn(authorization: string): string {
  return authorization.slice(0, authorization.indexOf(","));
}
