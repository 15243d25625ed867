import type { Random } from "./random.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER_ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyz0123456789";

function pick(random: Random, alphabet: string, length: number): string {
  let out = "";
  while (out.length < length) {
    for (const byte of random.bytes(length - out.length)) {
      // Bytes past the last whole multiple would make the first letters likelier.
      if (byte < 256 - (256 % alphabet.length)) out += alphabet[byte % alphabet.length];
    }
  }
  return out;
}

/** `prefix` followed by `length` characters of A-Z2-7, the shape of AWS's unique ids. */
export function uniqueId(random: Random, prefix: string, length: number): string {
  return prefix + pick(random, BASE32, length);
}

/** `length` characters of a-z0-9. */
export function lowerId(random: Random, length: number): string {
  return pick(random, LOWER_ALPHANUMERIC, length);
}

/** A version-4 UUID in lower case. */
export function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
