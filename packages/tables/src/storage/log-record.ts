import { crc32 } from "node:zlib";

/**
 * A record of the write-ahead log, little-endian: CRC-32 of everything after it (4 bytes), length of the whole record
 * (4), its position in the log (6), the position at which the record before it ends (6), version (2), then changes:
 * space of rows (1; the high bit says removed), length of the key (2), of the value (4, absent when removed), key, value.
 */
export const recordHeadBytes = 22;
const version = 1;
const removed = 0x80;
const wasmPageBytes = 65_536;

/** TypeScript knows it only with the types of a browser. */
declare const WebAssembly: { readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };
/** Records fill whole blocks, so that none is written over, even in part, while it is needed, and disks can be written directly. */
const blockBytes = 4096;
const emptyBytes = 64 * 1024;
/** Memory that one large record has made longer than this is given back. */
const keptBytesMax = 4 * 1024 * 1024;

/** What a change of a row needs besides key and value: the number of its space of rows. */
export interface Space {
  readonly id: number;
}

/** Gathers the changes of one commit as a record. Its memory is used again by the next one. */
export class LogRecord {
  #bytes = blocks(emptyBytes);
  #end = recordHeadBytes;

  /** Whether nothing has changed. */
  get isEmpty(): boolean {
    return this.#end === recordHeadBytes;
  }

  /** Length of the record, in bytes. */
  get length(): number {
    return this.#end;
  }

  put(space: Space, key: Buffer, value: Buffer): void {
    let at = this.#room(7 + key.length + value.length);
    const bytes = this.#bytes;
    bytes[at] = space.id;
    bytes.writeUInt16LE(key.length, at + 1);
    bytes.writeUInt32LE(value.length, at + 3);
    at += 7;
    bytes.set(key, at);
    bytes.set(value, at + key.length);
  }

  remove(space: Space, key: Buffer): void {
    const at = this.#room(3 + key.length);
    this.#bytes[at] = space.id | removed;
    this.#bytes.writeUInt16LE(key.length, at + 1);
    this.#bytes.set(key, at + 3);
  }

  /**
   * The record's bytes for a position, behind a record that ends at `after`, in whole blocks that start where a block of
   * memory does; valid until the next change.
   */
  finish(position: number, after: number): Buffer {
    const bytes = this.#bytes.subarray(0, this.#end);
    bytes.writeUInt32LE(bytes.length, 4);
    bytes.writeUIntLE(position, 8, 6);
    bytes.writeUIntLE(after, 14, 6);
    bytes.writeUInt16LE(version, 20);
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
    return this.#bytes.subarray(0, wholeBlocks(this.#end));
  }

  /** Begins a new record. */
  clear(): void {
    this.#end = recordHeadBytes;
    if (this.#bytes.length > keptBytesMax) this.#bytes = blocks(emptyBytes);
  }

  #room(length: number): number {
    const at = this.#end;
    this.#end += length;
    if (this.#end > this.#bytes.length) {
      const longer = blocks(Math.max(this.#end, 2 * this.#bytes.length));
      this.#bytes.copy(longer, 0, 0, at);
      this.#bytes = longer;
    }
    return at;
  }
}

/** Bytes of the blocks that so many bytes fill. */
export function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** Zeros that start where a block of memory does, as writing to a disk directly wants it; WebAssembly's memory does. */
export function blocks(bytes: number): Buffer {
  return Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / wasmPageBytes) }).buffer);
}

/** The length that a record's head claims. */
export function claimedLength(head: Buffer): number {
  return head.readUInt32LE(4);
}

/** Whether these bytes are the whole, undamaged record of a position, and the next one after a record's end. */
export function isRecord(bytes: Buffer, position: number, after: number): boolean {
  return (
    bytes.length >= recordHeadBytes &&
    claimedLength(bytes) === bytes.length &&
    bytes.readUIntLE(8, 6) === position &&
    bytes.readUIntLE(14, 6) === after &&
    bytes.readUInt16LE(20) === version &&
    bytes.readUInt32LE(0) === crc32(bytes.subarray(4))
  );
}

/** A change as a record tells it; without a value the row was removed. */
export interface LoggedChange {
  readonly space: number;
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** The changes of a record for which {@link isRecord} holds, in their order. The bytes are the record's. */
export function* changesOf(record: Buffer): Generator<LoggedChange, void, undefined> {
  let at = recordHeadBytes;
  while (at < record.length) {
    const head = record[at]!;
    const isRemoved = (head & removed) !== 0;
    const keyLength = record.readUInt16LE(at + 1);
    const keyAt = at + (isRemoved ? 3 : 7);
    const valueAt = keyAt + keyLength;
    const end = valueAt + (isRemoved ? 0 : record.readUInt32LE(at + 3));
    yield {
      space: head & ~removed,
      key: record.subarray(keyAt, valueAt),
      value: isRemoved ? undefined : record.subarray(valueAt, end),
    };
    at = end;
  }
}
