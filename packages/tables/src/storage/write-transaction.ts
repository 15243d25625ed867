import type { Rows } from "./rows.js";

/** Where changed rows go. */
export interface RowWriter {
  put(rows: Rows, key: Buffer, value: Buffer): void;
  remove(rows: Rows, key: Buffer): void;
}

/** Running totals of one set of rows, stored in the commit that changes them. */
export interface Counter {
  /** Where the totals stand in the catalog rows. */
  readonly key: Buffer;
  items: number;
  bytes: number;
}

interface Change {
  readonly rows: Rows;
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

interface Delta {
  readonly counter: Counter;
  readonly items: number;
  readonly bytes: number;
}

/**
 * What one request writes. Nothing is written until its work returns, so work that throws has written nothing; reads
 * therefore do not see the request's own writes. A request writes each row at most once.
 */
export class WriteTransaction {
  readonly #changes: Change[] = [];
  readonly #deltas: Delta[] = [];
  #rollbacks: (() => void)[] | undefined;
  #isApplied = false;

  put(rows: Rows, key: Buffer, value: Buffer): void {
    this.#changes.push({ rows, key, value });
  }

  remove(rows: Rows, key: Buffer): void {
    this.#changes.push({ rows, key, value: undefined });
  }

  /** Adds to a counter. */
  count(counter: Counter, items: number, bytes: number): void {
    if (items !== 0 || bytes !== 0) this.#deltas.push({ counter, items, bytes });
  }

  /** Calls `undo` when the commit fails after the work has changed something in memory that others may see. */
  onRollback(undo: () => void): void {
    this.#rollbacks ??= [];
    this.#rollbacks.push(undo);
  }

  /** Writes everything; only the storage calls it. Adds the counters it changed to `dirty`. */
  apply(writer: RowWriter, dirty: Set<Counter>): void {
    for (const { rows, key, value } of this.#changes) {
      if (value === undefined) writer.remove(rows, key);
      else writer.put(rows, key, value);
    }
    this.#isApplied = true;
    for (const { counter, items, bytes } of this.#deltas) {
      counter.items += items;
      counter.bytes += bytes;
      dirty.add(counter);
    }
  }

  /** Takes back what the work did in memory. */
  rollback(): void {
    if (this.#isApplied) {
      for (const { counter, items, bytes } of this.#deltas) {
        counter.items -= items;
        counter.bytes -= bytes;
      }
    }
    for (const undo of this.#rollbacks?.reverse() ?? []) undo();
  }
}
