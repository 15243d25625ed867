import { placed, type RowBounds } from "../items/row-keys.js";

const sequenceBytes = 8;
const spaceBytes = 4;

function sequenceKey(sequence: number): Buffer {
  const bytes = Buffer.allocUnsafe(sequenceBytes);
  bytes.writeBigUInt64BE(BigInt(sequence), 0);
  return bytes;
}

/** Where a record stands: its stream's number, then its own. */
export function recordKey(space: number, sequence: number): Buffer {
  return placed(space, sequenceKey(sequence));
}

/** The records from `first` on, up to `last` when it is given; both included. */
export function recordRange(space: number, first: number, last?: number): RowBounds {
  return {
    from: recordKey(space, first),
    to: last === undefined ? placed(space + 1, Buffer.alloc(0)) : recordKey(space, last + 1),
  };
}

/** The number in a record's key. */
export function sequenceOf(key: Buffer): number {
  return Number(key.readBigUInt64BE(spaceBytes));
}
