import type { KeySchema } from "@hotkeep/attributes";
import { encodeKey } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { itemKeyOf } from "../../src/cache/item-key.js";
import { PageCoherence } from "../../src/cache/page-coherence.js";

const limits = { writeStampsMax: 65_536, tableLagMs: 1_000, lateWriteMs: 2_000 };
const schema: KeySchema = { hash: { name: "cust", type: "N" }, range: { name: "ord", type: "S" } };
const itemKey = (table: string, cust: string, ord: string) =>
  itemKeyOf(table, encodeKey(schema, { cust: { N: cust }, ord: { S: ord } }));
const partition = (cust: string) => encodeKey({ hash: schema.hash }, { cust: { N: cust } });

function coherence(known = true) {
  return new PageCoherence(limits, () => (known ? schema : undefined), 7);
}

describe("a write makes untrue", () => {
  it("the pages of its partition, however its key is written, and of its table's scans; no others", () => {
    const one = coherence();
    const pages = {
      same: one.begin({ table: "Orders", partition: partition("12.0") }, 0),
      scan: one.begin({ table: "Orders" }, 0),
      other: one.begin({ table: "Orders", partition: partition("13") }, 0),
      otherTable: one.begin({ table: "Order", partition: partition("12") }, 0),
      otherScan: one.begin({ table: "Order" }, 0),
    };
    one.wrote(itemKey("Orders", "12", "x"), 0, false);
    const held = Object.entries(pages).map(([name, mark]) => [name, one.holds(mark)]);
    expect(Object.fromEntries(held)).toEqual({
      same: false,
      scan: false,
      other: true,
      otherTable: true,
      otherScan: true,
    });
  });

  it("every page of a table whose schema is not known, and every page when writes may have been missed", () => {
    const one = coherence(false);
    const of = (table: string) => one.begin({ table, partition: partition("1") }, 5);
    const [books, orders] = [of("Books"), of("Orders")];
    one.wrote(itemKey("Orders", "2", "x"), 5, false);
    expect([one.holds(books), one.holds(orders)]).toEqual([true, false]);
    one.wroteAll(5, Number.NEGATIVE_INFINITY);
    expect(one.holds(books)).toBe(false);
    expect(one.holds(of("Books"))).toBe(true);
  });

  it("not those whose read begins behind it, be it in the same millisecond", () => {
    const one = coherence();
    for (let i = 0; i < 1_000; i++) {
      one.wrote(itemKey("Orders", "12", "x"), 7, false);
      expect(one.holds(one.begin({ table: "Orders", partition: partition("12") }, 7))).toBe(true);
    }
  });

  it("those that begin before it can have arrived, when nobody knows whether it has", () => {
    const one = coherence();
    one.wrote(itemKey("Orders", "12", "x"), 100, true);
    const of = (now: number) => one.holds(one.begin({ table: "Orders", partition: partition("12") }, now));
    expect([of(101), of(2_100), of(2_101)]).toEqual([false, false, true]);
  });

  it("has reads of what it changed be consistent for as long as the table may lag", () => {
    const one = coherence();
    const mark = () => one.begin({ table: "Orders", partition: partition("12") }, 0);
    expect(one.mayLag(mark(), 0)).toBe(false);
    one.wrote(itemKey("Orders", "12", "x"), 500, false);
    expect([one.mayLag(mark(), 1_400), one.mayLag(mark(), 1_501)]).toEqual([true, false]);
  });

  it("perhaps more than need be when two partitions share a place, but never less", () => {
    const one = new PageCoherence({ ...limits, writeStampsMax: 1 }, () => schema, 7);
    const mark = one.begin({ table: "Books", partition: partition("1") }, 0);
    one.wrote(itemKey("Orders", "12", "x"), 0, false);
    expect(one.holds(mark)).toBe(false);
  });
});
