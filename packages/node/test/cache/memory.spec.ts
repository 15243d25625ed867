import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { ByteCache } from "../../src/cache/byte-cache.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";

const mebibyte = 1024 * 1024;
const key = (number: number) => Buffer.from(`key-${String(number).padStart(8, "0")}`);

describe("the memory of a cache", () => {
  it("stays within five percent and three segments of what is charged, whatever sizes come and go", () => {
    const random = new SeededRandom(20261123);
    const bytesMax = 48 * mebibyte;
    const budget = new MemoryBudget(bytesMax);
    const cache = new ByteCache(budget, 7);
    for (const longest of [300, 3_000, 200, 60_000, 150_000, 100]) {
      for (let step = 0; step < 6_000_000 / (longest + 200); step++) {
        const response = Buffer.alloc(1 + random.below(longest), random.below(256));
        cache.put(key(random.below(40_000)), response, step, Number.POSITIVE_INFINITY);
        if (random.below(4) === 0) cache.drop(key(random.below(40_000)));
      }
      expect(budget.bytes).toBeLessThanOrEqual(bytesMax);
      expect(cache.bytesHeld).toBeLessThan(cache.bytes * 1.05 + 3 * mebibyte);
    }
    expect(cache.evictedBytes).toBe(0);
  });

  it.each(["lru", "frequent"] as const)(
    "with a cap on memory never holds more than that, and in the end uses most of it (%s)",
    (admission) => {
      const random = new SeededRandom(99);
      const bytesMax = 12 * mebibyte;
      const budget = new MemoryBudget(bytesMax, "memory");
      const [items, pages] = [new ByteCache(budget, 7), new ByteCache(budget, 8)] as const;
      items.admission = admission;
      pages.admission = admission;
      const response = Buffer.alloc(150_000);
      for (const longest of [150_000, 60_000, 2_000, 150, 4_000]) {
        for (let put = 0, step = 0; put < 2 * bytesMax; step++) {
          const length = 1 + random.below(longest);
          (step % 7 === 0 ? pages : items).put(key(step), response.subarray(0, length), step, Number.POSITIVE_INFINITY);
          put += length + 100;
          if (random.below(4) === 0) items.drop(key(random.below(step + 1)));
          if (budget.bytesHeld > bytesMax) expect(budget.bytesHeld).toBeLessThanOrEqual(bytesMax);
        }
        expect(budget.bytes).toBeGreaterThan(bytesMax * 0.4);
      }
      budget.resize(bytesMax / 2);
      expect(budget.bytesHeld).toBeLessThanOrEqual(bytesMax / 2);
    },
  );

  it("gives the memory of one cache to the other one, and takes no more for it", () => {
    const budget = new MemoryBudget(8 * mebibyte, "memory");
    const [items, pages] = [new ByteCache(budget, 7), new ByteCache(budget, 8)] as const;
    const response = Buffer.alloc(10_000);
    for (const [turn, cache] of [items, pages, items].entries()) {
      for (let step = 0; step < 2_000; step++) cache.put(key(step), response, turn * 2_000 + step, 1e9);
      expect(cache.bytes).toBeGreaterThan(5 * mebibyte);
      expect(budget.pool.bytesHeld).toBeLessThanOrEqual(8 * mebibyte);
    }
    const { bytesHeld } = budget.pool;
    items.clear();
    for (let step = 0; step < 2_000; step++) pages.put(key(step), response, 6_000 + step, 1e9);
    expect(budget.pool.bytesHeld).toBe(bytesHeld);
  });

  it("keeps every answer whole while it moves and makes room", () => {
    const random = new SeededRandom(4711);
    const cache = new ByteCache(new MemoryBudget(4 * mebibyte), 7);
    const fill = (number: number, version: number) =>
      Buffer.alloc(10 + ((number * 37) % 5_000), `${number}/${version};`);
    const versions = new Map<number, number>();
    let found = 0;
    for (let step = 0; step < 30_000; step++) {
      const number = random.below(2_500);
      if (random.below(3) > 0) {
        versions.set(number, step);
        cache.put(key(number), fill(number, step), step, Number.POSITIVE_INFINITY);
        continue;
      }
      const held = key(number);
      const entry = cache.find(held, 0, held.length, step);
      if (entry === undefined) continue;
      found++;
      expect(entry.response.equals(fill(number, versions.get(number)!))).toBe(true);
      expect(entry.key.equals(held)).toBe(true);
    }
    expect(cache.evictedBytes).toBeGreaterThan(10 * mebibyte);
    expect(found).toBeGreaterThan(2_000);
  });

  it("takes an answer out for as long as somebody wants it", () => {
    const cache = new ByteCache(new MemoryBudget(8 * mebibyte), 7);
    const large = Buffer.alloc(3 * mebibyte, "l");
    cache.put(key(1), Buffer.from("small"), 0, Number.POSITIVE_INFINITY);
    cache.put(key(2), large, 0, Number.POSITIVE_INFINITY);
    const [small, whole] = [1, 2].map((number) => cache.find(key(number), 0, key(number).length, 0)!.response);
    cache.clear();
    for (let number = 0; number < 30_000; number++) cache.put(key(number), Buffer.alloc(200, "x"), 0, 1);
    expect(small!.toString()).toBe("small");
    expect(whole!.equals(large)).toBe(true);
  });
});
