import type { ByteCache } from "./byte-cache.js";
import type { CacheEntry } from "./cache-entry.js";
import type { CacheRules } from "./cache-rules.js";
import { Collapse } from "./collapse.js";
import { type PageCoherence, type PageMark, pageMarkBytes } from "./page-coherence.js";

/**
 * Answers to queries and scans by the whole request frame: table, index, expressions, values, limit, start key,
 * direction and all else. Independent of the item cache in both directions and never touched by writes (documented):
 * an answer stands until its time is over. With a {@link PageCoherence} (ours, opt-in) it falls with the first write of
 * what it shows; then each answer is kept with a mark behind it.
 */
export class PageCache {
  readonly #cache: ByteCache;
  #rules: CacheRules;
  #coherence: PageCoherence | undefined;
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

  /** What tells which answers writes have made untrue; absent: nobody does. */
  get coherence(): PageCoherence | undefined {
    return this.#coherence;
  }

  set coherence(coherence: PageCoherence | undefined) {
    // Answers with a mark and answers without one do not go together.
    this.clear();
    this.#coherence = coherence;
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
    return this.#ifTrue(this.#cache.findExpired(frame, now));
  }

  get count(): number {
    return this.#cache.count;
  }

  /** The answer to the frame at `buffer[start, end)`. */
  find(buffer: Buffer, start: number, end: number, now: number): CacheEntry | undefined {
    return this.#ifTrue(this.#cache.find(buffer, start, end, now));
  }

  /** The answer as it goes to the client. */
  responseOf(entry: CacheEntry): Buffer {
    const { response } = entry;
    return this.#coherence === undefined ? response : response.subarray(0, response.length - pageMarkBytes);
  }

  /** Keeps the answer to a frame that asks this table. @param mark of the read, where answers follow writes */
  put(table: string, frame: Buffer, response: Buffer, now: number, mark?: PageMark): void {
    const lifeMs = this.#rules.pageLifeMs(table);
    if (lifeMs === undefined) return;
    if (this.#coherence === undefined) this.#cache.put(frame, response, now, now + lifeMs);
    else if (mark !== undefined && this.#coherence.holds(mark)) {
      this.#cache.put(frame, Buffer.concat([response, mark]), now, now + lifeMs);
    }
  }

  #ifTrue(entry: CacheEntry | undefined): CacheEntry | undefined {
    if (entry === undefined || this.#coherence === undefined) return entry;
    return this.#coherence.holds(entry.tail(pageMarkBytes)) ? entry : undefined;
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
