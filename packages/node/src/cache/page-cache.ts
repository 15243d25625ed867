import type { ByteCache, CacheEntry } from "./byte-cache.js";
import type { CacheRules } from "./cache-rules.js";
import { Collapse } from "./collapse.js";

/**
 * Answers to queries and scans by the whole request frame: table, index, expressions, values, limit, start key,
 * direction and all else. Independent of the item cache in both directions and never touched by writes (documented):
 * an answer stands until its time is over.
 */
export class PageCache {
  readonly #cache: ByteCache;
  #rules: CacheRules;
  readonly running = new Collapse<Buffer>();

  constructor(cache: ByteCache, rules: CacheRules) {
    this.#cache = cache;
    this.#rules = rules;
  }

  /** What holds for answers stored from now on. */
  set rules(rules: CacheRules) {
    this.#rules = rules;
    if (!rules.keepsPages) this.#cache.clear();
  }

  /** Whether answers are kept at all. */
  get enabled(): boolean {
    return this.#rules.keepsPages;
  }

  /** How long what has expired stays to be served when the table does not answer, in milliseconds. */
  set staleMs(staleMs: number) {
    this.#cache.staleMs = staleMs;
  }

  /** The answer to this frame, if it has expired and is still kept. */
  findExpired(frame: Buffer, now: number): CacheEntry | undefined {
    return this.#cache.findExpired(frame, now);
  }

  get count(): number {
    return this.#cache.count;
  }

  /** The answer to the frame at `buffer[start, end)`. */
  find(buffer: Buffer, start: number, end: number, now: number): CacheEntry | undefined {
    return this.#cache.find(buffer, start, end, now);
  }

  /** Keeps the answer to a frame that asks this table. */
  put(table: string, frame: Buffer, response: Buffer, now: number): void {
    const lifeMs = this.#rules.pageLifeMs(table);
    if (lifeMs !== undefined) this.#cache.put(frame, response, now, now + lifeMs);
  }

  /** Forgets everything; the answer is how much that was. */
  clear(): number {
    const { count } = this.#cache;
    this.#cache.clear();
    // What is on its way was read before.
    this.running.detachWhere(() => true);
    return count;
  }
}
