import type { Database, Transaction } from "lmdb";
import { overlaid, type RecentRow, RecentRows, recentKey, recentRow, recentValue, textOf } from "./recent-rows.js";

/** What a tree of 8 KB pages takes. */
const keyBytesMax = 4_026;

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
  readonly recent: ReadonlyMap<Rows, RecentRows>;
}

/** Whether somebody writes right now, who sees what is not committed yet. */
export interface WriterView {
  isWriting: boolean;
}

/** Bytes that somebody else will overwrite, as the caller's own: in the pool's memory, which costs a third of a buffer's. */
function ownCopy(bytes: Uint8Array, from: number, length: number): Buffer {
  const own = Buffer.allocUnsafe(length);
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

/**
 * One named space of rows: keys and values are bytes. Reads are synchronous, from the memory map of the tree and from
 * the rows that are later than it, which are in the journal.
 */
export class Rows {
  readonly #database: Database<Buffer, Buffer>;
  readonly #writer: WriterView;
  /** Committed, later than the tree. */
  readonly #recent = new RecentRows();
  /** Of the commit under way, later than those. */
  readonly #pending = new RecentRows();

  constructor(database: Database<Buffer, Buffer>, writer: WriterView = { isWriting: false }) {
    this.#database = database;
    this.#writer = writer;
  }

  /** The row's value, the caller's to keep. */
  get(key: Buffer): Buffer | undefined {
    const recent = this.#find(key);
    if (recent !== undefined) return recentValue(recent);
    const borrowed = this.#database.getBinaryFast(key);
    return borrowed === undefined ? undefined : ownCopy(borrowed, 0, borrowed.length);
  }

  /** The row's value in a buffer that the next read overwrites: copy what is needed at once. Mind `length`: the memory behind it is larger. */
  borrow(key: Buffer): Buffer | undefined {
    const recent = this.#find(key);
    return recent === undefined ? this.#database.getBinaryFast(key) : recentValue(recent);
  }

  has(key: Buffer): boolean {
    const recent = this.#find(key);
    return recent === undefined ? this.#database.doesExist(key) : recent.bytes !== undefined;
  }

  /** `snapshot`: the rows as they were when it was made. */
  range({ from, to, reverse = false }: RowRange, snapshot?: RowSnapshot): Iterable<Row> {
    if (Buffer.compare(from, to) >= 0) return [];
    const bounds = reverse
      ? { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true }
      : { start: from, end: to };
    const stored = this.#database.getRange(
      snapshot === undefined ? bounds : { ...bounds, transaction: snapshot.transaction },
    );
    const recent = this.#recentBetween(from, to, snapshot);
    if (recent.length === 0) return stored;
    return overlaid(stored, reverse ? recent.reverse() : recent, reverse);
  }

  /** How many rows a range has. */
  count({ from, to }: RowRange): number {
    if (this.#recentBetween(from, to).length === 0) return this.#database.getKeysCount({ start: from, end: to });
    let count = 0;
    for (const _ of this.range({ from, to })) count++;
    return count;
  }

  /** The rows that are later than the tree, as they are now. */
  recent(): RecentRows {
    return this.#recent.copy();
  }

  /** Takes a row over from the journal. */
  recall(row: RecentRow): void {
    this.#recent.set(row);
  }

  /**
   * Adds a change to the commit under way. Only the storage calls this and what follows.
   *
   * @throws RangeError for a key that no tree takes: it would be found out when it has been promised already.
   */
  change(key: Buffer, value: Buffer | undefined): void {
    if (key.length === 0 || key.length > keyBytesMax) {
      throw new RangeError(`A row's key has ${key.length} bytes; 1 to ${keyBytesMax} are possible`);
    }
    this.#pending.set(recentRow(textOf(key), value));
  }

  /** What the commit under way changes. */
  changes(): Iterable<RecentRow> {
    return this.#pending.all();
  }

  /** The rows that are later than the tree, in order. */
  recentInOrder(): readonly RecentRow[] {
    return this.#recent.inOrder();
  }

  /** Whether a row has not been changed again. */
  isLatest(row: RecentRow): boolean {
    return this.#recent.get(row.text) === row && this.#pending.get(row.text) === undefined;
  }

  /** Writes a row into the tree, in the LMDB transaction that is open right now. */
  writeNow(row: RecentRow): void {
    const value = recentValue(row);
    if (value === undefined) this.#database.removeSync(recentKey(row));
    else this.#database.putSync(recentKey(row), value);
  }

  /** Writes everything that is not in the tree into it; see {@link writeNow}. */
  writeAllNow(): void {
    for (const row of this.#recent.all()) if (this.isLatest(row)) this.writeNow(row);
    for (const row of this.#pending.all()) this.writeNow(row);
  }

  /** A row is in the tree, on disk. */
  forget(row: RecentRow): void {
    this.#recent.delete(row);
  }

  /** The commit under way is on disk, in the journal. */
  keep(): void {
    this.#recent.take(this.#pending);
    this.#pending.clear();
  }

  /** Everything is in the tree, on disk. */
  clear(): void {
    this.#recent.clear();
    this.#pending.clear();
  }

  /** The commit under way has failed. */
  discard(): void {
    this.#pending.clear();
  }

  #find(key: Buffer): RecentRow | undefined {
    const { isWriting } = this.#writer;
    if (!isWriting && this.#recent.size === 0) return undefined;
    const text = textOf(key);
    return (isWriting ? this.#pending.get(text) : undefined) ?? this.#recent.get(text);
  }

  #recentBetween(from: Buffer, to: Buffer, snapshot?: RowSnapshot): RecentRow[] {
    const first = textOf(from);
    const end = textOf(to);
    if (snapshot !== undefined) return snapshot.recent.get(this)!.between(first, end);
    const recent = this.#recent.between(first, end);
    if (!this.#writer.isWriting || this.#pending.size === 0) return recent;
    const both = new RecentRows();
    for (const row of recent) both.set(row);
    for (const row of this.#pending.between(first, end)) both.set(row);
    return both.between(first, end);
  }
}
