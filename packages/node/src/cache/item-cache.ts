import type { Item } from "@hotkeep/attributes";
import type { ByteCache } from "./byte-cache.js";
import { ageOf, type CacheEntry } from "./cache-entry.js";
import type { CacheRules } from "./cache-rules.js";
import type { Doubts } from "./doubts.js";
import { itemKeyPrefix, readItemKey } from "./item-key.js";

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
  /** The table must be read consistently: what this node knows of the key already may be newer than its replicas. */
  readonly consistent: boolean;
  /** Monotonic milliseconds after which what it reads must not be kept: a late write may have come since. */
  readonly keepUntil: number;
  /** Settles when the read does; whoever needs the same item meanwhile waits for it. */
  readonly found: Promise<FoundItem>;
  readonly settle: (found: FoundItem) => void;
  readonly fail: (error: unknown) => void;
}

/** Who hears of writes. */
export interface WriteListener {
  /** `itemKey` was written; with `doubt` nobody knows, and the write may arrive later. */
  wrote(itemKey: Uint8Array, now: number, doubt: boolean): void;
  /** Anything may have been written, and more may arrive until `lateUntil`. */
  wroteAll(now: number, lateUntil: number): void;
}

/** A write on its way to a set of keys. */
export interface WriteInProgress {
  readonly keys: readonly Uint8Array[];
  readonly keyTexts: readonly string[];
  /** Per key: another write overlapped, here or on another node, so nobody here knows which value is the last. */
  readonly contested: boolean[];
  /** Per key, as of a {@link Fill}. */
  readonly keepUntil: readonly number[];
}

/**
 * The items of a node: pre-encoded answers by table and primary key, and the rules that keep old values out.
 *
 * One fill per key runs at a time and everybody who needs the item joins it. A fill holds a lease from its start. A
 * write to the key revokes it, at its beginning and at its end, and so does a notice of another node's write; a fill
 * that starts while a write runs gets none. So whatever a fill stores was read after the last write that this node
 * knows of. A revoked fill is not joined any more, so a read that starts after an acknowledged write sees that write.
 * Two overlapping writes to one key leave nothing behind: their order at the table is not known here.
 *
 * What is served never goes back, see docs/consistency.md: a fill that ends makes every other read of its key that
 * began earlier one that nobody joins, and keeps the writes under way from storing theirs; a fill without lease takes away a stored value that differs from its own,
 * because nobody knows which of the two is newer.
 */
export class ItemCache {
  readonly #cache: ByteCache;
  #rules: CacheRules;
  readonly #fills = new Map<string, Fill>();
  readonly #writes = new Map<string, WriteInProgress[]>();
  readonly #doubts: Doubts;
  #writeListener: WriteListener | undefined;

  constructor(cache: ByteCache, rules: CacheRules, doubts: Doubts) {
    this.#cache = cache;
    this.#rules = rules;
    this.#doubts = doubts;
  }

  /** What holds for entries stored from now on; their lives count from insertion. */
  set rules(rules: CacheRules) {
    this.#rules = rules;
  }

  /** Tells `listener` of every write that this node knows of, from now on. */
  listenToWrites(listener: WriteListener | undefined, now: number): void {
    this.#writeListener = listener;
    listener?.wroteAll(now, this.#doubts.end);
  }

  /** Entries held. */
  get count(): number {
    return this.#cache.count;
  }

  /** Whether a write is on its way. */
  get writing(): boolean {
    return this.#writes.size > 0;
  }

  /** Reads and writes on their way, by key. */
  get keysInMotion(): number {
    return this.#fills.size + this.#writes.size;
  }

  /** The entry for the item key (see `itemKeyOf`) that lies at `buffer[start, end)`. */
  find(buffer: Uint8Array, start: number, end: number, now: number): CacheEntry | undefined {
    return this.#cache.find(buffer, start, end, now);
  }

  /** What is here for `key`, without any effect on how long it stays. */
  inspect(
    key: Uint8Array,
    now: number,
  ): { readonly response: Buffer; readonly ageMs: number; readonly expiresInMs: number } | undefined {
    const entry = this.#cache.peek(key, now);
    if (entry === undefined) return undefined;
    return { response: entry.response, ageMs: ageOf(entry, now), expiresInMs: entry.expiresAt - now };
  }

  /** How long what has expired stays to be served when the table does not answer, in milliseconds. */
  set staleMs(staleMs: number) {
    this.#cache.staleMs = staleMs;
  }

  /** What has expired and no write has replaced or dropped since. */
  findExpired(key: Uint8Array, now: number): CacheEntry | undefined {
    return this.#cache.findExpired(key, now);
  }

  /** The read of this key that is on its way and may be joined. */
  fillOf(key: Uint8Array): Fill | undefined {
    return this.#fills.get(textOf(key));
  }

  /** A read of `key` starts. While another one is on its way that may be joined, this one is for its starter alone. */
  beginFill(key: Uint8Array, kind: FillKind, now: number): Fill {
    const keyText = textOf(key);
    let settle!: Fill["settle"];
    let fail!: Fill["fail"];
    const found = new Promise<FoundItem>((resolve, reject) => {
      settle = resolve;
      fail = reject;
    });
    // A fill that nobody has joined fails for its starter only.
    found.catch(() => {});
    const joinable = !this.#fills.has(keyText);
    const leased = joinable && !this.#writes.has(keyText);
    const consistent = this.#doubts.mustReadConsistently(key, keyText, now);
    const keepUntil = this.#doubts.keepUntil(keyText, now);
    const fill: Fill = { kind, key, keyText, leased, consistent, keepUntil, found, settle, fail };
    if (joinable) this.#fills.set(keyText, fill);
    return fill;
  }

  /** The read has ended well: what it found is stored if the lease still holds, and told to those who joined. */
  endFill(fill: Fill, found: FoundItem, now: number): void {
    const { key, keyText } = fill;
    if (this.#fills.get(keyText) === fill) this.#fills.delete(keyText);
    else this.#revoke(keyText);
    this.#doubts.learned(key, now);
    // What it read may be newer than what a write here is about to store: another node's notice may still be on its way.
    for (const write of this.#writes.get(keyText) ?? []) contest(write, keyText);
    if (fill.leased) this.#store(key, keyText, found.response, now, fill.keepUntil);
    else {
      const stored = this.#cache.find(key, 0, key.length, now) ?? this.#cache.findExpired(key, now);
      if (stored !== undefined && !stored.response.equals(found.response)) this.#cache.drop(key);
    }
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
  beginWrite(keys: readonly Uint8Array[], now: number): WriteInProgress {
    const keyTexts = keys.map(textOf);
    const keepUntil = keyTexts.map((keyText) => this.#doubts.keepUntil(keyText, now));
    const write: WriteInProgress = { keys, keyTexts, contested: keys.map(() => false), keepUntil };
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
      this.#doubts.learned(key, now);
      this.#writeListener?.wrote(key, now, false);
      const others = this.#writes.get(keyText)?.filter((other) => other !== write) ?? [];
      if (others.length === 0) this.#writes.delete(keyText);
      else this.#writes.set(keyText, others);
      const response = responses[i];
      if (response === undefined || write.contested[i] === true) this.#cache.drop(key);
      else this.#store(key, keyText, response, now, write.keepUntil[i]!);
    }
  }

  /**
   * Somebody else wrote `key`: what is here, and what is on its way here, does not count any more.
   *
   * @param doubt the outcome is not known: the write may reach the table later
   */
  invalidate(key: Uint8Array, now: number, doubt: boolean): void {
    const keyText = textOf(key);
    this.#revoke(keyText);
    this.#doubts.learned(key, now);
    if (doubt) this.#doubts.late(keyText, now);
    this.#writeListener?.wrote(key, now, doubt);
    for (const write of this.#writes.get(keyText) ?? []) contest(write, keyText);
    this.#cache.drop(key);
  }

  /** Writes that nobody will tell of may reach the tables until then. */
  doubtUntil(until: number): void {
    this.#doubts.lateAll(until);
    this.#writeListener?.wroteAll(Number.NEGATIVE_INFINITY, until);
  }

  /**
   * Writes may have been missed, among them some whose outcome is not known: nothing here counts any more.
   *
   * @param lateUntil until then more may follow unheard
   */
  invalidateAll(now: number, lateUntil = now): void {
    this.#doubts.missedAll(now, lateUntil);
    this.#writeListener?.wroteAll(now, lateUntil);
    this.#dropAll();
  }

  /** Somebody wants everything forgotten that is here or on its way here. The answer: how many entries went. */
  forgetAll(now: number): number {
    const { count } = this.#cache;
    this.#doubts.learnedAll(now);
    this.#writeListener?.wroteAll(now, now);
    this.#dropAll();
    return count;
  }

  /** The same for one table. */
  forgetTable(table: string, now: number): number {
    const prefix = itemKeyPrefix(table);
    const text = textOf(prefix);
    for (const [keyText, fill] of this.#fills) {
      if (!keyText.startsWith(text)) continue;
      fill.leased = false;
      this.#fills.delete(keyText);
    }
    for (const [keyText, writes] of this.#writes)
      if (keyText.startsWith(text)) for (const write of writes) contest(write, keyText);
    this.#doubts.learnedAll(now);
    this.#writeListener?.wroteAll(now, now);
    return this.#cache.dropPrefix(prefix);
  }

  #dropAll(): void {
    for (const fill of this.#fills.values()) fill.leased = false;
    this.#fills.clear();
    for (const writes of this.#writes.values()) for (const write of writes) write.contested.fill(true);
    this.#cache.clear();
  }

  #store(key: Uint8Array, keyText: string, response: Uint8Array, now: number, keepUntil: number): void {
    const lifeMs = this.#rules.itemLifeMs(this.#rules.differ ? readItemKey(key).table : "") ?? 0;
    const until = Math.min(now + lifeMs, keepUntil, this.#doubts.keepUntil(keyText, now));
    // Where a doubt is its end, a write may have followed.
    if (until > now) this.#cache.put(key, response, now, until, until < now + lifeMs);
    else this.#cache.drop(key);
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
