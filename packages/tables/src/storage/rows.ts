import type { Database, Transaction } from "lmdb";

/** A stored row. */
export interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Rows with `from` <= key < `to` in unsigned byte order of the keys. */
export interface RowRange {
  readonly from: Buffer;
  readonly to: Buffer;
  /** From the high end down. */
  readonly reverse?: boolean;
}

/** All rows as they were at one moment. */
export interface RowSnapshot {
  readonly transaction: Transaction;
}

/** What one answer reads fits into it most of the time. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** Bytes of it that are in use; -1 outside of {@link withScratch}. */
let scratchUsed = -1;

/**
 * Runs `work`, which keeps none of the rows that it reads: they are copied to memory that is used again and again.
 * Thousands of answers a second make more garbage than the collector takes away in passing.
 */
export function withScratch<T>(work: () => T): T {
  if (scratchUsed >= 0) return work();
  scratchUsed = 0;
  try {
    return work();
  } finally {
    scratchUsed = -1;
  }
}

function roomFor(length: number): Buffer {
  if (scratchUsed < 0 || scratchUsed + length > scratch.length) return Buffer.allocUnsafe(length);
  const start = scratchUsed;
  scratchUsed += length;
  return scratch.subarray(start, scratchUsed);
}

/** Bytes that somebody else will overwrite, as the caller's own: in the scratch, or in the pool's memory, which costs a third of a buffer's. */
function ownCopy(bytes: Uint8Array, from: number, length: number): Buffer {
  const own = roomFor(length);
  own.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length));
  return own;
}

/** How a space of rows is opened. What a range reads is copied once. */
export const rowEncoding = {
  encoding: "binary",
  encoder: {
    encode: (value: Buffer) => value,
    decode: (bytes: Buffer, length = bytes.length) => ownCopy(bytes, 0, length),
  },
  keyEncoder: {
    writeKey(key: Uint8Array, target: Uint8Array, start: number) {
      target.set(key, start);
      return start + key.length;
    },
    readKey: (source: Buffer, start: number, end: number) => ownCopy(source, start, end - start),
  },
} as const;

/** One named space of rows: keys and values are bytes. Reads are synchronous, from the memory map. */
export class Rows {
  /** The number that the log knows this space by. */
  readonly id: number;
  readonly #database: Database<Buffer, Buffer>;

  constructor(database: Database<Buffer, Buffer>, id: number) {
    this.id = id;
    this.#database = database;
  }

  /** The row's value, the caller's to keep. */
  get(key: Buffer): Buffer | undefined {
    const borrowed = this.borrow(key);
    return borrowed === undefined ? undefined : ownCopy(borrowed, 0, borrowed.length);
  }

  /** The row's value in a buffer that the next read overwrites: copy what is needed at once. Mind `length`: the memory behind it is larger. */
  borrow(key: Buffer): Buffer | undefined {
    return this.#database.getBinaryFast(key);
  }

  has(key: Buffer): boolean {
    return this.#database.doesExist(key);
  }

  /** `snapshot`: the rows as they were when it was made. */
  range({ from, to, reverse = false }: RowRange, snapshot?: RowSnapshot): Iterable<Row> {
    if (Buffer.compare(from, to) >= 0) return [];
    const bounds = reverse
      ? { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true }
      : { start: from, end: to };
    return this.#database.getRange(snapshot === undefined ? bounds : { ...bounds, transaction: snapshot.transaction });
  }

  /** How many rows a range has. */
  count({ from, to }: RowRange): number {
    return this.#database.getKeysCount({ start: from, end: to });
  }

  /** Writes in the write transaction that is open right now; only `DurableRows` calls it. */
  putNow(key: Buffer, value: Buffer): void {
    this.#database.putSync(key, value);
  }

  /** Removes in the write transaction that is open right now; only `DurableRows` calls it. */
  removeNow(key: Buffer): void {
    this.#database.removeSync(key);
  }
}
