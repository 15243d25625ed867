import { isUtf8 } from "node:buffer";
import { AwsError } from "@hotkeep/core";
import { malformedRequest } from "../errors.js";
import { itemValuesMax } from "../limits.js";

/** What {@link CborReader.kind} finds. */
export type CborKind = "integer" | "bytes" | "text" | "array" | "map" | "tag" | "boolean" | "null" | "float" | "other";

const simpleKinds: Readonly<Record<number, CborKind>> = {
  20: "boolean",
  21: "boolean",
  22: "null",
  25: "float",
  26: "float",
  27: "float",
};
const majorKinds: readonly CborKind[] = ["integer", "integer", "bytes", "text", "array", "map", "tag"];

/**
 * Reads CBOR values one after the other from a part of a buffer. Every method throws a ValidationException when the
 * next value is of another kind or not there. Strings must have definite lengths, arrays and maps may be open-ended.
 */
export class CborReader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;
  /** Argument of the header read last; `undefined` for open-ended containers. */
  #argument: number | bigint | undefined = 0;
  #values = 0;

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  /** Kind of the next value. */
  kind(): CborKind {
    if (this.position >= this.end) throw malformedRequest("a value is missing");
    const initial = this.buffer[this.position]!;
    return initial < 0xe0 ? majorKinds[initial >> 5]! : (simpleKinds[initial & 31] ?? "other");
  }

  /** Counts an attribute value; a reader never reads more of them than fit into an item. */
  countValue(): void {
    if (++this.#values > itemValuesMax) {
      throw new AwsError("ValidationException", "Item size has exceeded the maximum allowed size");
    }
  }

  /** An integer that a double holds exactly. */
  integer(what: string): number {
    const value = this.bigInteger(what);
    if (typeof value === "bigint") throw malformedRequest(`${what} is out of range`);
    return value;
  }

  /** An integer of up to 64 bits; a bigint only where a double would not be exact. */
  bigInteger(what: string): number | bigint {
    const initial = this.#header(what, 0, 1);
    const value = this.#argument!;
    if (initial < 0x20) return value;
    return typeof value === "bigint" || value === Number.MAX_SAFE_INTEGER ? -1n - BigInt(value) : -1 - value;
  }

  /** A byte string, as a view. */
  bytes(what: string): Buffer {
    this.#header(what, 2, 2);
    return this.#take(what);
  }

  /** A text string; has to be valid UTF-8. */
  text(what: string): string {
    this.#header(what, 3, 3);
    const bytes = this.#take(what);
    return utf8Text(bytes, what);
  }

  /** Number of elements, or -1 for an open-ended array: then `more` tells when it ends. */
  arrayStart(what: string): number {
    return this.#containerStart(what, 4);
  }

  /** Number of pairs, or -1 for an open-ended map. */
  mapStart(what: string): number {
    return this.#containerStart(what, 5);
  }

  /**
   * Whether a container has another element.
   * @param count what `arrayStart` or `mapStart` returned
   * @param done elements (or pairs) read so far
   */
  more(count: number, done: number): boolean {
    if (count >= 0) return done < count;
    if (this.position >= this.end) throw malformedRequest("an open-ended array or map has no end");
    if (this.buffer[this.position] !== 0xff) return true;
    this.position++;
    return false;
  }

  /** A tag number. */
  tag(what: string): number {
    this.#header(what, 6, 6);
    return Number(this.#argument);
  }

  boolean(what: string): boolean {
    const initial = this.position < this.end ? this.buffer[this.position]! : 0;
    if (initial !== 0xf4 && initial !== 0xf5) throw malformedRequest(`${what} is not a boolean`);
    this.position++;
    return initial === 0xf5;
  }

  /** Consumes a null, if it is there. */
  nullIfThere(): boolean {
    if (this.position >= this.end || this.buffer[this.position] !== 0xf6) return false;
    this.position++;
    return true;
  }

  /** A half, single or double precision number. */
  float(what: string): number {
    const initial = this.position < this.end ? this.buffer[this.position]! : 0;
    const length = initial === 0xfb ? 8 : initial === 0xfa ? 4 : initial === 0xf9 ? 2 : 0;
    if (length === 0) throw malformedRequest(`${what} is not a number`);
    const at = this.position + 1;
    if (at + length > this.end) throw malformedRequest(`${what} is cut off`);
    this.position = at + length;
    if (length === 8) return this.buffer.readDoubleBE(at);
    return length === 4 ? this.buffer.readFloatBE(at) : halfFloat(this.buffer.readUInt16BE(at));
  }

  /** Steps over one value of any kind. */
  skip(what: string): void {
    // Values still to be read on each open level; -1 on open-ended ones.
    const left: number[] = [1];
    while (left.length > 0) {
      const count = left[left.length - 1]!;
      if (count === 0) {
        left.pop();
        continue;
      }
      if (this.position >= this.end) throw malformedRequest(`${what} is cut off`);
      if (count === -1 && this.buffer[this.position] === 0xff) {
        this.position++;
        left.pop();
        continue;
      }
      if (count > 0) left[left.length - 1] = count - 1;
      const major = this.buffer[this.position]! >> 5;
      this.#header(what, major, major);
      const argument = this.#argument;
      if (major === 6) left.push(1);
      else if (major === 4 || (major < 4 && major > 1 && argument === undefined)) left.push(Number(argument ?? -1));
      else if (major === 5) left.push(argument === undefined ? -1 : Number(argument) * 2);
      else if (major === 2 || major === 3) this.#take(what);
    }
  }

  #containerStart(what: string, major: number): number {
    this.#header(what, major, major);
    const argument = this.#argument;
    if (argument === undefined) return -1;
    // Each element takes a byte at least, so a count beyond the rest of the input needs no loop to be found wrong.
    if (argument > this.end - this.position) throw malformedRequest(`${what} is cut off`);
    return Number(argument);
  }

  #take(what: string): Buffer {
    const length = this.#argument;
    if (length === undefined) throw malformedRequest(`${what} is a string of indefinite length`);
    if (length > this.end - this.position) throw malformedRequest(`${what} is cut off`);
    const start = this.position;
    this.position = start + Number(length);
    return this.buffer.subarray(start, this.position);
  }

  /** Reads a header into `#argument`; returns the initial byte. */
  #header(what: string, majorFrom: number, majorTo: number): number {
    if (this.position >= this.end) throw malformedRequest(`${what} is missing`);
    const initial = this.buffer[this.position]!;
    const major = initial >> 5;
    if (major < majorFrom || major > majorTo) {
      throw malformedRequest(`${what} is not ${article[majorFrom]}`);
    }
    const info = initial & 31;
    const at = this.position + 1;
    if (info < 24) {
      this.#argument = info;
      this.position = at;
      return initial;
    }
    if (info === 31 && major > 1 && major < 6) {
      this.#argument = undefined;
      this.position = at;
      return initial;
    }
    if (info > 27) throw malformedRequest(`${what} is not CBOR`);
    const next = at + (1 << (info - 24));
    if (next > this.end) throw malformedRequest(`${what} is cut off`);
    this.position = next;
    if (info === 24) this.#argument = this.buffer[at]!;
    else if (info === 25) this.#argument = this.buffer.readUInt16BE(at);
    else if (info === 26) this.#argument = this.buffer.readUInt32BE(at);
    else {
      const value = this.buffer.readBigUInt64BE(at);
      this.#argument = value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    }
    return initial;
  }
}

const article = ["an integer", "an integer", "a byte string", "a text", "an array", "a map", "a tag", "a simple value"];

/** Decodes UTF-8 and refuses what is none: two different byte strings must never become the same text. */
export function utf8Text(bytes: Buffer, what: string): string {
  if (!isUtf8(bytes)) throw malformedRequest(`${what} is not valid UTF-8`);
  return bytes.toString("utf8");
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
