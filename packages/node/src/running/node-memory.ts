import type { NodeConfiguration } from "@hotkeep/control-feed";
import { ByteCache } from "../cache/byte-cache.js";
import { CacheRules } from "../cache/cache-rules.js";
import { Doubts } from "../cache/doubts.js";
import { ItemCache } from "../cache/item-cache.js";
import { MemoryBudget } from "../cache/memory-budget.js";
import { PageCache } from "../cache/page-cache.js";
import type { NodeLimits } from "../limits.js";
import type { NodeMetrics } from "../metrics.js";
import type { Fallback } from "../operations/context.js";

/** What a node has in memory: items and pages, which share one budget of bytes. */
export class NodeMemory {
  readonly items: ItemCache;
  readonly pages: PageCache;
  #fallback: Fallback = { staleMs: 0 };
  readonly #budget: MemoryBudget;
  readonly #itemBytes: ByteCache;
  readonly #pageBytes: ByteCache;
  /** Called before memory is written anew that answers were in: whoever still sends them copies them. */
  beforeReuse: () => void = () => {};

  /** @param seed of the hashes, so that nobody can choose keys that collide */
  constructor(configuration: NodeConfiguration, limits: NodeLimits, seed: number) {
    this.#budget = new MemoryBudget(configuration.cacheBytesMax, "memory");
    const beforeReuse = (): void => this.beforeReuse();
    this.#itemBytes = new ByteCache(this.#budget, seed, beforeReuse);
    this.#pageBytes = new ByteCache(this.#budget, seed, beforeReuse);
    const rules = rulesOf(configuration);
    this.items = new ItemCache(this.#itemBytes, rules, new Doubts(limits, seed));
    this.pages = new PageCache(this.#pageBytes, rules);
  }

  /** What is served when the tables do not answer, as it is set now. */
  get fallback(): Fallback {
    return this.#fallback;
  }

  resize(bytesMax: number): void {
    this.#budget.resize(bytesMax);
  }

  /** From now on entries are kept by this configuration's rules, and chosen for eviction its way. */
  rule(configuration: NodeConfiguration): void {
    const rules = rulesOf(configuration);
    const { admission = "lru", staleMs = 0, staleAfterMs } = configuration.cacheSettings ?? {};
    this.#fallback = { staleMs, ...(staleAfterMs !== undefined && { staleAfterMs }) };
    this.items.rules = rules;
    this.pages.rules = rules;
    this.#itemBytes.admission = admission;
    this.#pageBytes.admission = admission;
    this.items.staleMs = staleMs;
    this.pages.staleMs = staleMs;
  }

  metrics(): Pick<NodeMetrics, "EvictedSize" | "EstimatedDbSize" | "CacheMemoryUtilization"> {
    return {
      EvictedSize: this.#itemBytes.evictedBytes + this.#pageBytes.evictedBytes,
      EstimatedDbSize: this.#budget.bytes,
      CacheMemoryUtilization: (100 * this.#budget.bytes) / Math.max(1, this.#budget.chargesMax),
    };
  }
}

function rulesOf({ recordTtlMs, queryTtlMs, cacheSettings }: NodeConfiguration): CacheRules {
  return new CacheRules(recordTtlMs, queryTtlMs, cacheSettings?.tables);
}
