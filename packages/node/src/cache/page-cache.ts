import type { ByteCache, CacheEntry } from "./byte-cache.js";
import { Collapse } from "./collapse.js";

/**
 * Answers to queries and scans by the whole request frame: table, index, expressions, values, limit, start key,
 * direction and all else. Independent of the item cache in both directions and never touched by writes (documented):
 * an answer stands until its time is over.
 */
export class PageCache {
  readonly #cache: ByteCache;
  #ttlMs: number;
  readonly running = new Collapse<Buffer>();

  /** `ttlMs` 0: nothing is kept. */
  constructor(cache: ByteCache, ttlMs: number) {
    this.#cache = cache;
    this.#ttlMs = ttlMs;
  }

  /** Life of answers stored from now on, in milliseconds; 0: none. */
  set ttlMs(ttlMs: number) {
    this.#ttlMs = ttlMs;
    if (ttlMs === 0) this.#cache.clear();
  }

  /** Whether answers are kept at all. */
  get enabled(): boolean {
    return this.#ttlMs > 0;
  }

  get count(): number {
    return this.#cache.count;
  }

  /** The answer to the frame at `buffer[start, end)`. */
  find(buffer: Buffer, start: number, end: number, now: number): CacheEntry | undefined {
    return this.#cache.find(buffer, start, end, now);
  }

  /** Keeps the answer to a frame. */
  put(frame: Buffer, response: Buffer, now: number): void {
    if (this.#ttlMs > 0) this.#cache.put(frame, response, now, now + this.#ttlMs);
  }
}
