import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

/** A fresh P-256 key. */
export interface KeyPair {
  /** PKCS #8, PEM. Secret. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

const generate = promisify(generateKeyPair);

export async function newKeyPair(): Promise<KeyPair> {
  return generate("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "der" },
  });
}
