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

/** One named space of rows: keys and values are bytes. Reads are synchronous, from the memory map. */
export class Rows {
  readonly #database: Database<Buffer, Buffer>;

  constructor(database: Database<Buffer, Buffer>) {
    this.#database = database;
  }

  /** The row's value, the caller's to keep. */
  get(key: Buffer): Buffer | undefined {
    const borrowed = this.borrow(key);
    if (borrowed === undefined) return undefined;
    // The pool's memory: a buffer of its own for every row read keeps the allocator and the garbage collector busy.
    const value = Buffer.allocUnsafe(borrowed.length);
    value.set(new Uint8Array(borrowed.buffer, borrowed.byteOffset, borrowed.length));
    return value;
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

  /** Writes in the write transaction that is open right now; only {@link WriteTransaction} calls it. */
  putNow(key: Buffer, value: Buffer): void {
    this.#database.putSync(key, value);
  }

  /** Removes in the write transaction that is open right now; only {@link WriteTransaction} calls it. */
  removeNow(key: Buffer): void {
    this.#database.removeSync(key);
  }
}
