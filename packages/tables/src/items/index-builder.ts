import type { Logger } from "@hotkeep/core";
import type { Catalog } from "../catalog/catalog.js";
import type { Index, Table } from "../catalog/table.js";
import type { TablesLimits } from "../limits.js";
import type { Storage } from "../storage/storage.js";
import { addEntry } from "./item-rows.js";
import { itemRange, justAfter } from "./row-keys.js";
import { StoredItem } from "./stored-item.js";

/** What an {@link IndexBuilder} needs from outside. */
export interface BuilderParts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly logger: Logger;
  readonly limits: Pick<TablesLimits, "builtRowsPerCommitMax">;
}

/**
 * Adds the items of a table to an index that was made after them, some at a time between other writes. Writes meanwhile
 * keep the index themselves; what a stop leaves, the next start begins anew.
 */
export class IndexBuilder {
  readonly #parts: BuilderParts;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(parts: BuilderParts) {
    this.#parts = parts;
  }

  /** Looks for work; call it after an index was made. */
  wake(): void {
    this.#again = true;
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#again = false;
    try {
      for (const table of this.#parts.catalog.all()) {
        for (const index of table.indexes) if (index.isBuilding) await this.#build(table, index);
      }
    } catch (error) {
      // Nobody waits for this work, and the next change of a table or start tries it again.
      this.#parts.logger.error("an index could not be built", { error: String(error) });
    }
  }

  async #build(table: Table, index: Index): Promise<void> {
    const { storage, catalog, limits } = this.#parts;
    const whole = itemRange(table.space);
    let from: Buffer | undefined = whole.from;
    while (from !== undefined) {
      const start: Buffer = from;
      if (this.#stopped || isGone(table, index)) return;
      from = await storage.transact((transaction) => {
        if (isGone(table, index)) return undefined;
        let rows = 0;
        for (const { key, value } of storage.items.range({ from: start, to: whole.to })) {
          addEntry(transaction, storage, table, index, key, new StoredItem(value));
          if (++rows === limits.builtRowsPerCommitMax) return justAfter(key);
        }
        return undefined;
      });
    }
    if (isGone(table, index)) return;
    await catalog.update(table, (definition) => ({
      ...definition,
      indexes: definition.indexes.map(({ building, ...built }) =>
        building === true && built.space !== index.space ? { ...built, building } : built,
      ),
    }));
  }
}

function isGone(table: Table, index: Index): boolean {
  return table.isDeleted || !table.indexes.includes(index);
}
