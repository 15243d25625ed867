import type { GatewayNotices } from "@hotkeep/control-feed";
import type { ItemCache } from "./cache/item-cache.js";
import { itemKeyOf } from "./cache/item-key.js";
import type { Gateway } from "./gateway.js";

/** A written key as it travels between nodes. */
export interface WrittenKey {
  readonly table: string;
  /** Canonical primary key bytes. */
  readonly key: Buffer;
}

/** Tells the cluster's other nodes what was written here. */
export class WriteNotices {
  readonly #gateway: Gateway;
  #sequence = 0;
  #lost = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** These keys were written, or may have been. */
  wrote(keys: readonly WrittenKey[]): void {
    const byTable = new Map<string, string[]>();
    for (const { table, key } of keys) {
      const text = key.toString("base64");
      const others = byTable.get(table);
      if (others === undefined) byTable.set(table, [text]);
      else others.push(text);
    }
    for (const [table, texts] of byTable) this.#send(table, texts);
  }

  /**
   * A notice that could not be sent has used up its number; an empty one makes the others see the gap even if nothing
   * is written here for a long time. Called again and again.
   */
  showGap(): void {
    if (!this.#lost) return;
    this.#lost = false;
    this.#send("", []);
  }

  #send(table: string, keys: readonly string[]): void {
    this.#sequence++;
    if (!this.#gateway.notify("wrote", { sequence: this.#sequence, table, keys })) this.#lost = true;
  }
}

/** Drops what other nodes wrote; a gap in an origin's numbers drops everything. */
export class WriteNoticeReader {
  readonly #items: ItemCache;
  readonly #seen = new Map<string, number>();

  constructor(items: ItemCache) {
    this.#items = items;
  }

  /** Takes in one notice; false when it showed that others were lost. */
  take(notice: GatewayNotices["wrote"]): boolean {
    const expected = (this.#seen.get(notice.origin) ?? 0) + 1;
    this.#seen.set(notice.origin, notice.sequence);
    if (notice.sequence !== expected) {
      this.#items.invalidateAll();
      return false;
    }
    for (const key of notice.keys) this.#items.invalidate(itemKeyOf(notice.table, Buffer.from(key, "base64")));
    return true;
  }

  /** Forgets origins that are not in the cluster any more. */
  keepOrigins(nodeIds: readonly string[]): void {
    const present = new Set(nodeIds);
    for (const origin of this.#seen.keys()) if (!present.has(origin)) this.#seen.delete(origin);
  }
}
