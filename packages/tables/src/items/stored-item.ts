import { type Item, writeItemJson } from "@hotkeep/attributes";
import { HotkeepError } from "@hotkeep/core";

/** Bytes before the JSON text: format (1 byte) and item size (3 bytes, at most 400 KB). */
export const recordHeaderBytes = 4;
const recordFormat = 1;

/**
 * An item as it lies on disk: its size as DynamoDB counts it, and its JSON text as clients get it, so that a read
 * without projection copies bytes and parses nothing. It lasts as long as the record that it was made of.
 */
export class StoredItem {
  readonly sizeBytes: number;
  readonly #record: Buffer;
  #item: Item | undefined;

  constructor(record: Buffer) {
    this.sizeBytes = recordSize(record);
    this.#record = record;
  }

  /** UTF-8 text of the item's JSON object. */
  get json(): Buffer {
    return this.#record.subarray(recordHeaderBytes);
  }

  /** The parsed item; parsed once. */
  get item(): Item {
    this.#item ??= parseItem(this.#record.toString("utf8", recordHeaderBytes));
    return this.#item;
  }
}

/** @throws HotkeepError `TablesUnusable` for a record of another version. */
export function recordSize(record: Buffer): number {
  if (record[0] !== recordFormat) {
    throw new HotkeepError("TablesUnusable", `An item is stored in format \`${record[0]}\`, which is not known here.`);
  }
  return record.readUIntBE(1, 3);
}

/** Where records are written, one behind the other; when it is full another one is made. */
let slab = Buffer.alloc(0);
let slabUsed = 0;
const slabBytes = 64 * 1024;
/** So much of it is there for a record. Items beyond the other size, which are never worth it, are not tried there. */
const slabRoomBytes = 16 * 1024;
const slabItemBytesMax = 4 * 1024;

/** What is stored for an item of this size. */
export function encodeRecord(item: Item, sizeBytes: number): Buffer {
  const record = (sizeBytes <= slabItemBytesMax ? recordInSlab(item) : undefined) ?? recordByItself(item);
  record[0] = recordFormat;
  record[1] = sizeBytes >> 16;
  record[2] = sizeBytes >> 8;
  record[3] = sizeBytes;
  return record;
}

/** undefined when there is no room. */
function recordInSlab(item: Item): Buffer | undefined {
  if (slab.length - slabUsed < slabRoomBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    slabUsed = 0;
  }
  const start = slabUsed;
  const end = writeItemJson(item, slab, start + recordHeaderBytes);
  if (end > slab.length) return undefined;
  slabUsed = end;
  return slab.subarray(start, end);
}

function recordByItself(item: Item): Buffer {
  const json = JSON.stringify(item);
  const record = Buffer.allocUnsafe(recordHeaderBytes + Buffer.byteLength(json));
  record.write(json, recordHeaderBytes);
  return record;
}

/** JSON.parse defines members rather than assigning them, so an attribute named `__proto__` stays an attribute. */
function parseItem(json: string): Item {
  return JSON.parse(json) as Item;
}
