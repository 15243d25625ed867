/**
 * The item cache's key: the table's name and the canonical primary key, each as a CBOR byte string in shortest form.
 * These are the very bytes that a client's getItem frame carries between its method id and its options, so a hit is
 * looked up where it lies in the received chunk.
 */
export function itemKeyOf(table: string, canonicalKey: Uint8Array): Buffer {
  const name = Buffer.from(table, "utf8");
  const nameHead = headBytes(name.length);
  const keyHead = headBytes(canonicalKey.length);
  const out = Buffer.allocUnsafe(nameHead + name.length + keyHead + canonicalKey.length);
  writeHead(out, 0, name.length, nameHead);
  out.set(name, nameHead);
  writeHead(out, nameHead + name.length, canonicalKey.length, keyHead);
  out.set(canonicalKey, nameHead + name.length + keyHead);
  return out;
}

/** What the item keys of a table begin with, and no others. */
export function itemKeyPrefix(table: string): Buffer {
  const name = Buffer.from(table, "utf8");
  const head = headBytes(name.length);
  const out = Buffer.allocUnsafe(head + name.length);
  writeHead(out, 0, name.length, head);
  out.set(name, head);
  return out;
}

/** Table and canonical primary key of an item key. */
export function readItemKey(itemKey: Uint8Array): { readonly table: string; readonly key: Buffer } {
  const bytes = Buffer.from(itemKey.buffer, itemKey.byteOffset, itemKey.byteLength);
  const [nameAt, nameEnd] = byteString(bytes, 0);
  const [keyAt, keyEnd] = byteString(bytes, nameEnd);
  return { table: bytes.toString("utf8", nameAt, nameEnd), key: bytes.subarray(keyAt, keyEnd) };
}

/** Where the content of the byte string at `at` lies; text strings are headed alike but for the major type. */
function byteString(bytes: Buffer, at: number): readonly [start: number, end: number] {
  const head = bytes[at]! & 0x1f;
  if (head < 24) return [at + 1, at + 1 + head];
  if (head === 24) return [at + 2, at + 2 + bytes[at + 1]!];
  return [at + 3, at + 3 + bytes.readUInt16BE(at + 1)];
}

/** The canonical primary key inside an item key that {@link itemKeyOf} made for `table`. */
export function primaryKeyIn(itemKey: Buffer, table: string): Buffer {
  const nameLength = Buffer.byteLength(table, "utf8");
  const keyAt = headBytes(nameLength) + nameLength;
  const head = itemKey[keyAt]!;
  return itemKey.subarray(keyAt + (head < 0x58 ? 1 : head === 0x58 ? 2 : 3));
}

function headBytes(length: number): number {
  if (length > 0xffff) throw new RangeError(`a table name or key of ${length} bytes`);
  return length < 24 ? 1 : length < 256 ? 2 : 3;
}

function writeHead(out: Buffer, at: number, length: number, head: number): void {
  if (head === 1) out[at] = 0x40 | length;
  else if (head === 2) {
    out[at] = 0x58;
    out[at + 1] = length;
  } else {
    out[at] = 0x59;
    out[at + 1] = length >>> 8;
    out[at + 2] = length & 0xff;
  }
}
