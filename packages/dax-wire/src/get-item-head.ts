/** Where the parts of a getItem frame are; made once and filled again and again. */
export interface GetItemHead {
  tableStart: number;
  tableEnd: number;
  keyStart: number;
  keyEnd: number;
  /** Whether this is an eventually consistent read of the whole item that asks for no capacity. */
  plain: boolean;
}

/** A head to be filled by {@link readGetItemHead}. */
export function getItemHead(): GetItemHead {
  return { tableStart: 0, tableEnd: 0, keyStart: 0, keyEnd: 0, plain: false };
}

/**
 * Finds the parts of a getItem frame without decoding or allocating anything: all that a cache hit needs.
 * @param argumentsStart as `FrameScanner` found it
 * @param end offset behind the frame
 * @returns false when this needs `decodeRequest`, which also has the error for the client if there is one
 */
export function readGetItemHead(buffer: Buffer, argumentsStart: number, end: number, head: GetItemHead): boolean {
  const tableStart = byteStringStart(buffer, argumentsStart, end);
  if (tableStart < 0) return false;
  const tableEnd = tableStart + byteStringLength(buffer, argumentsStart);
  const keyStart = byteStringStart(buffer, tableEnd, end);
  if (keyStart < 0) return false;
  const keyEnd = keyStart + byteStringLength(buffer, tableEnd);
  if (keyEnd >= end) return false;
  head.tableStart = tableStart;
  head.tableEnd = tableEnd;
  head.keyStart = keyStart;
  head.keyEnd = keyEnd;
  head.plain = areDefaults(buffer, keyEnd, end);
  return true;
}

/** Offset of a byte string's content if its length takes at most one byte more, else -1. */
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

/** Whether options are null, or a map that says nothing but capacity NONE and consistent read false. */
function areDefaults(buffer: Buffer, at: number, end: number): boolean {
  const initial = buffer[at]!;
  if (initial === 0xf6) return at + 1 === end;
  if (initial !== 0xbf && (initial < 0xa0 || initial > 0xa2)) return false;
  let next = at + 1;
  let left = initial === 0xbf ? -1 : initial - 0xa0;
  while (left !== 0) {
    if (left < 0 && next < end && buffer[next] === 0xff) return next + 1 === end;
    if (next + 2 > end) return false;
    const key = buffer[next]!;
    const value = buffer[next + 1]!;
    if (!(key === 3 && value === 0) && !(key === 2 && (value === 0xf4 || value === 0))) return false;
    next += 2;
    if (left > 0) left--;
  }
  return next === end;
}
