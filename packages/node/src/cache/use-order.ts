import { type EntryTable, newerAt, noEntry, olderAt } from "./entry-table.js";

/** Entries in the order of their last use: a list through two numbers of each. */
export class UseOrder {
  readonly #entries: EntryTable;
  newest = noEntry;
  oldest = noEntry;

  constructor(entries: EntryTable) {
    this.#entries = entries;
  }

  /** Takes an entry in that is in no order. */
  link(entry: number): void {
    const entries = this.#entries;
    const { newest } = this;
    entries.setNumber(entry, newerAt, noEntry);
    entries.setNumber(entry, olderAt, newest);
    if (newest !== noEntry) entries.setNumber(newest, newerAt, entry);
    this.newest = entry;
    if (this.oldest === noEntry) this.oldest = entry;
  }

  unlink(entry: number): void {
    const entries = this.#entries;
    const newer = entries.number(entry, newerAt);
    const older = entries.number(entry, olderAt);
    if (newer === noEntry) this.newest = older;
    else entries.setNumber(newer, olderAt, older);
    if (older === noEntry) this.oldest = newer;
    else entries.setNumber(older, newerAt, newer);
  }

  /** Makes one of its entries the newest. */
  touch(entry: number): void {
    if (entry === this.newest) return;
    this.unlink(entry);
    this.link(entry);
  }

  clear(): void {
    this.newest = noEntry;
    this.oldest = noEntry;
  }
}
