import { createHmac, hash } from "node:crypto";
import { signingKeysMax } from "../limits.js";

const blockBytes = 64;

/**
 * The key that signs for one day, Region and service (32 bytes). It cannot be turned back into the secret.
 *
 * @param date the scope's day, `20261123`
 */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  const step = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  return step(step(step(step(`AWS4${secretAccessKey}`, date), region), service), "aws4_request");
}

/** HMAC-SHA256 under one key, as two one-shot hashes over blocks prepared once: no native object to collect per call. */
export class SigningKey {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  /** @param key at most 64 bytes */
  constructor(key: Uint8Array) {
    const block = new Uint8Array(blockBytes);
    block.set(key);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), new Uint8Array(32)]);
  }

  /** The signature of a string to sign, 32 bytes. */
  sign(stringToSign: string): Buffer {
    const message = Buffer.allocUnsafe(blockBytes + stringToSign.length * 3);
    this.#inner.copy(message);
    const length = message.write(stringToSign, blockBytes, "utf8");
    hash("sha256", message.subarray(0, blockBytes + length), "buffer").copy(this.#outer, blockBytes);
    return hash("sha256", this.#outer, "buffer");
  }
}

/** Keeps signing keys ready, at most {@link signingKeysMax}; the one unused for longest goes first. */
export class SigningKeyCache {
  readonly #keys = new Map<string, { readonly secretAccessKey: string; readonly key: SigningKey }>();

  get(accessKeyId: string, secretAccessKey: string, date: string, region: string, service: string): SigningKey {
    const name = `${accessKeyId}/${date}/${region}/${service}`;
    const known = this.#keys.get(name);
    // An access key id that got a new secret must not verify under the old one.
    if (known !== undefined && known.secretAccessKey === secretAccessKey) {
      this.#keys.delete(name);
      this.#keys.set(name, known);
      return known.key;
    }
    const key = new SigningKey(signingKey(secretAccessKey, date, region, service));
    this.#keys.delete(name);
    if (this.#keys.size >= signingKeysMax) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(name, { secretAccessKey, key });
    return key;
  }
}
