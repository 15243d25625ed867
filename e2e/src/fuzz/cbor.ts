/** A CBOR value that can be taken apart and put together again. */
export interface Value {
  readonly major: number;
  /** Integers, tags and simple values: the header's argument. */
  readonly argument: bigint;
  /** Width of a float or of a simple value's argument, in bytes; 0 if it is in the header. */
  readonly width: number;
  /** Strings: the content. */
  readonly content: Buffer;
  /** Elements, keys and values in turn, or what a tag stands before. */
  readonly children: readonly Value[];
  /** Of indefinite length. */
  readonly open: boolean;
}

const none = Buffer.alloc(0);
const depthMax = 100;

/** Reads one value after the other; knows nothing of what Hotkeep's own reader knows. */
export class CborReading {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** @throws RangeError for what is no CBOR, or cut off */
  value(depth = 0): Value {
    const value = this.#next(depth);
    if (value === undefined) throw new RangeError(`a break out of place at ${this.at}`);
    return value;
  }

  /** undefined: a break. */
  #next(depth: number): Value | undefined {
    if (depth > depthMax) throw new RangeError("nested too deeply");
    const initial = this.#byte();
    if (initial === 0xff) return undefined;
    const major = initial >> 5;
    const info = initial & 31;
    if (info > 27 && info < 31) throw new RangeError(`the reserved byte ${initial} at ${this.at}`);
    const open = info === 31;
    const width = info < 24 || open ? 0 : 1 << (info - 24);
    let argument = BigInt(info < 24 ? info : 0);
    for (let i = 0; i < width; i++) argument = (argument << 8n) | BigInt(this.#byte());
    const value = { major, argument, width, open, content: none, children: [] };
    if (open) return { ...value, children: this.#toBreak(depth) };
    if (major === 2 || major === 3) {
      const end = this.at + Number(argument);
      if (end > this.#bytes.length) throw new RangeError(`a string is cut off at ${this.at}`);
      const content = this.#bytes.subarray(this.at, end);
      this.at = end;
      return { ...value, content };
    }
    const count = major === 4 ? argument : major === 5 ? argument * 2n : major === 6 ? 1n : 0n;
    if (count > BigInt(this.#bytes.length)) throw new RangeError(`more elements than bytes at ${this.at}`);
    const children: Value[] = [];
    for (let i = 0; i < Number(count); i++) children.push(this.value(depth + 1));
    return { ...value, children };
  }

  #toBreak(depth: number): Value[] {
    const children: Value[] = [];
    for (let child = this.#next(depth + 1); child !== undefined; child = this.#next(depth + 1)) children.push(child);
    return children;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new RangeError("cut off");
    return byte;
  }
}

/** All values in `bytes`, or undefined when they are not CBOR from beginning to end. */
export function readAll(bytes: Buffer): Value[] | undefined {
  const reading = new CborReading(bytes);
  const values: Value[] = [];
  try {
    while (!reading.done) values.push(reading.value());
  } catch {
    return undefined;
  }
  return values;
}

/** The header of a value in its shortest form. */
export function header(major: number, argument: bigint | number): Buffer {
  const value = BigInt(argument);
  const initial = major << 5;
  if (value < 24n) return Buffer.of(initial | Number(value));
  if (value < 0x100n) return Buffer.of(initial | 24, Number(value));
  const bytes = value < 0x1_0000n ? 2 : value < 0x1_0000_0000n ? 4 : 8;
  const out = Buffer.alloc(1 + bytes);
  out[0] = initial | (bytes === 2 ? 25 : bytes === 4 ? 26 : 27);
  for (let i = 0; i < bytes; i++) out[bytes - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return out;
}

/** The bytes of a value, its lengths those of what is in it. */
export function write(value: Value): Buffer {
  const { major, argument, width, open, content, children } = value;
  if (open) return Buffer.concat([Buffer.of((major << 5) | 31), ...children.map(write), Buffer.of(0xff)]);
  switch (major) {
    case 2:
    case 3:
      return Buffer.concat([header(major, content.length), content]);
    case 4:
      return Buffer.concat([header(4, children.length), ...children.map(write)]);
    case 5:
      return Buffer.concat([header(5, children.length >> 1), ...children.map(write)]);
    case 6:
      return Buffer.concat([header(6, argument), ...children.map(write)]);
    case 7: {
      if (width === 0) return Buffer.of(0xe0 | Number(argument));
      const out = Buffer.alloc(1 + width);
      out[0] = 0xe0 | (24 + Math.log2(width));
      for (let i = 0; i < width; i++) out[width - i] = Number((argument >> BigInt(8 * i)) & 0xffn);
      return out;
    }
    default:
      return header(major, argument);
  }
}
