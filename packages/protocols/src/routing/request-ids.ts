import type { Random } from "@hotkeep/core";

const idsAtOnce = 128;
const bytesOfAnId = 16;
const charactersOfAnId = 36;
const digits = Buffer.from("0123456789abcdef", "latin1");
const dash = 0x2d;

/** Makes request ids: version-4 UUIDs. They are made in bulk, since fetching random bytes costs more than using them. */
export class RequestIds {
  readonly #random: Random;
  #ids = "";
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#used === this.#ids.length) {
      this.#ids = written(this.#random.bytes(idsAtOnce * bytesOfAnId));
      this.#used = 0;
    }
    this.#used += charactersOfAnId;
    return this.#ids.slice(this.#used - charactersOfAnId, this.#used);
  }
}

/** Random bytes as UUIDs, one behind the other. */
function written(bytes: Uint8Array): string {
  const text = Buffer.allocUnsafe((bytes.length / bytesOfAnId) * charactersOfAnId);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const place = i % bytesOfAnId;
    let byte = bytes[i]!;
    if (place === 6) byte = (byte & 0x0f) | 0x40;
    if (place === 8) byte = (byte & 0x3f) | 0x80;
    if (place === 4 || place === 6 || place === 8 || place === 10) text[at++] = dash;
    text[at++] = digits[byte >> 4]!;
    text[at++] = digits[byte & 0x0f]!;
  }
  return text.toString("latin1");
}
