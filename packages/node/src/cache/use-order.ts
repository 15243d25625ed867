import { type EntryTable, noEntry } from "./entry-table.js";

/** Entries in the order of their last use: a list through two columns of the table. */
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
    const block = entries.block(entry);
    const index = entries.index(entry);
    const { newest } = this;
    block.newer[index] = noEntry;
    block.older[index] = newest;
    if (newest !== noEntry) entries.block(newest).newer[entries.index(newest)] = entry;
    this.newest = entry;
    if (this.oldest === noEntry) this.oldest = entry;
  }

  unlink(entry: number): void {
    const entries = this.#entries;
    const block = entries.block(entry);
    const index = entries.index(entry);
    const newer = block.newer[index]!;
    const older = block.older[index]!;
    if (newer === noEntry) this.newest = older;
    else entries.block(newer).older[entries.index(newer)] = older;
    if (older === noEntry) this.oldest = newer;
    else entries.block(older).newer[entries.index(older)] = newer;
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
