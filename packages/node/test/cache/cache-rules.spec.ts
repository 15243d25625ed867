import { describe, expect, it } from "vitest";
import { ByteCache } from "../../src/cache/byte-cache.js";
import { CacheRules } from "../../src/cache/cache-rules.js";
import { Doubts } from "../../src/cache/doubts.js";
import { ItemCache } from "../../src/cache/item-cache.js";
import { itemKeyOf } from "../../src/cache/item-key.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";

const rules = new CacheRules(60_000, 5_000, [
  { table: "Short", recordTtlMs: 100, queryTtlMs: 0 },
  { table: "ForEver", recordTtlMs: 0 },
  { table: "Never", neverCache: true },
]);

describe("rules for single tables", () => {
  it("stand in for the parameter group where they say something", () => {
    expect(["Books", "Short", "ForEver", "Never"].map((table) => rules.itemLifeMs(table))).toEqual([
      60_000,
      100,
      Number.POSITIVE_INFINITY,
      undefined,
    ]);
    expect(["Books", "Short", "ForEver", "Never"].map((table) => rules.pageLifeMs(table))).toEqual([
      5_000,
      undefined,
      5_000,
      undefined,
    ]);
  });

  it("may keep pages of one table where the parameter group keeps none", () => {
    expect(new CacheRules(0, 0).keepsPages).toBe(false);
    const one = new CacheRules(0, 0, [{ table: "Books", queryTtlMs: 10 }]);
    expect([one.keepsPages, one.pageLifeMs("Books"), one.pageLifeMs("Other")]).toEqual([true, 10, undefined]);
  });
});

describe("the item cache with rules", () => {
  const newCache = () =>
    new ItemCache(
      new ByteCache(new MemoryBudget(1e7), 5),
      rules,
      new Doubts({ tableLagMs: 1_000, learnedKeysBits: 1 << 12, lateWriteMs: 2_000, lateKeysMax: 2 }, 5),
    );
  const keyOf = (table: string, key = "k") => itemKeyOf(table, Buffer.from(key));
  const store = (cache: ItemCache, key: Buffer) =>
    cache.endWrite(cache.beginWrite([key], 0), [Buffer.from("answer")], 0);
  const there = (cache: ItemCache, key: Buffer, now: number) => cache.find(key, 0, key.length, now) !== undefined;

  it("keeps each table's items as long as its rule says", () => {
    const cache = newCache();
    for (const table of ["Books", "Short", "ForEver", "Never"]) store(cache, keyOf(table));
    const at = (now: number) => ["Books", "Short", "ForEver", "Never"].map((table) => there(cache, keyOf(table), now));
    expect(at(99)).toEqual([true, true, true, false]);
    expect(at(100)).toEqual([true, false, true, false]);
    expect(at(60_000)).toEqual([false, false, true, false]);
  });

  it("forgets one table's items, and what was on its way to become one", () => {
    const cache = newCache();
    for (const key of ["a", "b"]) store(cache, keyOf("Books", key));
    store(cache, keyOf("Bookshop", "a"));
    const late = cache.beginFill(keyOf("Books", "c"), "GetItem", 0);
    const write = cache.beginWrite([keyOf("Books", "d")], 0);
    expect(cache.forgetTable("Books", 0)).toBe(2);
    cache.endFill(late, { response: Buffer.from("old") }, 1);
    cache.endWrite(write, [Buffer.from("unsure")], 1);
    for (const key of ["a", "b", "c", "d"]) expect(there(cache, keyOf("Books", key), 1)).toBe(false);
    expect(there(cache, keyOf("Bookshop", "a"), 1)).toBe(true);
    expect(cache.beginFill(keyOf("Books", "a"), "GetItem", 1).consistent).toBe(true);
  });
});
