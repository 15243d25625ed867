import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { ByteCache } from "../../src/cache/byte-cache.js";
import { FrequencySketch } from "../../src/cache/frequency-sketch.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";

type Admission = "lru" | "frequent";

const response = Buffer.alloc(200, 7);
const keyOf = (number: number): Buffer => {
  const key = Buffer.alloc(20);
  key.writeUInt32LE(number, 0);
  return key;
};

function newCache(admission: Admission, bytesMax = 500 * 290): { cache: ByteCache; budget: MemoryBudget } {
  const budget = new MemoryBudget(bytesMax);
  const cache = new ByteCache(budget, 11);
  cache.admission = admission;
  return { cache, budget };
}

/** Percent of the reads that find their entry; one that does not puts it there. */
function hitRatio(admission: Admission, keys: Iterable<number>): number {
  const { cache, budget } = newCache(admission);
  let [reads, hits] = [0, 0];
  for (const number of keys) {
    const key = keyOf(number);
    reads++;
    if (cache.find(key, 0, key.length, reads) !== undefined) hits++;
    else cache.put(key, response, reads, Number.POSITIVE_INFINITY);
  }
  expect(budget.bytes).toBeLessThanOrEqual(budget.bytesMax);
  return (100 * hits) / reads;
}

/** YCSB's Zipf 0.99 over 5,000 keys, by inversion. */
function zipf(): () => number {
  const random = new SeededRandom(7);
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= 5_000; rank++) {
    sum += 1 / rank ** 0.99;
    sums.push(sum);
  }
  return () => {
    const wanted = (Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32) * sum;
    return sums.findIndex((each) => each >= wanted);
  };
}

function* zipfReads(scanned: number): Iterable<number> {
  const next = zipf();
  for (let i = 0; i < 60_000; i++) {
    yield next();
    if (i % 5_000 === 4_999) for (let at = 0; at < scanned; at++) yield 1e6 + at;
  }
}

function* loop(): Iterable<number> {
  for (let i = 0; i < 30_000; i++) yield i % 750;
}

describe("entries that must be asked for more often than what they push out", () => {
  it("are found more often than the last used ones: YCSB's Zipf 0.99, alone and with scans, and loops", () => {
    const both = (keys: () => Iterable<number>) => [hitRatio("lru", keys()), hitRatio("frequent", keys())] as const;
    const [lru, frequent] = both(() => zipfReads(0));
    expect(frequent).toBeGreaterThan(lru + 3);
    const [lruScanned, frequentScanned] = both(() => zipfReads(2_500));
    expect(frequentScanned).toBeGreaterThan(lruScanned + 2);
    const [lruLoop, frequentLoop] = both(loop);
    expect(lruLoop).toBe(0);
    expect(frequentLoop).toBeGreaterThan(50);
  });

  it("give way when others become hot", () => {
    const { cache } = newCache("frequent");
    let now = 0;
    const read = (number: number): boolean => {
      const key = keyOf(number);
      now++;
      if (cache.find(key, 0, key.length, now) !== undefined) return true;
      cache.put(key, response, now, Number.POSITIVE_INFINITY);
      return false;
    };
    for (let round = 0; round < 40; round++) for (let i = 0; i < 400; i++) read(i);
    let hits = 0;
    for (let round = 0; round < 60; round++) for (let i = 0; i < 400; i++) if (read(10_000 + i) && round >= 50) hits++;
    expect(hits).toBeGreaterThan(0.8 * 10 * 400);
  });

  it("agree with a Map in what they hold, whatever comes, while the setting changes back and forth", () => {
    const random = new SeededRandom(3);
    const { cache, budget } = newCache("lru", 200 * 290);
    const stored = new Map<number, string>();
    for (let step = 0; step < 12_000; step++) {
      const [kind, a, b] = random.bytes(3);
      const number = (a! * 256 + b!) % 900;
      const key = keyOf(number);
      if (kind! < 100) {
        const found = cache.find(key, 0, key.length, step);
        if (found !== undefined) expect(found.response.toString()).toBe(stored.get(number));
      } else if (kind! < 230) {
        const text = `${step}`.padEnd(1 + (b! % 90), "x");
        cache.put(key, Buffer.from(text), step, Number.POSITIVE_INFINITY);
        stored.set(number, text);
      } else if (kind! < 250) cache.drop(key);
      else if (step % 7 === 0) cache.admission = kind! % 2 === 0 ? "frequent" : "lru";
      expect(budget.bytes).toBeLessThanOrEqual(budget.bytesMax);
      expect(cache.bytes).toBe(budget.bytes);
    }
    expect(cache.dropPrefix(Buffer.alloc(0))).toBeGreaterThan(0);
    expect([cache.count, cache.bytes, cache.oldestUse]).toEqual([0, 0, undefined]);
  });

  it("take room from another cache of the same memory by the same rule", () => {
    const budget = new MemoryBudget(100 * 290);
    const [items, pages] = [new ByteCache(budget, 1), new ByteCache(budget, 2)];
    for (const cache of [items, pages]) cache.admission = "frequent";
    let now = 0;
    const read = (cache: ByteCache, number: number): boolean => {
      const key = keyOf(number);
      const found = cache.find(key, 0, key.length, ++now) !== undefined;
      if (!found) cache.put(key, response, now, Number.POSITIVE_INFINITY);
      return found;
    };
    for (let round = 0; round < 5; round++) for (let i = 0; i < 90; i++) read(pages, i);
    for (let i = 0; i < 1_000; i++) read(items, i);
    let kept = 0;
    for (let i = 0; i < 90; i++) if (pages.peek(keyOf(i), now) !== undefined) kept++;
    expect(kept).toBeGreaterThan(80);
    for (let round = 0; round < 20; round++) for (let i = 0; i < 80; i++) read(items, i);
    expect(items.count).toBeGreaterThan(60);
  });
});

describe("a frequency sketch", () => {
  it("never takes a key for less wanted than it is, until it ages, and forgets by halves", () => {
    const sketch = new FrequencySketch(1_000);
    for (let hash = 0; hash < 300; hash++) for (let i = 0; i < hash % 15; i++) sketch.add(hash * 0x9e3779b1);
    for (let hash = 0; hash < 300; hash++) expect(sketch.of(hash * 0x9e3779b1)).toBeGreaterThanOrEqual(hash % 15);
    sketch.fit(50_000);
    expect(sketch.of(14 * 0x9e3779b1)).toBeGreaterThanOrEqual(14);
    const few = new FrequencySketch(10);
    for (let i = 0; i < 15; i++) few.add(1);
    for (let i = 15; i < 10_240; i++) few.add(i * 0x9e3779b1);
    expect(few.of(1)).toBeLessThanOrEqual(12);
  });
});
