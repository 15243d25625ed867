import { SegmentPool } from "./segment-pool.js";

/** A cache that can give memory back. */
export interface Evictable {
  /** Last use of the entry that would go next, monotonic milliseconds; undefined when empty. */
  readonly oldestUse: number | undefined;
  evictOldest(): void;
  /** How often that entry was asked for. */
  readonly oldestFrequency: number;
  /** How often the entry was asked for that must prove itself before it pushes another one out; undefined: none must. */
  readonly newcomerFrequency: number | undefined;
  admitNewcomer(): void;
  evictNewcomer(): void;
  /** Bytes of memory that it needs beside what its entries are charged: room, garbage, tables. */
  readonly bytesBeside: number;
  /** Bytes of memory that it holds outside of the pool. */
  readonly bytesOutside: number;
  /** Makes garbage into room, as far as there is too much of it. False: there was not. */
  tidy(): boolean;
}

/**
 * What a cap counts. `charges`: the entries' bytes and a fixed overhead, so that it is known beforehand what fits.
 * `memory`: everything that is held for them as well, so that never more than the cap is taken from the system.
 */
export type Counting = "charges" | "memory";

/** Segments kept free for the next record, and for what moves out of another segment. */
const segmentsInReserve = 2;

/** One cap in bytes for all caches of a node: whatever was unused for the longest time goes first, wherever it is. */
export class MemoryBudget {
  /** Where the caches have their memory from. */
  readonly pool: SegmentPool;
  readonly #counting: Counting;
  #bytesMax: number;
  #bytes = 0;
  readonly #caches: Evictable[] = [];

  constructor(bytesMax: number, counting: Counting = "charges") {
    this.#bytesMax = bytesMax;
    this.#counting = counting;
    this.pool = new SegmentPool(bytesMax);
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** Bytes charged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that may be charged now. */
  get chargesMax(): number {
    if (this.#counting === "charges") return this.#bytesMax;
    let beside = 0;
    for (const cache of this.#caches) beside += cache.bytesBeside;
    return Math.max(0, this.#bytesMax - segmentsInReserve * this.pool.segmentBytes - beside);
  }

  /** Bytes of memory held for all that is charged. */
  get bytesHeld(): number {
    return this.pool.bytesHeld + this.#bytesOutside;
  }

  /** Lets `cache` spend from this budget, and give back to it. */
  share(cache: Evictable): void {
    this.#caches.push(cache);
  }

  /** Sets another cap; what no longer fits goes at once. */
  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#fit();
  }

  /** Counts `bytes` as used and makes room when that is too much. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    this.#fit();
  }

  /** Gives `bytes` back. */
  refund(bytes: number): void {
    this.#bytes -= bytes;
  }

  get #bytesOutside(): number {
    let bytes = 0;
    for (const cache of this.#caches) bytes += cache.bytesOutside;
    return bytes;
  }

  #fit(): void {
    while (this.#bytes > this.chargesMax && this.#evictOne());
    for (let more = true; more; ) {
      more = false;
      for (const cache of this.#caches) more = cache.tidy() || more;
      // What tables and single records take is no longer there for segments.
      this.pool.trim(this.#bytesMax - this.#bytesOutside);
      more &&= this.bytesHeld > this.#bytesMax;
    }
  }

  /** False: there is nothing left. */
  #evictOne(): boolean {
    let victim: Evictable | undefined;
    let oldest = Number.POSITIVE_INFINITY;
    for (const cache of this.#caches) {
      const use = cache.oldestUse;
      if (use !== undefined && use < oldest) {
        oldest = use;
        victim = cache;
      }
    }
    if (victim === undefined) return false;
    const newcomer = this.#caches.find((cache) => cache.newcomerFrequency !== undefined);
    if (newcomer === undefined) victim.evictOldest();
    else if (newcomer.newcomerFrequency! > victim.oldestFrequency) {
      // Out of the window first: it may be the only entry of its cache, and then the next one to go.
      victim.evictOldest();
      newcomer.admitNewcomer();
    } else newcomer.evictNewcomer();
    return true;
  }
}
