import type { Rows } from "./rows.js";

/** Running totals of one set of rows, stored in the commit that changes them. */
export interface Counter {
  /** Where the totals stand in the catalog rows. */
  readonly key: Buffer;
  items: number;
  bytes: number;
}

/**
 * What one request writes. Nothing is written until its work returns, so work that throws has written nothing; reads
 * therefore do not see the request's own writes. A request writes each row at most once.
 */
export class WriteTransaction {
  readonly #changes: { readonly rows: Rows; readonly key: Buffer; readonly value: Buffer | undefined }[] = [];
  readonly #deltas = new Map<Counter, { items: number; bytes: number }>();
  readonly #rollbacks: (() => void)[] = [];

  put(rows: Rows, key: Buffer, value: Buffer): void {
    this.#changes.push({ rows, key, value });
  }

  remove(rows: Rows, key: Buffer): void {
    this.#changes.push({ rows, key, value: undefined });
  }

  /** Adds to a counter. */
  count(counter: Counter, items: number, bytes: number): void {
    const delta = this.#deltas.get(counter);
    if (delta === undefined) this.#deltas.set(counter, { items, bytes });
    else {
      delta.items += items;
      delta.bytes += bytes;
    }
  }

  /** Calls `undo` when the commit fails after the work has changed something in memory that others may see. */
  onRollback(undo: () => void): void {
    this.#rollbacks.push(undo);
  }

  /** Writes everything; the storage calls it inside its LMDB transaction. Adds the counters it changed to `dirty`. */
  apply(dirty: Set<Counter>): void {
    for (const { rows, key, value } of this.#changes) {
      if (value === undefined) rows.removeNow(key);
      else rows.putNow(key, value);
    }
    for (const [counter, delta] of this.#deltas) {
      counter.items += delta.items;
      counter.bytes += delta.bytes;
      dirty.add(counter);
      this.#rollbacks.push(() => {
        counter.items -= delta.items;
        counter.bytes -= delta.bytes;
      });
    }
  }

  /** Takes back what the work did in memory. */
  rollback(): void {
    for (const undo of this.#rollbacks.reverse()) undo();
  }
}
