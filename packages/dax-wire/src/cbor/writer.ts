import { scratchBytesMax } from "../limits.js";

/** Most scratch writers that are kept; nested byte strings use one each. */
const scratchWritersMax = 8;
const scratch: CborWriter[] = [];

/**
 * Appends CBOR to a growing buffer, always in shortest form and with definite lengths unless asked otherwise. Get one
 * with {@link encode}.
 */
export class CborWriter {
  #buffer = Buffer.allocUnsafeSlow(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#buffer.length;
  }

  /** A copy of what was written. */
  finish(): Buffer {
    const result = Buffer.allocUnsafe(this.#length);
    this.#buffer.copy(result, 0, 0, this.#length);
    this.#length = 0;
    return result;
  }

  clear(): void {
    this.#length = 0;
  }

  integer(value: number | bigint): void {
    if (value >= 0) this.#header(0, value);
    else this.#header(0x20, typeof value === "bigint" ? -1n - value : -1 - value);
  }

  bytes(value: Buffer): void {
    this.#header(0x40, value.length);
    this.raw(value);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value, "utf8");
    this.#header(0x60, length);
    this.#reserve(length);
    this.#buffer.write(value, this.#length, length, "utf8");
    this.#length += length;
  }

  array(count: number): void {
    this.#header(0x80, count);
  }

  map(count: number): void {
    this.#header(0xa0, count);
  }

  /** Starts a map of indefinite length; ends with {@link endOpen}. */
  openMap(): void {
    this.byte(0xbf);
  }

  endOpen(): void {
    this.byte(0xff);
  }

  tag(number: number): void {
    this.#header(0xc0, number);
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xf5 : 0xf4);
  }

  null(): void {
    this.byte(0xf6);
  }

  /** A double: the only float that all clients take where a float is due. */
  double(value: number): void {
    this.#reserve(9);
    this.#buffer[this.#length] = 0xfb;
    this.#buffer.writeDoubleBE(value, this.#length + 1);
    this.#length += 9;
  }

  /** A byte string around what `write` writes. */
  wrapped(write: (inner: CborWriter) => void): void {
    const inner = scratch.pop() ?? new CborWriter();
    try {
      write(inner);
      this.#header(0x40, inner.#length);
      this.#reserve(inner.#length);
      inner.#buffer.copy(this.#buffer, this.#length, 0, inner.#length);
      this.#length += inner.#length;
    } finally {
      keep(inner);
    }
  }

  /** Bytes as they are. */
  raw(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#length);
    this.#length += bytes.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  #header(major: number, value: number | bigint): void {
    this.#reserve(9);
    const buffer = this.#buffer;
    const at = this.#length;
    if (value < 24) {
      buffer[at] = major | Number(value);
      this.#length = at + 1;
    } else if (value < 0x100) {
      buffer[at] = major | 24;
      buffer[at + 1] = Number(value);
      this.#length = at + 2;
    } else if (value < 0x10000) {
      buffer[at] = major | 25;
      buffer.writeUInt16BE(Number(value), at + 1);
      this.#length = at + 3;
    } else if (value < 0x1_0000_0000) {
      buffer[at] = major | 26;
      buffer.writeUInt32BE(Number(value), at + 1);
      this.#length = at + 5;
    } else {
      buffer[at] = major | 27;
      buffer.writeBigUInt64BE(BigInt(value), at + 1);
      this.#length = at + 9;
    }
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** What `write` writes, as a buffer of its own. */
export function encode(write: (writer: CborWriter) => void): Buffer {
  const writer = scratch.pop() ?? new CborWriter();
  try {
    write(writer);
    return writer.finish();
  } finally {
    keep(writer);
  }
}

function keep(writer: CborWriter): void {
  writer.clear();
  if (scratch.length < scratchWritersMax && writer.capacity <= scratchBytesMax) scratch.push(writer);
}
