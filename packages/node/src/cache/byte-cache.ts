import type { MemoryBudget } from "./memory-budget.js";

/**
 * Memory that an entry needs beside its bytes: the entry object, two views and one ArrayBuffer. Measured on Node 20
 * with a million entries.
 */
export const entryOverheadBytes = 660;

/** One cached response. Its fields are written by {@link ByteCache} only. */
export interface CacheEntry {
  readonly hash: number;
  readonly key: Uint8Array;
  /** The whole answer as it goes to the client. */
  readonly response: Buffer;
  /** Monotonic milliseconds; Infinity for no end. */
  readonly expiresAt: number;
  /** Monotonic milliseconds when it was stored, in 32 bits: a larger number would need memory of its own. */
  readonly storedAt: number;
  /** Bytes charged to the budget. */
  readonly charge: number;
  /** Monotonic milliseconds of the last use. */
  usedAt: number;
  chain: CacheEntry | undefined;
  newer: CacheEntry | undefined;
  older: CacheEntry | undefined;
}

const firstBuckets = 1024;

/**
 * Bytes to bytes, with expiry and least-recently-used order. A look-up hashes and compares the key where it lies in
 * the received chunk and allocates nothing. The bucket array grows one bucket at a time (linear hashing), so no
 * insertion ever stops the process to move everything.
 */
export class ByteCache {
  readonly #budget: MemoryBudget;
  readonly #seed: number;
  #buckets: (CacheEntry | undefined)[] = [];
  #mask = firstBuckets - 1;
  #split = 0;
  #newest: CacheEntry | undefined;
  #oldest: CacheEntry | undefined;
  #count = 0;
  #bytes = 0;
  #evictedBytes = 0;

  /** `seed` keeps outsiders from choosing keys that fall into one bucket. */
  constructor(budget: MemoryBudget, seed: number) {
    this.#budget = budget;
    this.#seed = seed | 0;
    this.#reset();
    budget.share(this);
  }

  /** Entries held, expired ones that nobody has asked for included. */
  get count(): number {
    return this.#count;
  }

  /** Bytes charged for the entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that had to make room since the start. */
  get evictedBytes(): number {
    return this.#evictedBytes;
  }

  /** Last use of the entry that would go next; undefined when empty. */
  get oldestUse(): number | undefined {
    return this.#oldest?.usedAt;
  }

  /** The live entry whose key is `buffer[start, end)`, made the newest; undefined when there is none. */
  find(buffer: Uint8Array, start: number, end: number, now: number): CacheEntry | undefined {
    const hash = hashBytes(buffer, start, end, this.#seed);
    for (let entry = this.#buckets[this.#slot(hash)]; entry !== undefined; entry = entry.chain) {
      if (entry.hash !== hash || !sameBytes(entry.key, buffer, start, end)) continue;
      if (now >= entry.expiresAt) {
        this.#remove(entry);
        return undefined;
      }
      entry.usedAt = now;
      if (entry !== this.#newest) this.#touch(entry);
      return entry;
    }
    return undefined;
  }

  /** The live entry whose key is `key`, left where it is in the order of use. */
  peek(key: Uint8Array, now: number): CacheEntry | undefined {
    const hash = hashBytes(key, 0, key.length, this.#seed);
    for (let entry = this.#buckets[this.#slot(hash)]; entry !== undefined; entry = entry.chain) {
      if (entry.hash !== hash || !sameBytes(entry.key, key, 0, key.length)) continue;
      return now >= entry.expiresAt ? undefined : entry;
    }
    return undefined;
  }

  /** Stores `response` under `key` (both copied), in place of what was there, and makes room for it. */
  put(key: Uint8Array, response: Uint8Array, now: number, expiresAt: number): void {
    this.drop(key);
    const charge = key.length + response.length + entryOverheadBytes;
    if (charge > this.#budget.bytesMax) return;
    const bytes = Buffer.allocUnsafeSlow(key.length + response.length);
    bytes.set(key, 0);
    bytes.set(response, key.length);
    const hash = hashBytes(key, 0, key.length, this.#seed);
    const entry: CacheEntry = {
      hash,
      key: bytes.subarray(0, key.length),
      response: bytes.subarray(key.length),
      expiresAt,
      storedAt: now | 0,
      charge,
      usedAt: now,
      chain: undefined,
      newer: undefined,
      older: this.#newest,
    };
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
    const slot = this.#slot(hash);
    entry.chain = this.#buckets[slot];
    this.#buckets[slot] = entry;
    this.#count++;
    this.#bytes += charge;
    if (this.#count > this.#buckets.length) this.#splitOne();
    this.#budget.charge(charge);
  }

  /** Forgets `key`; false when it was not there. */
  drop(key: Uint8Array): boolean {
    const hash = hashBytes(key, 0, key.length, this.#seed);
    for (let entry = this.#buckets[this.#slot(hash)]; entry !== undefined; entry = entry.chain) {
      if (entry.hash !== hash || !sameBytes(entry.key, key, 0, key.length)) continue;
      this.#remove(entry);
      return true;
    }
    return false;
  }

  /** Forgets everything. */
  clear(): void {
    this.#budget.refund(this.#bytes);
    this.#reset();
  }

  /** Forgets the entry unused for the longest time, to make room. */
  evictOldest(): void {
    const entry = this.#oldest;
    if (entry === undefined) return;
    this.#evictedBytes += entry.charge;
    this.#remove(entry);
  }

  #reset(): void {
    this.#buckets = new Array<CacheEntry | undefined>(firstBuckets).fill(undefined);
    this.#mask = firstBuckets - 1;
    this.#split = 0;
    this.#newest = undefined;
    this.#oldest = undefined;
    this.#count = 0;
    this.#bytes = 0;
  }

  #slot(hash: number): number {
    const slot = hash & this.#mask;
    // Buckets before the split line have already been divided by one more bit.
    return slot < this.#split ? hash & (this.#mask * 2 + 1) : slot;
  }

  #splitOne(): void {
    const from = this.#split;
    let entry = this.#buckets[from];
    this.#buckets[from] = undefined;
    this.#buckets.push(undefined);
    this.#split++;
    while (entry !== undefined) {
      const next = entry.chain;
      const slot = entry.hash & (this.#mask * 2 + 1);
      entry.chain = this.#buckets[slot];
      this.#buckets[slot] = entry;
      entry = next;
    }
    if (this.#split > this.#mask) {
      this.#mask = this.#mask * 2 + 1;
      this.#split = 0;
    }
  }

  #touch(entry: CacheEntry): void {
    // Not the newest, so something newer exists.
    const newer = entry.newer!;
    const older = entry.older;
    newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    entry.newer = undefined;
    entry.older = this.#newest;
    this.#newest!.newer = entry;
    this.#newest = entry;
  }

  #remove(entry: CacheEntry): void {
    const slot = this.#slot(entry.hash);
    if (this.#buckets[slot] === entry) this.#buckets[slot] = entry.chain;
    else {
      let before = this.#buckets[slot];
      while (before !== undefined && before.chain !== entry) before = before.chain;
      if (before !== undefined) before.chain = entry.chain;
    }
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    entry.chain = undefined;
    entry.newer = undefined;
    entry.older = undefined;
    this.#count--;
    this.#bytes -= entry.charge;
    this.#budget.refund(entry.charge);
  }
}

/** How long an entry has been stored, in milliseconds; what is older than 49 days begins anew at zero. */
export function ageOf(entry: Pick<CacheEntry, "storedAt">, now: number): number {
  return ((now | 0) - entry.storedAt) >>> 0;
}

/** A 32-bit hash of `buffer[start, end)`. */
export function hashBytes(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  // Four bytes a step: one multiplication instead of four.
  for (const whole = end - 3; at < whole; at += 4) {
    const word = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ buffer[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function sameBytes(key: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  const length = key.length;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) if (key[i] !== buffer[start + i]) return false;
  return true;
}
