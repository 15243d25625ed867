import type { Item } from "@hotkeep/attributes";
import type { Clock, Logger } from "@hotkeep/core";
import type { Catalog } from "../catalog/catalog.js";
import type { Table } from "../catalog/table.js";
import type { TablesLimits } from "../limits.js";
import { RepeatedWalk } from "../repeated-walk.js";
import { Capacity } from "../request/capacity.js";
import type { Storage } from "../storage/storage.js";
import { readItemRow, replaceItemRow } from "./item-rows.js";
import { itemRange, justAfter } from "./row-keys.js";
import { StoredItem } from "./stored-item.js";

/** Times further back than this are not believed (documented: five years). */
const believedAgeSeconds = 5 * 365 * 24 * 60 * 60;

/** What an {@link ExpirySweeper} needs from outside. */
export interface SweeperParts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Pick<TablesLimits, "expirySweepMs" | "expiryRowsPerStepMax">;
}

/**
 * Deletes items whose TTL attribute lies in the past: a walk over the tables with TTL, every now and then, some rows
 * at a time. Until the walk comes by, expired items are read as any other (documented).
 */
export class ExpirySweeper {
  readonly #parts: SweeperParts;
  readonly #walk: RepeatedWalk;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    this.#walk = new RepeatedWalk({
      clock: parts.clock,
      everyMs: parts.limits.expirySweepMs,
      walk: () => this.sweep(),
      onFailure: (error) => parts.logger.error("expired items could not be deleted", { error: String(error) }),
    });
  }

  /** Walks once every `expirySweepMs`. */
  start(): void {
    this.#walk.start();
  }

  async stop(): Promise<void> {
    await this.#walk.stop();
  }

  /** One walk over all tables with TTL. */
  async sweep(): Promise<void> {
    for (const table of this.#parts.catalog.all()) {
      const attribute = table.definition.timeToLive?.attribute;
      if (attribute !== undefined) await this.#sweepTable(table, attribute);
    }
  }

  async #sweepTable(table: Table, attribute: string): Promise<void> {
    const { storage, clock, limits } = this.#parts;
    // Most items are passed over for the price of a search in their bytes.
    const mark = Buffer.from(`${JSON.stringify(attribute)}:{"N":`, "utf8");
    const whole = itemRange(table.space);
    let from: Buffer | undefined = whole.from;
    while (from !== undefined && !this.#walk.isStopped && !table.isDeleted) {
      const now = clock.now();
      const expired: Buffer[] = [];
      let rows = 0;
      let last: Buffer | undefined;
      for (const { key, value } of storage.items.range({ from, to: whole.to })) {
        last = key;
        if (value.includes(mark) && isExpired(new StoredItem(value).item, attribute, now)) expired.push(key);
        if (++rows === limits.expiryRowsPerStepMax) break;
      }
      // The commit lets others in between, also when it deletes nothing.
      await storage.transact((transaction) => {
        if (table.isDeleted || table.definition.timeToLive?.attribute !== attribute) return;
        for (const key of expired) {
          const stored = readItemRow(storage, key);
          if (stored === undefined || !isExpired(stored.item, attribute, now)) continue;
          replaceItemRow(transaction, storage, table, key, stored, undefined, new Capacity(table.name), "expiry");
        }
      });
      from = rows < limits.expiryRowsPerStepMax || last === undefined ? undefined : justAfter(last);
    }
  }
}

/** Whether an item's TTL attribute is a number of seconds since the epoch that is past, but not by more than five years. */
export function isExpired(item: Item, attribute: string, nowMs: number): boolean {
  if (!Object.hasOwn(item, attribute)) return false;
  const value = item[attribute]!;
  if (!("N" in value)) return false;
  const seconds = Number(value.N);
  return seconds * 1000 <= nowMs && seconds > nowMs / 1000 - believedAgeSeconds;
}
