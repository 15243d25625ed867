import { WireError } from "../errors.js";
import { frameBytesMax, frameNestingMax } from "../limits.js";

// What a level of nesting consists of. The two map kinds take turns: a map may end only before a key.
const definite = 0;
const openArray = 1;
const openMapAtKey = 2;
const openMapAtValue = 3;
const openBytes = 4;
const openText = 5;

/**
 * Finds where a run of CBOR values ends, without building anything. It remembers how far it has looked, so that values
 * that arrive in many pieces are looked at once.
 */
export class ValueScanner {
  /** Longest run, in bytes; may change between runs. */
  bytesMax = frameBytesMax;
  /** How far the scan has come, relative to the start; inside a long string this lies beyond what has arrived. */
  offset = 0;
  #depth = 0;
  #tagged = false;
  readonly #kinds = new Uint8Array(frameNestingMax + 1);
  /** Values still to begin on each level; meaningless for open-ended ones. */
  readonly #left = new Uint32Array(frameNestingMax + 1);

  /** Prepares for `count` values that begin `offset` bytes behind the start. */
  begin(count: number, offset: number): void {
    this.offset = offset;
    this.#depth = 0;
    this.#tagged = false;
    this.#kinds[0] = definite;
    this.#left[0] = count;
  }

  /**
   * Offset behind the last value, or -1 when it has not arrived yet. `start` is where the run (with the `offset` given
   * to `begin`) starts in `buffer`; between calls the bytes may move to another buffer.
   * @throws WireError
   */
  scan(buffer: Buffer, start: number, end: number): number {
    const kinds = this.#kinds;
    const left = this.#left;
    const bytesMax = this.bytesMax;
    let depth = this.#depth;
    let tagged = this.#tagged;
    let at = start + this.offset;
    for (;;) {
      while (depth > 0 && kinds[depth] === definite && left[depth] === 0) depth--;
      if (depth === 0 && left[0] === 0) break;
      if (at >= end) break;
      const initial = buffer[at]!;
      const info = initial & 31;
      if (initial === 0xff) {
        const kind = kinds[depth]!;
        if (tagged || kind === definite || kind === openMapAtValue) throw malformed("a break out of place", at - start);
        depth--;
        at++;
        continue;
      }
      let value = info;
      let next = at + 1;
      if (info >= 24) {
        if (info < 28) {
          next = at + 1 + (1 << (info - 24));
          if (next > end) break;
          value = argument(buffer, at + 1, info);
        } else if (info !== 31 || initial < 0x40 || initial >= 0xc0) {
          throw malformed(`the reserved byte ${initial.toString(16)}`, at - start);
        }
      }
      const major = initial >> 5;
      const kind = kinds[depth]!;
      if (kind >= openBytes && (major !== kind - 2 || info === 31)) {
        throw malformed("a wrong piece in a string of indefinite length", at - start);
      }
      if (major === 6) {
        tagged = true;
        at = next;
        continue;
      }
      // From here on one value has begun on this level.
      tagged = false;
      if (kind === definite) left[depth] = left[depth]! - 1;
      else if (kind === openMapAtKey) kinds[depth] = openMapAtValue;
      else if (kind === openMapAtValue) kinds[depth] = openMapAtKey;
      at = next;
      if (major < 2 || major === 7) continue;
      if (info === 31) {
        if (++depth > frameNestingMax) throw tooDeep();
        kinds[depth] = major === 4 ? openArray : major === 5 ? openMapAtKey : major === 2 ? openBytes : openText;
      } else if (value > bytesMax) {
        throw tooLarge(bytesMax);
      } else if (major < 4) {
        at += value;
        if (at - start > bytesMax) throw tooLarge(bytesMax);
      } else if (value > 0) {
        if (++depth > frameNestingMax) throw tooDeep();
        kinds[depth] = definite;
        left[depth] = major === 4 ? value : value * 2;
      }
    }
    this.#depth = depth;
    this.#tagged = tagged;
    this.offset = at - start;
    if (at <= end && depth === 0 && left[0] === 0) return at;
    if (end - start >= bytesMax) throw tooLarge(bytesMax);
    return -1;
  }
}

/** The argument of a header with 1, 2, 4 or 8 bytes; beyond 2^53 only its size matters. */
function argument(buffer: Buffer, at: number, info: number): number {
  switch (info) {
    case 24:
      return buffer[at]!;
    case 25:
      return (buffer[at]! << 8) | buffer[at + 1]!;
    case 26:
      return buffer.readUInt32BE(at);
    default:
      return buffer.readUInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4);
  }
}

function malformed(what: string, offset: number): WireError {
  return new WireError("malformed", `Not CBOR: ${what} at byte ${offset}`);
}

function tooLarge(bytesMax: number): WireError {
  return new WireError("too-large", `The request is longer than ${bytesMax} bytes`);
}

function tooDeep(): WireError {
  return new WireError("too-deep", `The request is nested deeper than ${frameNestingMax} levels`);
}
