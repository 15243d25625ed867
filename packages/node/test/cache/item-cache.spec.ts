import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { ByteCache } from "../../src/cache/byte-cache.js";
import { CacheRules } from "../../src/cache/cache-rules.js";
import { Doubts } from "../../src/cache/doubts.js";
import { type Fill, type FoundItem, ItemCache, type WriteInProgress } from "../../src/cache/item-cache.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";

const key = Buffer.from("k");
const limits = { tableLagMs: 1_000, learnedKeysBits: 1 << 12, lateWriteMs: 2_000, lateKeysMax: 2 };

function newCache(ttlMs = 0): ItemCache {
  return new ItemCache(new ByteCache(new MemoryBudget(1e7), 5), new CacheRules(ttlMs, 0), new Doubts(limits, 5));
}

const found = (text: string): FoundItem => ({ response: Buffer.from(text) });

function cached(cache: ItemCache, at = key, now = 0): string | undefined {
  return cache.find(at, 0, at.length, now)?.response.toString();
}

describe("the item cache's leases", () => {
  it("stores what a fill read when nothing happened meanwhile", () => {
    const cache = newCache();
    cache.endFill(cache.beginFill(key, "GetItem", 0), found("v1"), 0);
    expect(cached(cache)).toBe("v1");
  });

  it("does not store what a fill read before a write began", () => {
    const cache = newCache();
    const fill = cache.beginFill(key, "GetItem", 0);
    const write = cache.beginWrite([key], 0);
    cache.endWrite(write, [Buffer.from("v2")], 0);
    expect(cached(cache)).toBe("v2");
    cache.endFill(fill, found("v2"), 0);
    expect(cached(cache)).toBe("v2");
  });

  it("drops what is stored when a fill without lease has read something else: it may be newer", () => {
    const cache = newCache();
    const fill = cache.beginFill(key, "GetItem", 0);
    cache.endWrite(cache.beginWrite([key], 0), [Buffer.from("v2")], 0);
    cache.endFill(fill, found("v3"), 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("does not store a write's value when a fill ended while it ran: it may have read a newer one", () => {
    const cache = newCache();
    const write = cache.beginWrite([key], 0);
    cache.endFill(cache.beginFill(key, "GetItem", 0), found("v2 of another node"), 0);
    cache.endWrite(write, [Buffer.from("v1")], 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("lets nobody join a fill that began before another one of its key ended", () => {
    const cache = newCache();
    const early = cache.beginFill(key, "GetItem", 0);
    cache.invalidate(key, 0, false);
    const late = cache.beginFill(key, "GetItem", 0);
    expect(cache.fillOf(key)).toBe(late);
    cache.endFill(early, found("v2"), 0);
    expect(cache.fillOf(key)).toBeUndefined();
    cache.endFill(late, found("v1"), 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("keeps a fill that begins beside another one for its starter alone", () => {
    const cache = newCache();
    const first = cache.beginFill(key, "BatchGetItem", 0);
    const second = cache.beginFill(key, "GetItem", 0);
    expect(cache.fillOf(key)).toBe(first);
    expect([first.leased, second.leased]).toEqual([true, false]);
  });

  it("does not store what a fill read while a write ran, whichever ends first", () => {
    for (const fillFirst of [true, false]) {
      const cache = newCache();
      const write = cache.beginWrite([key], 0);
      const fill = cache.beginFill(key, "GetItem", 0);
      if (fillFirst) cache.endFill(fill, found("v1"), 0);
      cache.endWrite(write, [undefined], 0);
      if (!fillFirst) cache.endFill(fill, found("v1"), 0);
      expect(cached(cache)).toBeUndefined();
    }
  });

  it("lets readers join a running fill, but none that began before a write ended", () => {
    const cache = newCache();
    const fill = cache.beginFill(key, "GetItem", 0);
    expect(cache.fillOf(key)).toBe(fill);
    const write = cache.beginWrite([key], 0);
    expect(cache.fillOf(key)).toBeUndefined();
    const during = cache.beginFill(key, "GetItem", 0);
    expect(cache.fillOf(key)).toBe(during);
    cache.endWrite(write, [undefined], 0);
    expect(cache.fillOf(key)).toBeUndefined();
  });

  it("drops the key when a write fails", () => {
    const cache = newCache();
    cache.endFill(cache.beginFill(key, "GetItem", 0), found("v1"), 0);
    cache.endWrite(cache.beginWrite([key], 0), [], 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("keeps nothing of two overlapping writes", () => {
    const cache = newCache();
    const first = cache.beginWrite([key], 0);
    const second = cache.beginWrite([key], 0);
    cache.endWrite(second, [Buffer.from("v2")], 0);
    cache.endWrite(first, [Buffer.from("v1")], 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("does not store a write's value when another node's notice comes while it runs", () => {
    const cache = newCache();
    const write = cache.beginWrite([key], 0);
    cache.invalidate(key, 0, false);
    cache.endWrite(write, [Buffer.from("v1")], 0);
    expect(cached(cache)).toBeUndefined();
  });

  it("forgets fills, writes and entries when notices were lost", () => {
    const cache = newCache();
    const other = Buffer.from("other");
    cache.endFill(cache.beginFill(other, "GetItem", 0), found("o"), 0);
    const fill = cache.beginFill(key, "GetItem", 0);
    const write = cache.beginWrite([Buffer.from("third")], 0);
    cache.invalidateAll(0);
    cache.endFill(fill, found("v1"), 0);
    cache.endWrite(write, [Buffer.from("t")], 0);
    expect([key, other, Buffer.from("third")].map((one) => cached(cache, one))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(cache.keysInMotion).toBe(0);
  });

  it("counts the TTL from insertion, and 0 as no end", () => {
    const short = newCache(1000);
    short.endFill(short.beginFill(key, "GetItem", 0), found("v1"), 500);
    expect(cached(short, key, 1499)).toBe("v1");
    expect(cached(short, key, 1500)).toBeUndefined();
    const endless = newCache(0);
    endless.endFill(endless.beginFill(key, "GetItem", 0), found("v1"), 0);
    expect(cached(endless, key, 1e15)).toBe("v1");
  });
});

describe("the item cache's doubts", () => {
  const consistent = (cache: ItemCache, at: Buffer, now: number): boolean => {
    const fill = cache.beginFill(at, "GetItem", now);
    cache.failFill(fill, new Error("not needed"));
    return fill.consistent;
  };

  it("have a key read consistently for as long as the table may lag behind what was learned of it", () => {
    const learn: readonly ((cache: ItemCache) => void)[] = [
      (cache) => cache.endFill(cache.beginFill(key, "GetItem", 100), found("v1"), 100),
      (cache) => cache.endWrite(cache.beginWrite([key], 0), [], 100),
      (cache) => cache.invalidate(key, 100, false),
      (cache) => cache.invalidateAll(100),
    ];
    for (const one of learn) {
      const cache = newCache();
      expect(consistent(cache, key, 0)).toBe(false);
      one(cache);
      expect(consistent(cache, key, 100)).toBe(true);
      expect(consistent(cache, key, 1_099)).toBe(true);
      expect(consistent(cache, key, 3_200)).toBe(false);
    }
    const cache = newCache();
    cache.invalidate(Buffer.from("other"), 100, false);
    expect(consistent(cache, key, 100)).toBe(false);
  });

  it("keep nothing of a key beyond the time at which a write of unknown outcome may arrive", () => {
    const cache = newCache();
    cache.invalidate(key, 100, true);
    const other = Buffer.from("other");
    for (const one of [key, other]) cache.endFill(cache.beginFill(one, "GetItem", 200), found("v1"), 200);
    expect([cached(cache, key, 2_099), cached(cache, other, 2_099)]).toEqual(["v1", "v1"]);
    expect([cached(cache, key, 2_100), cached(cache, other, 2_100)]).toEqual([undefined, "v1"]);
    cache.endFill(cache.beginFill(key, "GetItem", 2_200), found("v2"), 2_200);
    expect(cached(cache, key, 9_999)).toBe("v2");
  });

  it("are of every key when there are too many to know them, or a node was lost", () => {
    const many = newCache();
    for (const name of ["a", "b", "c"]) many.invalidate(Buffer.from(name), 100, true);
    const lost = newCache();
    lost.invalidateAll(100, 2_100);
    for (const cache of [many, lost]) {
      cache.endFill(cache.beginFill(key, "GetItem", 200), found("v1"), 200);
      expect([cached(cache, key, 2_099), cached(cache, key, 2_100)]).toEqual(["v1", undefined]);
    }
  });
});

/**
 * A table whose reads and writes take effect at one instant somewhere between their beginning and their end, and
 * random interleavings of readers and writers on it. The rule: after a write was acknowledged, no reader that starts
 * later is answered with an older value, from the cache or from a fill it joined.
 */
describe("the item cache under random interleavings", () => {
  interface Running {
    steps: (() => void)[];
  }

  for (let seed = 1; seed <= 60; seed++) {
    it(`never serves a value older than the last acknowledged write (seed ${seed})`, async () => {
      const random = new SeededRandom(seed * 7919);
      const cache = newCache();
      const keys = [Buffer.from("a"), Buffer.from("b")];
      const table = new Map<string, number>(keys.map((one) => [one.toString(), 0]));
      const acknowledged = new Map<string, number>(keys.map((one) => [one.toString(), 0]));
      // Values are numbered in the order in which the table takes them.
      let order = 0;
      const violations: string[] = [];
      const joins: Promise<void>[] = [];

      const check = (name: string, atLeast: number, response: Buffer, how: string): void => {
        const seen = Number(response.toString());
        if (seen < atLeast) violations.push(`${how} of ${name} gave ${seen} after ${atLeast} was acknowledged`);
      };

      const read = (one: Buffer): Running => {
        const name = one.toString();
        const atLeast = acknowledged.get(name)!;
        const entry = cache.find(one, 0, one.length, 0);
        if (entry !== undefined) {
          check(name, atLeast, entry.response, "a hit");
          return { steps: [] };
        }
        const running = cache.fillOf(one);
        if (running !== undefined) {
          joins.push(
            running.found.then(
              ({ response }) => check(name, atLeast, response, "a joined fill"),
              () => {},
            ),
          );
          return { steps: [] };
        }
        const fill: Fill = cache.beginFill(one, "GetItem", 0);
        let value = 0;
        const fails = random.below(8) === 0;
        return {
          steps: [
            () => {
              value = table.get(name)!;
            },
            () => (fails ? cache.failFill(fill, new Error("no")) : cache.endFill(fill, found(String(value)), 0)),
          ],
        };
      };

      const write = (some: readonly Buffer[]): Running => {
        let mine = 0;
        const progress: WriteInProgress = cache.beginWrite(some, 0);
        const outcome = random.below(4);
        return {
          steps: [
            () => {
              // A failed write may have been carried out or not.
              if (outcome === 3) return;
              mine = ++order;
              for (const one of some) table.set(one.toString(), mine);
            },
            () => {
              const good = outcome < 2;
              cache.endWrite(progress, good ? some.map(() => Buffer.from(String(mine))) : [], 0);
              if (!good) return;
              for (const one of some) {
                const name = one.toString();
                acknowledged.set(name, Math.max(acknowledged.get(name)!, mine));
              }
            },
          ],
        };
      };

      const running: Running[] = [];
      for (let step = 0; step < 3_000; step++) {
        if (running.length < 6 && random.below(2) === 0) {
          const started =
            random.below(3) > 0
              ? read(keys[random.below(2)]!)
              : write(random.below(4) === 0 ? keys : [keys[random.below(2)]!]);
          if (started.steps.length > 0) running.push(started);
        } else if (random.below(60) === 0) cache.invalidate(keys[random.below(2)]!, 0, false);
        else if (running.length > 0) {
          const at = random.below(running.length);
          running[at]!.steps.shift()!();
          if (running[at]!.steps.length === 0) running.splice(at, 1);
        }
      }
      for (const one of running) for (const finish of one.steps) finish();
      await Promise.all(joins);
      expect(violations).toEqual([]);
      expect(order).toBeGreaterThan(100);
      expect(cache.keysInMotion).toBe(0);
    });
  }
});
