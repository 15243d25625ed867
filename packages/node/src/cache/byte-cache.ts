import { CacheEntry } from "./cache-entry.js";
import {
  chainAt,
  EntryTable,
  entryBytes,
  expiresMsAt,
  flagsAt,
  hashAt,
  keyLengthAt,
  noEntry,
  offsetAt,
  olderAt,
  responseLengthAt,
  segmentAt,
  storedMsAt,
  usedMsAt,
} from "./entry-table.js";
import { FrequencySketch } from "./frequency-sketch.js";
import { hashBytes, sameBytes } from "./hash-bytes.js";
import type { MemoryBudget } from "./memory-budget.js";
import { recordHeadBytes, SegmentLog } from "./segment-log.js";
import { UseOrder } from "./use-order.js";

/** A small integer in an array that grows by half of its size. */
const bucketBytes = 12;

/**
 * Memory that an entry needs beside its bytes: its place in the table, its share of the buckets and the head of its record.
 */
export const entryOverheadBytes = entryBytes + bucketBytes + recordHeadBytes;

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
  readonly #log: SegmentLog;
  readonly #found: CacheEntry;
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

  /**
   * @param seed keeps outsiders from choosing keys that fall into one bucket
   * @param beforeReuse called before memory is written anew that answers were in: whoever still sends them copies them
   */
  constructor(budget: MemoryBudget, seed: number, beforeReuse: () => void = () => {}) {
    this.#log = new SegmentLog(this.#entries, budget.pool, beforeReuse);
    this.#found = new CacheEntry(this.#entries, this.#log);
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

  get bytesOutside(): number {
    return this.#log.bytesOutside + this.#entries.bytesHeld + this.#buckets.length * bucketBytes + this.#sketchBytes;
  }

  get bytesBeside(): number {
    const free = Math.max(0, this.#buckets.length - this.#count) * bucketBytes;
    return this.#log.bytesBeside + this.#entries.bytesBeside(this.#count) + free + this.#sketchBytes;
  }

  get #sketchBytes(): number {
    return this.#sketch?.bytesHeld ?? 0;
  }

  tidy(): boolean {
    return this.#log.tidy();
  }

  /** Bytes that had to make room since the start. */
  get evictedBytes(): number {
    return this.#evictedBytes;
  }

  /** Last use of the entry that would go next; undefined when empty. */
  get oldestUse(): number | undefined {
    const entry = this.#leastUsed;
    return entry === noEntry ? undefined : this.#entries.time(entry, usedMsAt);
  }

  /** The live entry whose key is `buffer[start, end)`, made the newest; undefined when there is none. */
  find(buffer: Uint8Array, start: number, end: number, now: number): CacheEntry | undefined {
    const entry = this.#look(buffer, start, end);
    if (entry === noEntry) return undefined;
    if (now >= this.#entries.time(entry, expiresMsAt)) {
      if (!this.#staysExpired(entry, now)) this.#remove(entry);
      return undefined;
    }
    this.#use(entry, now);
    return this.#found.at(entry);
  }

  /** The live entry whose key is `key`, left where it is in the order of use. */
  peek(key: Uint8Array, now: number): CacheEntry | undefined {
    const entry = this.#look(key, 0, key.length);
    if (entry === noEntry || now >= this.#entries.time(entry, expiresMsAt)) return undefined;
    return this.#found.at(entry);
  }

  /** The entry whose key is `key` and whose end is past, but not by more than {@link staleMs}; made the newest. */
  findExpired(key: Uint8Array, now: number): CacheEntry | undefined {
    const entry = this.#look(key, 0, key.length);
    if (entry === noEntry) return undefined;
    if (now < this.#entries.time(entry, expiresMsAt) || !this.#staysExpired(entry, now)) return undefined;
    this.#use(entry, now);
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
    if (charge > this.#budget.chargesMax) return;
    const hash = hashBytes(key, 0, key.length, this.#seed);
    const entries = this.#entries;
    const entry = entries.take();
    this.#log.append(entry, key, response);
    entries.setNumber(entry, hashAt, hash);
    entries.setTime(entry, expiresMsAt, expiresAt);
    entries.setNumber(entry, storedMsAt, now | 0);
    entries.setTime(entry, usedMsAt, now);
    entries.setNumber(entry, flagsAt, forGood ? endsForGood : 0);
    this.#enter(entry, charge);
    const slot = this.#slot(hash);
    entries.setNumber(entry, chainAt, this.#buckets[slot]!);
    this.#buckets[slot] = entry;
    this.#count++;
    this.#bytes += charge;
    if (this.#count > this.#buckets.length) this.#splitOne();
    this.#budget.charge(charge);
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
    const entries = this.#entries;
    for (const { newest } of [this.#main, this.#window]) {
      for (let entry = newest; entry !== noEntry; ) {
        const older = entries.number(entry, olderAt);
        const bytes = this.#log.bytes(entries.number(entry, segmentAt));
        if (
          entries.number(entry, keyLengthAt) >= length &&
          sameBytes(bytes, entries.number(entry, offsetAt), prefix, 0, length)
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
    this.#setFlags(entry, this.#flags(entry) & ~inWindow);
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

  #staysExpired(entry: number, now: number): boolean {
    return now < this.#entries.time(entry, expiresMsAt) + this.staleMs && (this.#flags(entry) & endsForGood) === 0;
  }

  #flags(entry: number): number {
    return this.#entries.number(entry, flagsAt);
  }

  #setFlags(entry: number, flags: number): void {
    this.#entries.setNumber(entry, flagsAt, flags);
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

  #use(entry: number, now: number): void {
    this.#entries.setTime(entry, usedMsAt, now);
    if (this.#sketch === undefined) this.#main.touch(entry);
    else {
      this.#sketch.add(this.#entries.number(entry, hashAt));
      ((this.#flags(entry) & inWindow) === 0 ? this.#main : this.#window).touch(entry);
    }
  }

  #enter(entry: number, charge: number): void {
    if (this.#sketch === undefined) {
      this.#main.link(entry);
      return;
    }
    this.#sketch.fit(this.#count);
    this.#sketch.add(this.#entries.number(entry, hashAt));
    this.#setFlags(entry, this.#flags(entry) | inWindow);
    this.#window.link(entry);
    this.#windowBytes += charge;
    // As long as there is room nobody has to prove anything.
    while (this.#windowIsFull && this.#budget.bytes + charge <= this.#budget.chargesMax) this.admitNewcomer();
  }

  get #windowIsFull(): boolean {
    return this.#windowBytes > this.#budget.bytesMax * windowShare && this.#window.oldest !== noEntry;
  }

  #frequencyOf(entry: number): number {
    return this.#sketch?.of(this.#entries.number(entry, hashAt)) ?? 0;
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
      const { numbers } = this.#entries.block(entry);
      const at = this.#entries.start(entry);
      if (
        numbers[at + hashAt] === hash &&
        numbers[at + keyLengthAt] === end - start &&
        sameBytes(this.#log.bytes(numbers[at + segmentAt]!), numbers[at + offsetAt]!, buffer, start, end)
      ) {
        return entry;
      }
      entry = numbers[at + chainAt]!;
    }
    return noEntry;
  }

  #chargeOf(entry: number): number {
    const entries = this.#entries;
    return entries.number(entry, keyLengthAt) + entries.number(entry, responseLengthAt) + entryOverheadBytes;
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
      const next = this.#entries.number(entry, chainAt);
      const slot = this.#entries.number(entry, hashAt) & (this.#mask * 2 + 1);
      this.#entries.setNumber(entry, chainAt, this.#buckets[slot]!);
      this.#buckets[slot] = entry;
      entry = next;
    }
    if (this.#split > this.#mask) {
      this.#mask = this.#mask * 2 + 1;
      this.#split = 0;
    }
  }

  #remove(entry: number): void {
    const next = this.#chainOf(entry);
    const slot = this.#slot(this.#entries.number(entry, hashAt));
    let before = this.#buckets[slot]!;
    if (before === entry) this.#buckets[slot] = next;
    else {
      while (this.#chainOf(before) !== entry) before = this.#chainOf(before);
      this.#entries.setNumber(before, chainAt, next);
    }
    const charge = this.#chargeOf(entry);
    if ((this.#flags(entry) & inWindow) === 0) this.#main.unlink(entry);
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
    return this.#entries.number(entry, chainAt);
  }
}
