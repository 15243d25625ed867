import type { Random } from "@hotkeep/core";

const idsAtOnce = 256;
const digitsOfAnId = 32;

/** Makes request ids: version-4 UUIDs. Random digits are fetched in bulk, since fetching costs more than using them. */
export class RequestIds {
  readonly #random: Random;
  #digits = "";
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#used === this.#digits.length) {
      this.#digits = Buffer.from(this.#random.bytes((idsAtOnce * digitsOfAnId) / 2)).toString("hex");
      this.#used = 0;
    }
    const digits = this.#digits;
    const at = this.#used;
    this.#used += digitsOfAnId;
    // One of 8, 9, a and b: two random bits behind the variant's.
    const variant = "89ab"[digits.charCodeAt(at + 16) & 3]!;
    return `${digits.slice(at, at + 8)}-${digits.slice(at + 8, at + 12)}-4${digits.slice(at + 13, at + 16)}-${variant}${digits.slice(at + 17, at + 20)}-${digits.slice(at + 20, at + 32)}`;
  }
}
