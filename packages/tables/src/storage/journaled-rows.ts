import type { Database } from "lmdb";
import type { TablesLimits } from "../limits.js";
import { Drain } from "./drain.js";
import { Journal, JournalEntry } from "./journal.js";
import type { RecentRows } from "./recent-rows.js";
import type { Rows } from "./rows.js";

/** How the journal tells the kinds of rows apart: by their place here, which must never change. */
const kinds = ["items", "catalog", "tokens", "streams"] as const;

/** The rows of all kinds. */
export type RowsOfAllKinds = Readonly<Record<(typeof kinds)[number], Rows>>;

/** Limits that say when rows go from the journal into their trees. */
export type JournalLimits = Pick<TablesLimits, "drainedRowsMin" | "drainedRowsPerCommitMin" | "journalBytesMax">;

/** The journal over the rows of all kinds. */
export function journalOf(entries: Database<Buffer, Buffer>, rows: RowsOfAllKinds): Journal {
  return new Journal(
    entries,
    kinds.map((kind) => rows[kind]),
  );
}

/**
 * All rows with their journal: what a commit writes where. Methods whose names begin with `write` write in the LMDB
 * transaction that is open right now; `keep` follows when that is on disk, `discard` when it has failed.
 */
export class JournaledRows {
  readonly #spaces: readonly Rows[];
  readonly #journal: Journal;
  readonly #limits: JournalLimits;
  #drain: Drain | undefined;

  constructor(entries: Database<Buffer, Buffer>, rows: RowsOfAllKinds, limits: JournalLimits) {
    this.#spaces = kinds.map((kind) => rows[kind]);
    this.#journal = journalOf(entries, rows);
    this.#limits = limits;
  }

  /** Whether the journal is empty. */
  get areInTrees(): boolean {
    return this.#journal.rows === 0;
  }

  /** The rows that are later than the trees, as they are now. */
  recent(): ReadonlyMap<Rows, RecentRows> {
    return new Map(this.#spaces.map((rows) => [rows, rows.recent()]));
  }

  /** Shows the rows what an earlier process left in the journal. */
  recall(): void {
    this.#journal.recall();
  }

  /** The journal's next entry, and the drain's next rows; or, when there is much at once, all trees and no entry. */
  write(): JournalEntry | undefined {
    const entry = new JournalEntry(this.#spaces);
    if (this.#journal.bytes + entry.length > this.#limits.journalBytesMax) {
      this.writeTrees();
      return undefined;
    }
    this.#journal.addNow(entry);
    this.#drain?.writeNow(this.#limits.drainedRowsPerCommitMin, entry.rows);
    return entry;
  }

  /** Everything that is not in the trees. */
  writeTrees(): void {
    for (const rows of this.#spaces) rows.writeAllNow();
    this.#journal.removeNow(this.#journal.mark());
  }

  /** `entry`: what {@link write} gave; undefined for all trees. */
  keep(entry: JournalEntry | undefined): void {
    if (entry === undefined) this.#keepTrees();
    else this.#keepEntry(entry);
  }

  discard(): void {
    for (const rows of this.#spaces) rows.discard();
  }

  #keepTrees(): void {
    for (const rows of this.#spaces) rows.clear();
    this.#journal.removed(this.#journal.mark());
    this.#drain = undefined;
  }

  #keepEntry(entry: JournalEntry): void {
    for (const rows of this.#spaces) rows.keep();
    this.#journal.added(entry);
    this.#drain?.advance();
    if (this.#drain?.isDone === true) this.#drain = undefined;
    if (this.#drain === undefined && this.#journal.rows >= this.#limits.drainedRowsMin) {
      this.#drain = new Drain(this.#journal, this.#spaces);
    }
  }
}
