import { HotkeepError } from "@hotkeep/core";
import type { Engine, Writes } from "./engine.js";
import { compareKeys, keyBytes, valueText } from "./keys.js";
import { transactionWritesMax } from "./limits.js";
import type { Entry, Json, KeyRange, StateTransaction } from "./store.js";

interface RangeRead {
  readonly range: KeyRange;
  readonly seen: readonly Entry[];
}

/** One attempt at a transaction: collects writes, and what it read so that the commit can check it. */
export class Attempt implements StateTransaction {
  readonly #engine: Engine;
  readonly #writes = new Map<string, Json | undefined>();
  readonly #reads = new Map<string, number>();
  readonly #ranges: RangeRead[] = [];
  #open = true;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get writes(): Writes {
    return this.#writes;
  }

  async get(key: string): Promise<Entry | undefined> {
    this.#checkOpen();
    if (this.#writes.has(key)) return this.#own(key);
    const entry = this.#engine.get(key);
    // The first read counts: a later one that differs makes the check fail, as it should.
    if (!this.#reads.has(key)) this.#reads.set(key, entry?.revision ?? 0);
    return entry;
  }

  async range(range: KeyRange): Promise<readonly Entry[]> {
    this.#checkOpen();
    if (this.#writes.size === 0) return this.#readRange(range);
    // Own deletes may hide stored entries, so the limit can only be applied after the merge.
    const { start, end, limit } = range;
    const merged = new Map((await this.#readRange({ start, end })).map((entry) => [entry.key, entry]));
    for (const key of this.#writes.keys()) {
      if (compareKeys(key, start) < 0 || compareKeys(key, end) >= 0) continue;
      const own = this.#own(key);
      if (own === undefined) merged.delete(key);
      else merged.set(key, own);
    }
    const sorted = [...merged.values()].sort((a, b) => compareKeys(a.key, b.key));
    return limit === undefined ? sorted : sorted.slice(0, Math.max(0, limit));
  }

  put(key: string, value: Json): void {
    this.#checkOpen();
    keyBytes(key);
    this.#write(key, JSON.parse(valueText(key, value)));
  }

  delete(key: string): void {
    this.#checkOpen();
    keyBytes(key);
    this.#write(key, undefined);
  }

  /** No reads or writes after `work` has returned: they would be lost. */
  end(): void {
    this.#open = false;
  }

  /** True while nothing that was read has changed. `dirty` holds keys about to be written in the same commit. */
  holds(dirty: ReadonlySet<string>): boolean {
    for (const [key, revision] of this.#reads) {
      if (dirty.has(key) || (this.#engine.get(key)?.revision ?? 0) !== revision) return false;
    }
    return this.#ranges.every((read) => this.#rangeHolds(read, dirty));
  }

  #rangeHolds({ range, seen }: RangeRead, dirty: ReadonlySet<string>): boolean {
    for (const key of dirty) if (compareKeys(key, range.start) >= 0 && compareKeys(key, range.end) < 0) return false;
    const now = this.#engine.range(range);
    return (
      now.length === seen.length &&
      now.every(({ key, revision }, at) => key === seen[at]!.key && revision === seen[at]!.revision)
    );
  }

  #readRange(range: KeyRange): readonly Entry[] {
    const seen = this.#engine.range(range);
    this.#ranges.push({ range, seen });
    return seen;
  }

  #own(key: string): Entry | undefined {
    const value = this.#writes.get(key);
    return value === undefined
      ? undefined
      : { key, value: structuredClone(value), revision: this.#engine.revision + 1 };
  }

  #write(key: string, value: Json | undefined): void {
    this.#writes.set(key, value);
    if (this.#writes.size > transactionWritesMax) {
      throw new HotkeepError("StateTransactionSize", `A transaction may write ${transactionWritesMax} keys at most.`);
    }
  }

  #checkOpen(): void {
    if (!this.#open) throw new HotkeepError("StateTransactionEnded", "This state transaction has ended.");
  }
}
