import { createHash } from "node:crypto";
import { type ByteRange, encodeKey, type Item } from "@hotkeep/attributes";
import type { Index, Table } from "../catalog/table.js";

/** A range of rows; see {@link ByteRange} for the half-open form. */
export interface RowBounds {
  readonly from: Buffer;
  readonly to: Buffer;
}

/** Bytes of the number every row key begins with. */
const spaceBytes = 4;
/** An item's key of more bytes than this stands in index entries as its digest. */
const plainTailBytesMax = 512;

function spacePrefix(space: number): Buffer {
  const bytes = Buffer.allocUnsafe(spaceBytes);
  bytes.writeUInt32BE(space, 0);
  return bytes;
}

/** All rows of one table's items or of one index's entries. */
export function itemRange(space: number): RowBounds {
  return { from: spacePrefix(space), to: spacePrefix(space + 1) };
}

/** Where an item stands: its table's number, then the encoded key. */
export function itemKey(table: Table, key: Item): Buffer {
  const { space } = table;
  const bytes = encodeKey(table.key, key, spaceBytes);
  bytes[0] = space >> 24;
  bytes[1] = space >> 16;
  bytes[2] = space >> 8;
  bytes[3] = space;
  return bytes;
}

/** The part of an item's row key after its table's number. */
export function withoutSpace(rowKey: Buffer): Buffer {
  return rowKey.subarray(spaceBytes);
}

/** An encoded key, or a bound of keys, under a table's number. */
export function placed(space: number, encoded: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(spaceBytes + encoded.length);
  bytes.writeUInt32BE(space, 0);
  bytes.set(encoded, spaceBytes);
  return bytes;
}

/** Rows of a table's items within a range of encoded keys. */
export function itemBounds(table: Table, range: ByteRange): RowBounds {
  return {
    from: placed(table.space, range.from),
    to: range.to === undefined ? spacePrefix(table.space + 1) : placed(table.space, range.to),
  };
}

/**
 * Where an index entry stands: the index's number, the encoded index key escaped so that nothing can be mistaken for
 * its continuation, an end mark, then the item's own key. Entries of equal index keys so have a stable order.
 */
export function entryKey(index: Index, item: Item, primary: Uint8Array): Buffer {
  const head = escaped(encodeKey(index.key, item));
  const tail =
    primary.length > plainTailBytesMax
      ? Buffer.concat([Buffer.from([1]), createHash("sha256").update(primary).digest()])
      : Buffer.concat([Buffer.from([0]), primary]);
  return placed(index.space, Buffer.concat([head, Buffer.from([0, 1]), tail]));
}

/** Rows of an index's entries within a range of encoded index keys. */
export function entryBounds(index: Index, range: ByteRange): RowBounds {
  return {
    from: placed(index.space, escaped(range.from)),
    to: range.to === undefined ? spacePrefix(index.space + 1) : placed(index.space, escaped(range.to)),
  };
}

/** The smallest key above `key`. */
export function justAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}

/** Doubles 00 to 00 FF: keeps the order, and leaves 00 01 free as an end mark that sorts below every continuation. */
function escaped(bytes: Uint8Array): Buffer {
  let zeros = 0;
  for (const byte of bytes) if (byte === 0) zeros++;
  if (zeros === 0) return Buffer.from(bytes);
  const out = Buffer.allocUnsafe(bytes.length + zeros);
  let at = 0;
  for (const byte of bytes) {
    out[at++] = byte;
    if (byte === 0) out[at++] = 0xff;
  }
  return out;
}
