import type { Item } from "@hotkeep/attributes";
import type { ByteCache, CacheEntry } from "./byte-cache.js";

/** What a read of one item at the table found. */
export interface FoundItem {
  /** Absent: there is no such item. */
  readonly item?: Item;
  /** The answer to a getItem for the whole item. */
  readonly response: Buffer;
}

/** By which call an item is read; a caller of another kind may be allowed what this one is not. */
export type FillKind = "GetItem" | "BatchGetItem" | "TransactGetItems";

/** An item's read on its way. Only a leased fill may store what it reads. */
export interface Fill {
  readonly kind: FillKind;
  readonly key: Uint8Array;
  readonly keyText: string;
  leased: boolean;
  /** Settles when the read does; whoever needs the same item meanwhile waits for it. */
  readonly found: Promise<FoundItem>;
  readonly settle: (found: FoundItem) => void;
  readonly fail: (error: unknown) => void;
}

/** A write on its way to a set of keys. */
export interface WriteInProgress {
  readonly keys: readonly Uint8Array[];
  readonly keyTexts: readonly string[];
  /** Per key: another write overlapped, so nobody here knows which value is the last. */
  readonly contested: boolean[];
}

/**
 * The items of a node: pre-encoded answers by table and primary key, and the rules that keep old values out.
 *
 * One fill per key runs at a time and everybody who needs the item joins it. A fill holds a lease from its start. A
 * write to the key revokes it, at its beginning and at its end, and so does a notice of another node's write; a fill
 * that starts while a write runs gets none. So whatever a fill stores was read after the last write that this node
 * knows of. A revoked fill is not joined any more, so a read that starts after an acknowledged write sees that write.
 * Two overlapping writes to one key leave nothing behind: their order at the table is not known here.
 */
export class ItemCache {
  readonly #cache: ByteCache;
  #ttlMs: number;
  readonly #fills = new Map<string, Fill>();
  readonly #writes = new Map<string, WriteInProgress[]>();

  /** `ttlMs` counts from insertion; 0 means no end. */
  constructor(cache: ByteCache, ttlMs: number) {
    this.#cache = cache;
    this.#ttlMs = ttlMs;
  }

  /** Life of entries stored from now on, in milliseconds; 0 means no end. */
  set ttlMs(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  /** Entries held. */
  get count(): number {
    return this.#cache.count;
  }

  /** Reads and writes on their way, by key. */
  get keysInMotion(): number {
    return this.#fills.size + this.#writes.size;
  }

  /** The entry for the item key (see `itemKeyOf`) that lies at `buffer[start, end)`. */
  find(buffer: Uint8Array, start: number, end: number, now: number): CacheEntry | undefined {
    return this.#cache.find(buffer, start, end, now);
  }

  /** The read of this key that is on its way and may be joined. */
  fillOf(key: Uint8Array): Fill | undefined {
    return this.#fills.get(textOf(key));
  }

  /** A read of `key` starts; the caller has found no fill to join. */
  beginFill(key: Uint8Array, kind: FillKind): Fill {
    const keyText = textOf(key);
    let settle!: Fill["settle"];
    let fail!: Fill["fail"];
    const found = new Promise<FoundItem>((resolve, reject) => {
      settle = resolve;
      fail = reject;
    });
    // A fill that nobody has joined fails for its starter only.
    found.catch(() => {});
    const fill: Fill = { kind, key, keyText, leased: !this.#writes.has(keyText), found, settle, fail };
    this.#fills.set(keyText, fill);
    return fill;
  }

  /** The read has ended well: what it found is stored if the lease still holds, and told to those who joined. */
  endFill(fill: Fill, found: FoundItem, now: number): void {
    if (this.#fills.get(fill.keyText) === fill) this.#fills.delete(fill.keyText);
    if (fill.leased) this.#store(fill.key, found.response, now);
    fill.leased = false;
    fill.settle(found);
  }

  /** The read has failed. */
  failFill(fill: Fill, error: unknown): void {
    if (this.#fills.get(fill.keyText) === fill) this.#fills.delete(fill.keyText);
    fill.leased = false;
    fill.fail(error);
  }

  /** A write of `keys` (distinct) starts: no fill that runs now may store what it reads. */
  beginWrite(keys: readonly Uint8Array[]): WriteInProgress {
    const keyTexts = keys.map(textOf);
    const write: WriteInProgress = { keys, keyTexts, contested: keys.map(() => false) };
    for (const [i, keyText] of keyTexts.entries()) {
      this.#revoke(keyText);
      const others = this.#writes.get(keyText);
      if (others === undefined) this.#writes.set(keyText, [write]);
      else {
        for (const other of others) contest(other, keyText);
        write.contested[i] = true;
        others.push(write);
      }
    }
    return write;
  }

  /**
   * The write has ended. `responses[i]` is the pre-encoded answer for the new value of the i-th key; undefined where
   * it is not known, or where the write failed: then the key is dropped.
   */
  endWrite(write: WriteInProgress, responses: readonly (Uint8Array | undefined)[], now: number): void {
    for (const [i, key] of write.keys.entries()) {
      const keyText = write.keyTexts[i]!;
      this.#revoke(keyText);
      const others = this.#writes.get(keyText)?.filter((other) => other !== write) ?? [];
      if (others.length === 0) this.#writes.delete(keyText);
      else this.#writes.set(keyText, others);
      const response = responses[i];
      if (response === undefined || write.contested[i] === true) this.#cache.drop(key);
      else this.#store(key, response, now);
    }
  }

  /** Somebody else wrote `key`: what is here, and what is on its way here, does not count any more. */
  invalidate(key: Uint8Array): void {
    const keyText = textOf(key);
    this.#revoke(keyText);
    for (const write of this.#writes.get(keyText) ?? []) contest(write, keyText);
    this.#cache.drop(key);
  }

  /** Writes may have been missed: nothing here counts any more. */
  invalidateAll(): void {
    for (const fill of this.#fills.values()) fill.leased = false;
    this.#fills.clear();
    for (const writes of this.#writes.values()) for (const write of writes) write.contested.fill(true);
    this.#cache.clear();
  }

  #store(key: Uint8Array, response: Uint8Array, now: number): void {
    this.#cache.put(key, response, now, this.#ttlMs === 0 ? Number.POSITIVE_INFINITY : now + this.#ttlMs);
  }

  #revoke(keyText: string): void {
    const fill = this.#fills.get(keyText);
    if (fill === undefined) return;
    fill.leased = false;
    this.#fills.delete(keyText);
  }
}

function contest(write: WriteInProgress, keyText: string): void {
  for (const [i, text] of write.keyTexts.entries()) if (text === keyText) write.contested[i] = true;
}

/** Bytes as the key of a Map: one character a byte. */
export function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
