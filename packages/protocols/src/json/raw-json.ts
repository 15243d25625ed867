import { crc32 } from "node:zlib";

/** The body of an answer, encoded already. */
export class RawJson {
  readonly body: Buffer | string;
  #bytes: Buffer | undefined;
  #crc32: number | undefined;

  constructor(body: Buffer | string) {
    this.body = body;
  }

  get bytes(): Buffer {
    this.#bytes ??= typeof this.body === "string" ? Buffer.from(this.body, "utf8") : this.body;
    return this.#bytes;
  }

  /** Of its bytes; counted once. */
  get crc32(): number {
    this.#crc32 ??= crc32(this.bytes);
    return this.#crc32;
  }
}

/**
 * For handlers of the JSON services: answers with `body` as it is, without looking at it. It must be a complete JSON
 * object in UTF-8, in the shape of the operation's output. Not for local calls: `invoke` parses it.
 */
export function rawJson(body: Buffer | string): RawJson {
  return new RawJson(body);
}
