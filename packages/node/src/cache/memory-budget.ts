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
}

/** One cap in bytes for all caches of a node: whatever was unused for the longest time goes first, wherever it is. */
export class MemoryBudget {
  #bytesMax: number;
  #bytes = 0;
  readonly #caches: Evictable[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lets `cache` spend from this budget, and give back to it. */
  share(cache: Evictable): void {
    this.#caches.push(cache);
  }

  /** Sets another cap; what no longer fits goes at once. */
  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#makeRoom();
  }

  /** Counts `bytes` as used and makes room when that is too much. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) this.#makeRoom();
  }

  /** Gives `bytes` back. */
  refund(bytes: number): void {
    this.#bytes -= bytes;
  }

  #makeRoom(): void {
    while (this.#bytes > this.#bytesMax) {
      let victim: Evictable | undefined;
      let oldest = Number.POSITIVE_INFINITY;
      for (const cache of this.#caches) {
        const use = cache.oldestUse;
        if (use !== undefined && use < oldest) {
          oldest = use;
          victim = cache;
        }
      }
      if (victim === undefined) return;
      const newcomer = this.#caches.find((cache) => cache.newcomerFrequency !== undefined);
      if (newcomer === undefined) victim.evictOldest();
      else if (newcomer.newcomerFrequency! > victim.oldestFrequency) {
        // Out of the window first: it may be the only entry of its cache, and then the next one to go.
        victim.evictOldest();
        newcomer.admitNewcomer();
      } else newcomer.evictNewcomer();
    }
  }
}
