import { CacheEntry } from "./cache-entry.js";
import { type EntryBlock, EntryTable, entryColumnsBytes, noEntry } from "./entry-table.js";
import { FrequencySketch } from "./frequency-sketch.js";
import { hashBytes, sameBytes } from "./hash-bytes.js";
import type { MemoryBudget } from "./memory-budget.js";
import { recordHeadBytes, SegmentLog } from "./segment-log.js";
import { UseOrder } from "./use-order.js";

/** A small integer in an array that grows by half of its size. */
const bucketBytes = 12;

/**
 * Memory that an entry needs beside its bytes: its columns, its share of the buckets and the head of its record.
 */
export const entryOverheadBytes = entryColumnsBytes + bucketBytes + recordHeadBytes;

const firstBuckets = 1024;

/** Flag of an entry that goes at its end, also where expired entries are kept for a while. */
const endsForGood = 1;
/** Flag of an entry that has not proved itself yet. */
const inWindow = 2;

/** Share of the memory for entries that have not proved themselves: what is used again at once is found there. */
const windowShare = 0.01;

/**
 * Bytes to bytes, with expiry and least-recently-used order. A look-up hashes and compares the key where it lies in
 * the received chunk and allocates nothing. The bucket array grows one bucket at a time (linear hashing), so no
 * insertion ever stops the process to move everything.
 */
export class ByteCache {
  readonly #budget: MemoryBudget;
  readonly #seed: number;
  readonly #entries = new EntryTable();
  readonly #log = new SegmentLog(this.#entries);
  readonly #found = new CacheEntry(this.#entries, this.#log);
  #buckets: number[] = [];
  #mask = firstBuckets - 1;
  #split = 0;
  /** Entries that have proved themselves; all of them where nothing has to. */
  readonly #main = new UseOrder(this.#entries);
  /** Entries that have not, in a small part of the memory. */
  readonly #window = new UseOrder(this.#entries);
  #windowBytes = 0;
  #sketch: FrequencySketch | undefined;
  #count = 0;
  #bytes = 0;
  #evictedBytes = 0;
  /** How long entries stay behind their end, in milliseconds: for {@link findExpired} only. */
  staleMs = 0;

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

  /** Bytes of memory that keys and answers take, what is garbage and what is still free included. */
  get bytesHeld(): number {
    return this.#log.bytesHeld;
  }

  /** Bytes that had to make room since the start. */
  get evictedBytes(): number {
    return this.#evictedBytes;
  }

  /** Last use of the entry that would go next; undefined when empty. */
  get oldestUse(): number | undefined {
    const entry = this.#leastUsed;
    return entry === noEntry ? undefined : this.#entries.block(entry).usedAt[this.#entries.index(entry)];
  }

  /** The live entry whose key is `buffer[start, end)`, made the newest; undefined when there is none. */
  find(buffer: Uint8Array, start: number, end: number, now: number): CacheEntry | undefined {
    const entry = this.#look(buffer, start, end);
    if (entry === noEntry) return undefined;
    const block = this.#entries.block(entry);
    const index = this.#entries.index(entry);
    if (now >= block.expiresAt[index]!) {
      if (!this.#staysExpired(block, index, now)) this.#remove(entry);
      return undefined;
    }
    this.#use(entry, block, index, now);
    return this.#found.at(entry);
  }

  /** The live entry whose key is `key`, left where it is in the order of use. */
  peek(key: Uint8Array, now: number): CacheEntry | undefined {
    const entry = this.#look(key, 0, key.length);
    if (entry === noEntry || now >= this.#entries.block(entry).expiresAt[this.#entries.index(entry)]!) return undefined;
    return this.#found.at(entry);
  }

  /** The entry whose key is `key` and whose end is past, but not by more than {@link staleMs}; made the newest. */
  findExpired(key: Uint8Array, now: number): CacheEntry | undefined {
    const entry = this.#look(key, 0, key.length);
    if (entry === noEntry) return undefined;
    const block = this.#entries.block(entry);
    const index = this.#entries.index(entry);
    if (now < block.expiresAt[index]! || !this.#staysExpired(block, index, now)) return undefined;
    this.#use(entry, block, index, now);
    return this.#found.at(entry);
  }

  /**
   * Stores `response` under `key` (both copied), in place of what was there, and makes room for it.
   *
   * @param forGood nothing of it may be served behind its end
   */
  put(key: Uint8Array, response: Uint8Array, now: number, expiresAt: number, forGood = false): void {
    this.drop(key);
    const charge = key.length + response.length + entryOverheadBytes;
    if (charge > this.#budget.bytesMax) return;
    const hash = hashBytes(key, 0, key.length, this.#seed);
    const entry = this.#entries.take();
    const block = this.#entries.block(entry);
    const index = this.#entries.index(entry);
    this.#log.append(entry, key, response);
    block.hash[index] = hash;
    block.expiresAt[index] = expiresAt;
    block.storedAt[index] = now | 0;
    block.usedAt[index] = now;
    block.flags[index] = forGood ? endsForGood : 0;
    this.#enter(entry, block, index, charge);
    const slot = this.#slot(hash);
    block.chain[index] = this.#buckets[slot]!;
    this.#buckets[slot] = entry;
    this.#count++;
    this.#bytes += charge;
    if (this.#count > this.#buckets.length) this.#splitOne();
    this.#budget.charge(charge);
    this.#log.tidy();
  }

  /** Forgets `key`; false when it was not there. */
  drop(key: Uint8Array): boolean {
    const entry = this.#look(key, 0, key.length);
    if (entry === noEntry) return false;
    this.#remove(entry);
    return true;
  }

  /** Forgets every entry whose key begins with `prefix`; the answer is how many. Looks at all entries. */
  dropPrefix(prefix: Uint8Array): number {
    let dropped = 0;
    const { length } = prefix;
    for (const { newest } of [this.#main, this.#window]) {
      for (let entry = newest; entry !== noEntry; ) {
        const block = this.#entries.block(entry);
        const index = this.#entries.index(entry);
        const older = block.older[index]!;
        if (
          block.keyLength[index]! >= length &&
          sameBytes(this.#log.bytes(block.segment[index]!), block.offset[index]!, prefix, 0, length)
        ) {
          this.#remove(entry);
          dropped++;
        }
        entry = older;
      }
    }
    return dropped;
  }

  /** Forgets everything. */
  clear(): void {
    this.#budget.refund(this.#bytes);
    this.#reset();
  }

  /**
   * Which entries stay when room is short: `lru`, those that were used last; `frequent`, those that are used often. Then
   * an entry must have been asked for more often than the one that it would push out (W-TinyLFU), so that what is
   * read once, however much of it, pushes out nothing.
   */
  set admission(admission: "lru" | "frequent") {
    if ((admission === "frequent") === (this.#sketch !== undefined)) return;
    if (admission === "frequent") this.#sketch = new FrequencySketch(this.#count);
    else {
      while (this.#window.oldest !== noEntry) this.admitNewcomer();
      this.#sketch = undefined;
    }
  }

  /** How often the newcomer was asked for that must prove itself now; undefined when there is none. */
  get newcomerFrequency(): number | undefined {
    return this.#sketch !== undefined && this.#windowIsFull ? this.#frequencyOf(this.#window.oldest) : undefined;
  }

  /** How often the entry was asked for that would go next. */
  get oldestFrequency(): number {
    const entry = this.#leastUsed;
    return entry === noEntry ? 0 : this.#frequencyOf(entry);
  }

  /** The newcomer has proved itself. */
  admitNewcomer(): void {
    const entry = this.#window.oldest;
    if (entry === noEntry) return;
    this.#window.unlink(entry);
    this.#windowBytes -= this.#chargeOf(entry);
    this.#entries.block(entry).flags[this.#entries.index(entry)]! &= ~inWindow;
    this.#main.link(entry);
  }

  /** The newcomer has not. */
  evictNewcomer(): void {
    this.#evict(this.#window.oldest);
  }

  /** Forgets the entry that is to go next, to make room. */
  evictOldest(): void {
    this.#evict(this.#leastUsed);
  }

  #staysExpired(block: EntryBlock, index: number, now: number): boolean {
    return now < block.expiresAt[index]! + this.staleMs && (block.flags[index]! & endsForGood) === 0;
  }

  #evict(entry: number): void {
    if (entry === noEntry) return;
    this.#evictedBytes += this.#chargeOf(entry);
    this.#remove(entry);
  }

  /** The entry that goes next. */
  get #leastUsed(): number {
    return this.#main.oldest === noEntry ? this.#window.oldest : this.#main.oldest;
  }

  #use(entry: number, block: EntryBlock, index: number, now: number): void {
    block.usedAt[index] = now;
    if (this.#sketch === undefined) this.#main.touch(entry);
    else {
      this.#sketch.add(block.hash[index]!);
      ((block.flags[index]! & inWindow) === 0 ? this.#main : this.#window).touch(entry);
    }
  }

  #enter(entry: number, block: EntryBlock, index: number, charge: number): void {
    if (this.#sketch === undefined) {
      this.#main.link(entry);
      return;
    }
    this.#sketch.fit(this.#count);
    this.#sketch.add(block.hash[index]!);
    block.flags[index]! |= inWindow;
    this.#window.link(entry);
    this.#windowBytes += charge;
    // As long as there is room nobody has to prove anything.
    while (this.#windowIsFull && this.#budget.bytes + charge <= this.#budget.bytesMax) this.admitNewcomer();
  }

  get #windowIsFull(): boolean {
    return this.#windowBytes > this.#budget.bytesMax * windowShare && this.#window.oldest !== noEntry;
  }

  #frequencyOf(entry: number): number {
    return this.#sketch?.of(this.#entries.block(entry).hash[this.#entries.index(entry)]!) ?? 0;
  }

  #reset(): void {
    this.#entries.clear();
    this.#log.clear();
    this.#buckets = new Array<number>(firstBuckets).fill(noEntry);
    this.#mask = firstBuckets - 1;
    this.#split = 0;
    this.#main.clear();
    this.#window.clear();
    this.#windowBytes = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  #look(buffer: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(buffer, start, end, this.#seed);
    let entry = this.#buckets[this.#slot(hash)]!;
    while (entry !== noEntry) {
      const block = this.#entries.block(entry);
      const index = this.#entries.index(entry);
      if (
        block.hash[index] === hash &&
        block.keyLength[index] === end - start &&
        sameBytes(this.#log.bytes(block.segment[index]!), block.offset[index]!, buffer, start, end)
      ) {
        return entry;
      }
      entry = block.chain[index]!;
    }
    return noEntry;
  }

  #chargeOf(entry: number): number {
    const block = this.#entries.block(entry);
    const index = this.#entries.index(entry);
    return block.keyLength[index]! + block.responseLength[index]! + entryOverheadBytes;
  }

  #slot(hash: number): number {
    const slot = hash & this.#mask;
    // Buckets before the split line have already been divided by one more bit.
    return slot < this.#split ? hash & (this.#mask * 2 + 1) : slot;
  }

  #splitOne(): void {
    const from = this.#split;
    let entry = this.#buckets[from]!;
    this.#buckets[from] = noEntry;
    this.#buckets.push(noEntry);
    this.#split++;
    while (entry !== noEntry) {
      const block = this.#entries.block(entry);
      const index = this.#entries.index(entry);
      const next = block.chain[index]!;
      const slot = block.hash[index]! & (this.#mask * 2 + 1);
      block.chain[index] = this.#buckets[slot]!;
      this.#buckets[slot] = entry;
      entry = next;
    }
    if (this.#split > this.#mask) {
      this.#mask = this.#mask * 2 + 1;
      this.#split = 0;
    }
  }

  #remove(entry: number): void {
    const block = this.#entries.block(entry);
    const index = this.#entries.index(entry);
    const slot = this.#slot(block.hash[index]!);
    let before = this.#buckets[slot]!;
    if (before === entry) this.#buckets[slot] = block.chain[index]!;
    else {
      for (let next = this.#chainOf(before); next !== entry; next = this.#chainOf(before)) before = next;
      this.#entries.block(before).chain[this.#entries.index(before)] = block.chain[index]!;
    }
    const charge = this.#chargeOf(entry);
    if ((block.flags[index]! & inWindow) === 0) this.#main.unlink(entry);
    else {
      this.#window.unlink(entry);
      this.#windowBytes -= charge;
    }
    this.#log.release(entry);
    this.#entries.release(entry);
    this.#count--;
    this.#bytes -= charge;
    this.#budget.refund(charge);
  }

  #chainOf(entry: number): number {
    return this.#entries.block(entry).chain[this.#entries.index(entry)]!;
  }
}
