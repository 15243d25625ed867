import { HotkeepError } from "@hotkeep/core";
import type { Database, Transaction } from "lmdb";

/** A stored row. */
export interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * The row that a range has come to: the same object for all rows of the range, in turn. Take of it what is needed before
 * the next row and before anything else is read. Each look at `key` or `value` makes a copy, the caller's to keep.
 */
export interface PassingRow extends Row {
  /** The value where it lies, as {@link Rows.borrow} gives it. */
  readonly borrowed: Buffer;
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

/** `bytes[from, to)` of a buffer that the binding overwrites, and that may lie about its length. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from));
  return copy;
}

/** Where the binding has put a key that it has read. */
class KeyPlace {
  memory: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
}

/** The binding reads all keys, of all ranges, to the same memory. */
const lastKey = new KeyPlace();

class RangeRow implements PassingRow {
  borrowed: Buffer = lastKey.memory;

  get key(): Buffer {
    return copyOf(lastKey.memory, lastKey.start, lastKey.end);
  }

  get value(): Buffer {
    return copyOf(this.borrowed, 0, this.borrowed.length);
  }
}

/** How a space of rows is opened: of what the binding reads nothing is copied before somebody wants it. */
export const rowEncoding = {
  encoding: "binary",
  encoder: {
    encode: (value: Buffer) => value,
    decode: (bytes: Buffer) => bytes,
  },
  keyEncoder: {
    writeKey(key: Uint8Array | KeyPlace, target: Uint8Array, start: number) {
      if (key instanceof KeyPlace) {
        // So the binding goes on in another transaction: after the last key, which is no longer there.
        throw new HotkeepError("Internal", "A range of rows was read on after its transaction had ended.");
      }
      target.set(key, start);
      return start + key.length;
    },
    readKey(memory: Buffer, start: number, end: number): KeyPlace {
      lastKey.memory = memory;
      lastKey.start = start;
      lastKey.end = end;
      return lastKey;
    },
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
    return borrowed === undefined ? undefined : copyOf(borrowed, 0, borrowed.length);
  }

  /** The row's value in a buffer that the next read overwrites: copy what is needed at once. Mind `length`: the memory behind it is larger. */
  borrow(key: Buffer): Buffer | undefined {
    return this.#database.getBinaryFast(key);
  }

  has(key: Buffer): boolean {
    return this.#database.doesExist(key);
  }

  /** To be read in one go, without waiting in between. `snapshot`: the rows as they were when it was made. */
  *range({ from, to, reverse = false }: RowRange, snapshot?: RowSnapshot): Generator<PassingRow, void, undefined> {
    if (Buffer.compare(from, to) >= 0) return;
    const bounds = reverse
      ? { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true }
      : { start: from, end: to };
    const row = new RangeRow();
    const transaction = snapshot?.transaction;
    for (const { value } of this.#database.getRange(transaction === undefined ? bounds : { ...bounds, transaction })) {
      row.borrowed = value;
      yield row;
    }
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
