import { SeededRandom } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { ByteCache, entryOverheadBytes } from "../../src/cache/byte-cache.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";

const seed = 77;
const key = (text: string) => Buffer.from(text);
const answer = (text: string) => Buffer.from(text);

function find(cache: ByteCache, text: string, now = 0): string | undefined {
  const padded = Buffer.from(`<<${text}>>`);
  return cache.find(padded, 2, padded.length - 2, now)?.response.toString();
}

describe("the byte cache", () => {
  it("finds what was put, where the key lies inside a larger buffer", () => {
    const cache = new ByteCache(new MemoryBudget(1e6), seed);
    cache.put(key("alpha"), answer("one"), 0, Number.POSITIVE_INFINITY);
    expect(find(cache, "alpha")).toBe("one");
    expect(find(cache, "alph")).toBeUndefined();
    expect(find(cache, "alphb")).toBeUndefined();
  });

  it("keeps its own copy of key and answer", () => {
    const cache = new ByteCache(new MemoryBudget(1e6), seed);
    const chunk = Buffer.from("alphaone");
    cache.put(chunk.subarray(0, 5), chunk.subarray(5), 0, Number.POSITIVE_INFINITY);
    chunk.fill(0);
    expect(find(cache, "alpha")).toBe("one");
  });

  it("replaces the answer of a key, and charges only the new one", () => {
    const budget = new MemoryBudget(1e6);
    const cache = new ByteCache(budget, seed);
    cache.put(key("alpha"), answer("one"), 0, Number.POSITIVE_INFINITY);
    cache.put(key("alpha"), answer("three"), 0, Number.POSITIVE_INFINITY);
    expect(find(cache, "alpha")).toBe("three");
    expect(cache.count).toBe(1);
    expect(budget.bytes).toBe(5 + 5 + entryOverheadBytes);
  });

  it("forgets an entry at its end, to the millisecond, and a read does not prolong it", () => {
    const cache = new ByteCache(new MemoryBudget(1e6), seed);
    cache.put(key("alpha"), answer("one"), 100, 200);
    expect(find(cache, "alpha", 199)).toBe("one");
    expect(find(cache, "alpha", 200)).toBeUndefined();
    expect(cache.count).toBe(0);
  });

  it("makes room by what was unused for the longest time", () => {
    const room = 3 * (entryOverheadBytes + 2);
    const cache = new ByteCache(new MemoryBudget(room), seed);
    for (const [i, text] of ["a", "b", "c"].entries()) cache.put(key(text), answer("1"), i, Number.POSITIVE_INFINITY);
    find(cache, "a", 10);
    cache.put(key("d"), answer("1"), 11, Number.POSITIVE_INFINITY);
    expect(["a", "b", "c", "d"].map((text) => find(cache, text, 12))).toEqual(["1", undefined, "1", "1"]);
    expect(cache.evictedBytes).toBe(entryOverheadBytes + 2);
  });

  it("makes room in the other cache of the same budget when that holds the older entry", () => {
    const budget = new MemoryBudget(2 * (entryOverheadBytes + 2));
    const items = new ByteCache(budget, seed);
    const pages = new ByteCache(budget, seed);
    pages.put(key("p"), answer("1"), 0, Number.POSITIVE_INFINITY);
    items.put(key("a"), answer("1"), 1, Number.POSITIVE_INFINITY);
    items.put(key("b"), answer("1"), 2, Number.POSITIVE_INFINITY);
    expect(pages.count).toBe(0);
    expect(items.count).toBe(2);
  });

  it("does not take an entry larger than the whole budget", () => {
    const cache = new ByteCache(new MemoryBudget(1000), seed);
    cache.put(key("small"), answer("1"), 0, Number.POSITIVE_INFINITY);
    cache.put(key("large"), Buffer.alloc(2000), 0, Number.POSITIVE_INFINITY);
    expect(find(cache, "large")).toBeUndefined();
    expect(find(cache, "small")).toBe("1");
  });

  it("gives everything back when it is cleared or its budget shrinks", () => {
    const budget = new MemoryBudget(1e6);
    const cache = new ByteCache(budget, seed);
    for (let i = 0; i < 10; i++) cache.put(key(`k${i}`), answer("1"), i, Number.POSITIVE_INFINITY);
    budget.resize(3 * (entryOverheadBytes + 3));
    expect(cache.count).toBe(3);
    expect(find(cache, "k9")).toBe("1");
    cache.clear();
    expect(budget.bytes).toBe(0);
    expect(find(cache, "k9")).toBeUndefined();
  });

  it("agrees with a Map through 60,000 random steps while it grows and shrinks", () => {
    const random = new SeededRandom(20261123);
    const budget = new MemoryBudget(1e9);
    const cache = new ByteCache(budget, seed);
    const model = new Map<string, string>();
    for (let step = 0; step < 60_000; step++) {
      const name = `key-${random.below(9_000)}`;
      const dice = random.below(10);
      if (dice < 6) {
        const value = `value-${step}`;
        cache.put(key(name), answer(value), step, Number.POSITIVE_INFINITY);
        model.set(name, value);
      } else if (dice < 8) expect(cache.drop(key(name))).toBe(model.delete(name));
      else expect(find(cache, name, step)).toBe(model.get(name));
    }
    expect(cache.count).toBe(model.size);
    for (const [name, value] of model) expect(find(cache, name)).toBe(value);
    let bytes = 0;
    for (const [name, value] of model) bytes += name.length + value.length + entryOverheadBytes;
    expect(budget.bytes).toBe(bytes);
  });
});
