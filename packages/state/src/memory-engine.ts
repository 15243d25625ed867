import type { Engine, Writes } from "./engine.js";
import { compareKeys, valueText } from "./keys.js";
import type { Entry, KeyRange } from "./store.js";

interface Cell {
  readonly key: string;
  readonly text: string;
  readonly revision: number;
}

/** Entries in a sorted array. For tests and simulations: nothing outlives the process. */
export class MemoryEngine implements Engine {
  #cells: Cell[] = [];
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  get(key: string): Entry | undefined {
    const cell = this.#cells[this.#place(key)];
    return cell?.key === key ? entryOf(cell) : undefined;
  }

  range(range: KeyRange): readonly Entry[] {
    const found: Entry[] = [];
    const limit = range.limit ?? Number.POSITIVE_INFINITY;
    for (let at = this.#place(range.start); at < this.#cells.length && found.length < limit; at++) {
      const cell = this.#cells[at]!;
      if (compareKeys(cell.key, range.end) >= 0) break;
      found.push(entryOf(cell));
    }
    return found;
  }

  async commit(groups: readonly { readonly revision: number; readonly writes: Writes }[]): Promise<void> {
    for (const { revision, writes } of groups) {
      for (const [key, value] of writes) {
        const at = this.#place(key);
        const present = this.#cells[at]?.key === key ? 1 : 0;
        if (value === undefined) this.#cells.splice(at, present);
        else this.#cells.splice(at, present, { key, text: valueText(key, value), revision });
      }
      this.#revision = revision;
    }
  }

  async close(): Promise<void> {}

  /** Index of the first cell whose key is not below `key`. */
  #place(key: string): number {
    let low = 0;
    let high = this.#cells.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#cells[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function entryOf(cell: Cell): Entry {
  return { key: cell.key, value: JSON.parse(cell.text), revision: cell.revision };
}
