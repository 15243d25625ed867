import { methodIds } from "./methods.js";

/** Where the parts of a plain getItem frame are; made once and filled again and again. */
export interface PlainGetItem {
  /** Where the arguments start: table and key, as they lie in the frame. */
  argumentsStart: number;
  tableStart: number;
  tableEnd: number;
  keyStart: number;
  keyEnd: number;
}

/** Parts to be filled by {@link readPlainGetItem}. */
export function plainGetItem(): PlainGetItem {
  return { argumentsStart: 0, tableStart: 0, tableEnd: 0, keyStart: 0, keyEnd: 0 };
}

/** Service id and method id, as all clients write them: the id is a CBOR integer in four bytes. */
const headBytes = 6;
const isNegative = methodIds.getItem < 0;
const initialOfId = isNegative ? 0x3a : 0x1a;
const magnitudeOfId = isNegative ? -1 - methodIds.getItem : methodIds.getItem;

/**
 * Finds the parts of a getItem for a whole item, eventually consistent, that asks for no capacity, without decoding or
 * allocating anything: all that a cache hit needs.
 *
 * @returns the offset behind the frame that starts at `at`; -1 when this is another frame, not all there, or in an
 *   encoding that needs `FrameScanner` and `decodeRequest`, which also have the error for the client if there is one
 */
export function readPlainGetItem(buffer: Buffer, at: number, end: number, parts: PlainGetItem): number {
  if (end - at < headBytes || buffer[at] !== 1 || buffer[at + 1] !== initialOfId) return -1;
  const magnitude =
    ((buffer[at + 2]! << 24) | (buffer[at + 3]! << 16) | (buffer[at + 4]! << 8) | buffer[at + 5]!) >>> 0;
  if (magnitude !== magnitudeOfId) return -1;
  const argumentsStart = at + headBytes;
  const tableStart = byteStringStart(buffer, argumentsStart, end);
  if (tableStart < 0) return -1;
  const tableEnd = tableStart + byteStringLength(buffer, argumentsStart);
  const keyStart = byteStringStart(buffer, tableEnd, end);
  if (keyStart < 0) return -1;
  const keyEnd = keyStart + byteStringLength(buffer, tableEnd);
  parts.argumentsStart = argumentsStart;
  parts.tableStart = tableStart;
  parts.tableEnd = tableEnd;
  parts.keyStart = keyStart;
  parts.keyEnd = keyEnd;
  return defaultsEnd(buffer, keyEnd, end);
}

/** Offset of a byte string's content if its length takes at most two bytes more, else -1. */
function byteStringStart(buffer: Buffer, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const initial = buffer[at]!;
  if (initial >= 0x40 && initial < 0x58) return at + 1;
  if (initial === 0x58) return at + 2;
  return initial === 0x59 && at + 3 <= end ? at + 3 : -1;
}

function byteStringLength(buffer: Buffer, at: number): number {
  const initial = buffer[at]!;
  if (initial < 0x58) return initial - 0x40;
  return initial === 0x58 ? buffer[at + 1]! : (buffer[at + 1]! << 8) | buffer[at + 2]!;
}

/** Offset behind options that are null, or a map that says nothing but capacity NONE and consistent read false; else -1. */
function defaultsEnd(buffer: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  const initial = buffer[at]!;
  if (initial === 0xf6) return at + 1;
  if (initial !== 0xbf && (initial < 0xa0 || initial > 0xa2)) return -1;
  let next = at + 1;
  let left = initial === 0xbf ? -1 : initial - 0xa0;
  while (left !== 0) {
    if (left < 0 && next < end && buffer[next] === 0xff) return next + 1;
    if (next + 2 > end) return -1;
    const key = buffer[next]!;
    const value = buffer[next + 1]!;
    if (!(key === 3 && value === 0) && !(key === 2 && (value === 0xf4 || value === 0))) return -1;
    next += 2;
    if (left > 0) left--;
  }
  return next;
}
