import type { GatewayNotices } from "@hotkeep/control-feed";
import type { ItemCache } from "../cache/item-cache.js";
import { itemKeyOf } from "../cache/item-key.js";
import type { Gateway } from "../gateway.js";
import type { Seat } from "./seat.js";

/** A written key as it travels between nodes. */
export interface WrittenKey {
  readonly table: string;
  /** Canonical primary key bytes. */
  readonly key: Buffer;
}

/** Tells the cluster's other nodes what was written here. A write may be acknowledged once they are sure to hear of it. */
export class WriteNotices {
  readonly #gateway: Pick<Gateway, "notify">;
  readonly #seat: Seat;
  readonly #seatWaitMs: number;
  #sequence = 0;

  constructor(gateway: Pick<Gateway, "notify">, seat: Seat, limits: { readonly seatWaitMs: number }) {
    this.#gateway = gateway;
    this.#seat = seat;
    this.#seatWaitMs = limits.seatWaitMs;
  }

  /** The number of the last notice, sent or not. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether a write may begin: the node has its seat, if need be after a wait. */
  mayWrite(): boolean | Promise<boolean> {
    return this.#seat.held || this.#seat.heldWithin(this.#seatWaitMs);
  }

  /**
   * These keys were written. False: the node has no seat and did not get it back in time, so that nobody may be told
   * that the write is done.
   */
  wrote(keys: readonly WrittenKey[]): boolean | Promise<boolean> {
    // A notice that was not sent has used up its number: the next request for the seat shows the gap.
    if (this.#send(keys, false) && this.#seat.held) return true;
    return this.#seat.heldWithin(this.#seatWaitMs, this.#sequence);
  }

  /** These keys may have been written, or may be later. */
  perhapsWrote(keys: readonly WrittenKey[]): void {
    this.#send(keys, true);
  }

  #send(keys: readonly WrittenKey[], doubt: boolean): boolean {
    const byTable = new Map<string, string[]>();
    for (const { table, key } of keys) {
      const text = key.toString("base64");
      const others = byTable.get(table);
      if (others === undefined) byTable.set(table, [text]);
      else others.push(text);
    }
    let sent = true;
    for (const [table, texts] of byTable) {
      const sequence = ++this.#sequence;
      const notice = { sequence, table, keys: texts, ...(doubt && { doubt }) };
      if (!this.#gateway.notify("wrote", notice)) sent = false;
    }
    return sent;
  }
}

/** Drops what other nodes wrote; a gap in an origin's numbers drops everything. */
export class WriteNoticeReader {
  readonly #items: ItemCache;
  #seen = new Map<string, number>();

  constructor(items: ItemCache) {
    this.#items = items;
  }

  /** Takes in one notice; false when it showed that others were lost. */
  take(notice: GatewayNotices["wrote"], now: number): boolean {
    const seen = this.#seen.get(notice.origin) ?? 0;
    if (notice.sequence > seen) this.#seen.set(notice.origin, notice.sequence);
    const missing = notice.sequence > seen + 1 || (notice.missing === true && notice.sequence > seen);
    if (missing) this.#items.invalidateAll(now);
    // One that comes twice or late does no harm.
    for (const key of notice.keys) {
      this.#items.invalidate(itemKeyOf(notice.table, Buffer.from(key, "base64")), now, notice.doubt === true);
    }
    return !missing;
  }

  /** Compares with what the gateway has relayed so far; false when notices were lost. */
  compare(sequences: Readonly<Record<string, number>>, now: number): boolean {
    const missed = Object.entries(sequences).some(([origin, sequence]) => sequence > (this.#seen.get(origin) ?? 0));
    const seen = new Map<string, number>();
    for (const [origin, sequence] of Object.entries(sequences)) {
      seen.set(origin, Math.max(sequence, this.#seen.get(origin) ?? 0));
    }
    // Origins that the gateway does not know any more are forgotten with this.
    this.#seen = seen;
    if (missed) this.#items.invalidateAll(now);
    return !missed;
  }

  /** Begins anew from here: whatever came before is dropped, or nobody has written. */
  adopt(sequences: Readonly<Record<string, number>>): void {
    this.#seen = new Map(Object.entries(sequences));
  }
}
