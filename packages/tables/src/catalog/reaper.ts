import type { Logger } from "@hotkeep/core";
import { itemRange } from "../items/row-keys.js";
import type { TablesLimits } from "../limits.js";
import type { Storage } from "../storage/storage.js";
import { counterKey, reapKey, reapRange, reapSpace } from "./catalog-keys.js";

/** Removes the rows of deleted tables, a few at a time between other writes. What a stop leaves, the next start goes on with. */
export class Reaper {
  readonly #storage: Storage;
  readonly #logger: Logger;
  readonly #rowsMax: number;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(storage: Storage, options: { readonly logger: Logger; readonly limits: TablesLimits }) {
    this.#storage = storage;
    this.#logger = options.logger;
    this.#rowsMax = options.limits.reapedRowsPerCommitMax;
  }

  /** Looks for work; call it after a table was deleted. */
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

  /** Resolves when nothing is left to remove. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    this.#again = false;
    try {
      for (const space of Array.from(this.#storage.catalog.range(reapRange), ({ key }) => reapSpace(key))) {
        while (!this.#stopped && (await this.#removeSome(space)) === "more");
      }
    } catch (error) {
      // Nobody waits for this work, and the next deletion or start tries it again.
      this.#logger.error("rows of a deleted table could not be removed", { error: String(error) });
    }
  }

  #removeSome(space: number): Promise<"more" | "done"> {
    return this.#storage.transact((transaction) => {
      let removed = 0;
      for (const { key } of this.#storage.items.range(itemRange(space))) {
        if (removed === this.#rowsMax) return "more";
        transaction.remove(this.#storage.items, key);
        removed++;
      }
      transaction.remove(this.#storage.catalog, reapKey(space));
      transaction.remove(this.#storage.catalog, counterKey(space));
      return "done";
    });
  }
}
