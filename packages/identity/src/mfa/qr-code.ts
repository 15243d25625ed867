/** Error correction codewords of each block, and blocks, by version from 1, at level L (ISO/IEC 18004, table 9). */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

/** The field GF(256) of the standard: logarithms for multiplying. */
const POWERS = new Uint8Array(510);
const LOGARITHMS = new Uint8Array(256);
for (let at = 0, value = 1; at < 255; at++) {
  POWERS[at] = value;
  POWERS[at + 255] = value;
  LOGARITHMS[value] = at;
  value = value << 1 > 255 ? (value << 1) ^ 0x11d : value << 1;
}

function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : POWERS[LOGARITHMS[a]! + LOGARITHMS[b]!]!;
}

function divisor(degree: number): Uint8Array {
  const made = new Uint8Array(degree);
  made[degree - 1] = 1;
  for (let root = 0; root < degree; root++) {
    for (let at = 0; at < degree; at++) {
      made[at] = multiply(made[at]!, POWERS[root]!) ^ (at + 1 < degree ? made[at + 1]! : 0);
    }
  }
  return made;
}

/** Reed-Solomon: what is left of `data` times x^degree. */
function remainder(data: Uint8Array, by: Uint8Array): Uint8Array {
  const left = new Uint8Array(by.length);
  for (const byte of data) {
    const factor = byte ^ left[0]!;
    left.copyWithin(0, 1);
    left[left.length - 1] = 0;
    for (let at = 0; at < by.length; at++) left[at]! ^= multiply(by[at]!, factor);
  }
  return left;
}

function alignments(version: number): number {
  return version === 1 ? 0 : Math.floor(version / 7) + 2;
}

/** Codewords that a version has room for, correction included. */
function capacity(version: number): number {
  const count = alignments(version);
  const patterns = version === 1 ? 0 : (25 * count - 10) * count - 55 + (version >= 7 ? 36 : 0);
  return Math.floor(((16 * version + 128) * version + 64 - patterns) / 8);
}

function dataCapacity(version: number): number {
  return capacity(version) - CORRECTION[version - 1]! * BLOCKS[version - 1]!;
}

/** Length of the count of bytes, in bits. */
function countBits(version: number): number {
  return version < 10 ? 8 : 16;
}

function dataCodewords(bytes: Uint8Array, version: number): Uint8Array {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, countBits(version));
  for (const byte of bytes) push(byte, 8);
  const room = dataCapacity(version) * 8;
  push(0, Math.min(4, room - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) push(pad, 8);
  const words = new Uint8Array(room / 8);
  bits.forEach((bit, at) => {
    words[at >>> 3]! |= bit << (7 - (at & 7));
  });
  return words;
}

/** Cuts data into blocks, adds correction to each, and lays them side by side. */
function interleaved(data: Uint8Array, version: number): readonly number[] {
  const blocks = BLOCKS[version - 1]!;
  const correction = CORRECTION[version - 1]!;
  const by = divisor(correction);
  const short = Math.floor(data.length / blocks);
  const longFrom = blocks - (data.length % blocks);
  const parts: { readonly data: Uint8Array; readonly correction: Uint8Array }[] = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const end = at + short + (block >= longFrom ? 1 : 0);
    const part = data.subarray(at, end);
    parts.push({ data: part, correction: remainder(part, by) });
    at = end;
  }
  const words: number[] = [];
  for (let at = 0; at <= short; at++) for (const part of parts) if (at < part.data.length) words.push(part.data[at]!);
  for (let at = 0; at < correction; at++) for (const part of parts) words.push(part.correction[at]!);
  return words;
}

/** The modules of a symbol while it is drawn. */
class Canvas {
  readonly size: number;
  readonly dark: Uint8Array;
  readonly #fixed: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.dark = new Uint8Array(size * size);
    this.#fixed = new Uint8Array(size * size);
  }

  /** A module that is not for data. */
  fix(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y * this.size + x] = dark ? 1 : 0;
    this.#fixed[y * this.size + x] = 1;
  }

  isFixed(x: number, y: number): boolean {
    return this.#fixed[y * this.size + x] === 1;
  }
}

function drawSquares(canvas: Canvas, x: number, y: number, reach: number, lightRings: readonly number[]): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      canvas.fix(x + dx, y + dy, !lightRings.includes(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  }
}

function drawAlignments(canvas: Canvas, version: number): void {
  const count = alignments(version);
  if (count === 0) return;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const places = [6, ...Array.from({ length: count - 1 }, (_, at) => canvas.size - 7 - at * step)];
  const far = canvas.size - 7;
  for (const x of places) {
    for (const y of places) {
      const corner = (x === 6 && y === 6) || (x === 6 && y === far) || (x === far && y === 6);
      if (!corner) drawSquares(canvas, x, y, 2, [1]);
    }
  }
}

/** `data` and its remainder in a BCH code. */
function checked(data: number, generator: number, length: number): number {
  let rest = data;
  for (let at = 0; at < length; at++) rest = (rest << 1) ^ ((rest >>> (length - 1)) * generator);
  return (data << length) | rest;
}

function drawFormat(canvas: Canvas): void {
  // Level L, mask 0.
  const bits = checked(0b01000, 0x537, 10) ^ 0x5412;
  const bit = (at: number) => ((bits >>> at) & 1) === 1;
  const { size } = canvas;
  for (let at = 0; at < 15; at++) {
    if (at < 6) canvas.fix(8, at, bit(at));
    else if (at < 8) canvas.fix(8, at + 1, bit(at));
    else canvas.fix(at === 8 ? 7 : 14 - at, 8, bit(at));
    if (at < 8) canvas.fix(size - 1 - at, 8, bit(at));
    else canvas.fix(8, size - 15 + at, bit(at));
  }
  canvas.fix(8, size - 8, true);
}

function drawVersion(canvas: Canvas, version: number): void {
  if (version < 7) return;
  const bits = checked(version, 0x1f25, 12);
  for (let at = 0; at < 18; at++) {
    const dark = ((bits >>> at) & 1) === 1;
    const [a, b] = [canvas.size - 11 + (at % 3), Math.floor(at / 3)];
    canvas.fix(a, b, dark);
    canvas.fix(b, a, dark);
  }
}

/** Fills what is free, two columns at a time, up and down from the right, under mask 0. */
function drawData(canvas: Canvas, words: readonly number[]): void {
  const { size } = canvas;
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let row = 0; row < size; row++) {
      const y = upward ? size - 1 - row : row;
      for (const x of [right, right - 1]) {
        if (canvas.isFixed(x, y)) continue;
        const bit = at < words.length * 8 ? (words[at >>> 3]! >>> (7 - (at & 7))) & 1 : 0;
        at++;
        canvas.dark[y * size + x] = bit ^ ((x + y) % 2 === 0 ? 1 : 0);
      }
    }
  }
}

/** A square of modules: row after row, 1 is dark. */
export interface QrCode {
  readonly size: number;
  readonly dark: Uint8Array;
}

/**
 * A QR code of some bytes: level L, mask 0 (any mask reads well at this size), the smallest of the versions 1 to 20 that
 * has room.
 *
 * @throws Error for more than 858 bytes
 */
export function qrCode(bytes: Uint8Array): QrCode {
  const fits = (version: number) => 4 + countBits(version) + 8 * bytes.length <= dataCapacity(version) * 8;
  const version = CORRECTION.findIndex((_, at) => fits(at + 1)) + 1;
  if (version === 0) throw new Error(`${bytes.length} bytes do not fit into a QR code`);
  const canvas = new Canvas(17 + 4 * version);
  const { size } = canvas;
  for (let at = 0; at < size; at++) {
    canvas.fix(6, at, at % 2 === 0);
    canvas.fix(at, 6, at % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    drawSquares(canvas, x, y, 4, [2, 4]);
  }
  drawAlignments(canvas, version);
  drawFormat(canvas);
  drawVersion(canvas, version);
  drawData(canvas, interleaved(dataCodewords(bytes, version), version));
  return { size, dark: canvas.dark };
}
