import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { signingKeysMax } from "../limits.js";

const blockBytes = 64;
const digestBytes = 32;

/**
 * The key that signs for one day, Region and service (32 bytes). It cannot be turned back into the secret.
 *
 * @param date the scope's day, `20261123`
 */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  const step = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  return step(step(step(step(`AWS4${secretAccessKey}`, date), region), service), "aws4_request");
}

/**
 * HMAC-SHA256 under one key, as two one-shot hashes over blocks prepared once: no native object to collect per call. The
 * digests come as text of a character per byte, which costs a third of what a buffer does.
 */
export class SigningKey {
  /** The inner block, then the text; as long as both of the last call. */
  #message: Buffer;
  readonly #outer: Buffer;
  readonly #signature = Buffer.alloc(digestBytes);

  /** @param key at most 64 bytes */
  constructor(key: Uint8Array) {
    const block = new Uint8Array(blockBytes);
    block.set(key);
    this.#message = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), new Uint8Array(digestBytes)]);
  }

  /** The key as HMAC's inner and outer block, 64 bytes each, to be copied at once. */
  blocks(): { readonly inner: Buffer; readonly outer: Buffer } {
    return { inner: this.#message.subarray(0, blockBytes), outer: this.#outer.subarray(0, blockBytes) };
  }

  /** The signature of a string to sign, 32 bytes. */
  sign(stringToSign: string): Buffer {
    return Buffer.from(this.#sign(stringToSign));
  }

  /** Whether these 32 bytes are the signature, in a time that does not tell how much of it is right. */
  isSignature(claimed: Uint8Array, stringToSign: string): boolean {
    return timingSafeEqual(claimed, this.#sign(stringToSign));
  }

  /** In a buffer that the next call writes over. */
  #sign(stringToSign: string): Buffer {
    const bytes = blockBytes + Buffer.byteLength(stringToSign);
    if (this.#message.length !== bytes) {
      const message = Buffer.alloc(bytes);
      this.#message.copy(message, 0, 0, blockBytes);
      this.#message = message;
    }
    this.#message.write(stringToSign, blockBytes, "utf8");
    this.#outer.write(hash("sha256", this.#message, "binary"), blockBytes, "latin1");
    this.#signature.write(hash("sha256", this.#outer, "binary"), "latin1");
    return this.#signature;
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
