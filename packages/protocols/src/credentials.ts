import type { Principal } from "@hotkeep/core";
import type { SessionFacts } from "./operation.js";

/** A key as the signature verifier needs it. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principal: Principal;
  /** Present for temporary credentials: the token that must come with the request. */
  readonly sessionToken?: string;
  /** Milliseconds since the epoch after which the credential is refused. */
  readonly expiresAt?: number;
  readonly session?: SessionFacts;
}

/** Finds keys. An inactive or deleted key is not found. Synchronous: identity keeps its keys in memory. */
export interface CredentialSource {
  find(accessKeyId: string): Credential | undefined;
}

/** A set of keys to sign with. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
