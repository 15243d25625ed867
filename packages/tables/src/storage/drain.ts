import type { Journal, JournalMark } from "./journal.js";
import type { RecentRow } from "./recent-rows.js";
import type { Rows } from "./rows.js";

/** Rows brought into their trees for each that a commit adds meanwhile: a drain ends, however much is written. */
const rowsPerAddedRow = 2;

/**
 * Brings all rows that are in the journal now into their trees: some with each commit, so that no commit takes long, and
 * in the order of their keys, so that rows of one page are written together. The entries that these rows are of stay until
 * the last row is in its tree; after a crash they are carried out once more, which changes nothing that is there already.
 */
export class Drain {
  readonly #journal: Journal;
  readonly #mark: JournalMark;
  readonly #rows: readonly { readonly space: Rows; readonly row: RecentRow }[];
  #done = 0;
  #written = 0;

  constructor(journal: Journal, spaces: readonly Rows[]) {
    this.#journal = journal;
    this.#mark = journal.mark();
    this.#rows = spaces.flatMap((space) => space.recentInOrder().map((row) => ({ space, row })));
  }

  get isDone(): boolean {
    return this.#done === this.#rows.length;
  }

  /**
   * Writes the next rows, so many and some more for those that the commit adds to the journal, in the LMDB transaction
   * that is open right now; with the last of them removes the entries.
   */
  writeNow(rowsMin: number, addedRows: number): void {
    this.#written = Math.min(this.#done + rowsMin + rowsPerAddedRow * addedRows, this.#rows.length);
    for (let at = this.#done; at < this.#written; at++) {
      const { space, row } = this.#rows[at]!;
      // What has changed since is in a later entry.
      if (space.isLatest(row)) space.writeNow(row);
    }
    if (this.#written === this.#rows.length) this.#journal.removeNow(this.#mark);
  }

  /** What {@link writeNow} wrote is on disk. */
  advance(): void {
    for (; this.#done < this.#written; this.#done++) {
      const { space, row } = this.#rows[this.#done]!;
      space.forget(row);
    }
    if (this.isDone) this.#journal.removed(this.#mark);
  }
}
