import { HotkeepError } from "@hotkeep/core";
import type { Database } from "lmdb";
import { type RecentRow, recentValue, textOf } from "./recent-rows.js";
import type { Rows } from "./rows.js";

/** Bytes before a change's key: which rows (1), whether there is a value (1), lengths of key (2) and value (4). */
const headBytes = 8;
const entryKeyBytes = 6;

/**
 * Changes that are on disk but not yet in the trees of their rows, one entry for each commit. A commit of many requests
 * so writes a few pages in a row instead of one page here and there for every row; the trees are written once in a while,
 * and then the journal is emptied, in one transaction.
 */
export class Journal {
  readonly #entries: Database<Buffer, Buffer>;
  /** The rows that changes are of; their places here are what is stored. */
  readonly #spaces: readonly Rows[];
  #next = 0;
  #rows = 0;
  #bytes = 0;

  constructor(entries: Database<Buffer, Buffer>, spaces: readonly Rows[]) {
    this.#entries = entries;
    this.#spaces = spaces;
  }

  /** Rows in it; those changed more than once count as often. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Shows the rows what is in the journal on disk. @throws HotkeepError `TablesUnusable` */
  recall(): void {
    for (const { key, value } of this.#entries.getRange({ start: entryKey(0) })) {
      this.#next = key.readUIntBE(0, entryKeyBytes) + 1;
      this.#bytes += value.length;
      // A copy: LMDB's memory is not ours to keep.
      const bytes = Buffer.from(value);
      for (let at = 0; at < bytes.length; ) at = this.#recallChange(bytes, at);
    }
  }

  /** Adds what the rows of the commit under way change, in the LMDB transaction that is open right now. */
  addNow(entry: JournalEntry): void {
    if (entry.rows === 0) return;
    this.#entries.putSync(entryKey(this.#next), entry.bytes());
  }

  /** The commit with this entry is on disk. */
  added(entry: JournalEntry): void {
    this.#next++;
    this.#rows += entry.rows;
    this.#bytes += entry.length;
  }

  /** All that is in it now. */
  mark(): JournalMark {
    return { end: this.#next, rows: this.#rows, bytes: this.#bytes };
  }

  /** Removes the entries that were there at a mark, in the LMDB transaction that writes the last of their rows. */
  removeNow({ end }: JournalMark): void {
    for (const key of [...this.#entries.getKeys({ start: entryKey(0), end: entryKey(end) })])
      this.#entries.removeSync(key);
  }

  /** The commit that removed them is on disk. */
  removed({ rows, bytes }: JournalMark): void {
    this.#rows -= rows;
    this.#bytes -= bytes;
  }

  #recallChange(bytes: Buffer, start: number): number {
    const rows = this.#spaces[bytes[start]!];
    if (rows === undefined) {
      throw new HotkeepError("TablesUnusable", `The journal has rows of kind \`${bytes[start]}\`, unknown here.`);
    }
    const keyAt = start + headBytes;
    const at = keyAt + bytes.readUInt16BE(start + 2);
    const end = at + bytes.readUInt32BE(start + 4);
    const text = textOf(bytes.subarray(keyAt, at));
    rows.recall({ text, bytes: bytes[start + 1] === 0 ? undefined : bytes, at, end });
    this.#rows++;
    return end;
  }
}

/** The entries up to some moment. */
export interface JournalMark {
  /** The number after the last of them. */
  readonly end: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What one commit changes, as a journal's entry. */
export class JournalEntry {
  readonly #spaces: readonly Rows[];
  rows = 0;
  length = 0;

  constructor(spaces: readonly Rows[]) {
    this.#spaces = spaces;
    for (const space of spaces) {
      for (const { text, at, end } of space.changes()) {
        this.rows++;
        this.length += headBytes + text.length + end - at;
      }
    }
  }

  /** The entry's bytes, in which the changed rows have their values from now on. */
  bytes(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.length);
    let next = 0;
    this.#spaces.forEach((space, place) => {
      for (const row of space.changes()) next = addChange(bytes, next, place, row);
    });
    return bytes;
  }
}

function addChange(bytes: Buffer, start: number, place: number, row: RecentRow): number {
  const { text } = row;
  const value = recentValue(row);
  const at = start + headBytes + text.length;
  bytes[start] = place;
  bytes[start + 1] = value === undefined ? 0 : 1;
  bytes.writeUInt16BE(text.length, start + 2);
  bytes.writeUInt32BE(value?.length ?? 0, start + 4);
  bytes.write(text, start + headBytes, "latin1");
  if (value === undefined) return at;
  bytes.set(value, at);
  row.bytes = bytes;
  row.at = at;
  row.end = at + value.length;
  return row.end;
}

function entryKey(number: number): Buffer {
  const key = Buffer.allocUnsafe(entryKeyBytes);
  key.writeUIntBE(number, 0, entryKeyBytes);
  return key;
}
