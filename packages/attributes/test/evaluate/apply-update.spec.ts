import type { AttributeValue, Item } from "@hotkeep/attributes";
import {
  applyUpdate,
  itemSizeBytes,
  PlaceholderUse,
  parseUpdate,
  readItem,
  updatedAttributes,
} from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { item as anyItem, update as anyUpdate, check } from "../arbitraries.js";

const key = readItem({ pk: { S: "k" } });
const base = readItem({
  pk: { S: "k" },
  m: { M: { a: { N: "1" }, l: { L: [{ S: "q" }, { S: "r" }] } } },
  l: { L: [{ N: "0" }, { N: "1" }, { N: "2" }, { M: { k: { N: "9" } } }] },
  n: { N: "5" },
  s: { S: "str" },
  ss: { SS: ["a", "b"] },
  z: { NULL: true },
  e: { L: [] },
});
const values: Readonly<Record<string, AttributeValue>> = {
  ":a": { S: "1" },
  ":n": { N: "7" },
  ":l": { L: [{ S: "x" }] },
  ":ac": { SS: ["a", "c"] },
  ":ab": { SS: ["a", "b"] },
  ":ns": { NS: ["1"] },
  ":big": { N: "9".repeat(38) },
  ":small": { N: "0.1" },
};
const parse = (text: string) => parseUpdate(text, new PlaceholderUse({}, values));
const apply = (text: string, item: Item | undefined = base) => applyUpdate(parse(text), item, key);
const list = (...members: readonly AttributeValue[]) => ({ L: members });
const N = (text: string) => ({ N: text });

const missing = "The provided expression refers to an attribute that does not exist in the item";
const wrongType = "An operand in the update expression has an incorrect data type";
const badPath = "The document path provided in the update expression is invalid for update";

describe("applyUpdate", () => {
  it.each<[string, Item]>([
    ["REMOVE l[0], l[2]", { l: list(N("1"), { M: { k: N("9") } }) }],
    ["REMOVE l[9]", { l: base.l! }],
    ["SET l[9] = :n, l[7] = :a", { l: list(...(base.l as { L: [] }).L, { S: "1" }, N("7")) }],
    ["SET l[0] = :n, l[9] = :n REMOVE l[1]", { l: list(N("7"), N("2"), { M: { k: N("9") } }, N("7")) }],
    ["SET l[3].z = :n REMOVE l[0]", { l: list(N("1"), N("2"), { M: { k: N("9"), z: N("7") } }) }],
    ["SET l[0] = l[1], l[1] = l[0]", { l: list(N("1"), N("0"), N("2"), { M: { k: N("9") } }) }],
    ["SET e[0] = :n", { e: list(N("7")) }],
    ["SET m.a = :n, m.l[1] = :a REMOVE m.x", { m: { M: { a: N("7"), l: list({ S: "q" }, { S: "1" }) } } }],
    ["SET n = n + :n, s = n", { n: N("12"), s: N("5") }],
    ["SET x = n - :n", { x: N("-2") }],
    ["SET x = if_not_exists(x, n), n = if_not_exists(n, :n)", { x: N("5"), n: N("5") }],
    ["SET x = if_not_exists(a.b[0], if_not_exists(y, :n))", { x: N("7") }],
    ["SET e = list_append(e, :l)", { e: list({ S: "x" }) }],
    ["ADD n :n, x :n, y :ac", { n: N("12"), x: N("7"), y: { SS: ["a", "c"] } }],
    ["ADD ss :ac", { ss: { SS: ["a", "b", "c"] } }],
    ["ADD m.a :n, m.x :n", { m: { M: { a: N("8"), l: list({ S: "q" }, { S: "r" }), x: N("7") } } }],
    ["ADD l[0] :n, l[9] :n", { l: list(N("7"), N("1"), N("2"), { M: { k: N("9") } }, N("7")) }],
    ["DELETE ss :ac", { ss: { SS: ["b"] } }],
    ["SET q = ss DELETE ss :ab", { q: { SS: ["a", "b"] } }],
    ["DELETE m.x :ab, x :ab", base],
  ])("%s", (text, changed) => {
    const before = JSON.stringify(base);
    const { item } = apply(text);
    for (const name of Object.keys(changed)) expect(item![name]).toEqual(changed[name]);
    expect(JSON.stringify(base)).toBe(before);
  });

  it("removes a set that has become empty, and attributes", () => {
    const { item } = apply("DELETE ss :ab REMOVE n");
    expect(Object.keys(item!)).toEqual(["pk", "m", "l", "s", "z", "e"]);
  });

  it.each([
    ["SET x = y", missing],
    ["SET x = if_not_exists(x, y)", missing],
    ["SET x = y + :n", missing],
    ["SET x = list_append(y, :l)", missing],
    ["SET n = s + :n", wrongType],
    ["SET n = if_not_exists(s, :n) + :n", wrongType],
    ["SET x = list_append(s, :l)", wrongType],
    ["SET x = list_append(:l, l[3].k)", wrongType],
    ["ADD s :n", wrongType],
    ["ADD z :n", wrongType],
    ["ADD ss :n", wrongType],
    ["ADD ss :ns", wrongType],
    ["ADD n :ac", wrongType],
    ["DELETE ss :ns", wrongType],
    ["DELETE n :ab", wrongType],
    ["SET y.x = :n", badPath],
    ["SET s.x = :n", badPath],
    ["SET l.x = :n", badPath],
    ["SET m[0] = :n", badPath],
    ["SET l[9].x = :n", badPath],
    ["ADD y.a :n", badPath],
    ["REMOVE y.x", badPath],
    ["REMOVE l[0].x", badPath],
    ["DELETE y.x :ab", badPath],
    ["SET n = :big + :small", "Attempting to store more than 38 significant digits in a Number"],
  ])("refuses %s", (text, message) => {
    expect(() => apply(text)).toThrow(expect.objectContaining({ code: "ValidationException", message }));
  });

  it.each(["ADD s :n", "ADD ss :ns", "DELETE ss :ns"])(
    "complains of %s in older words about AttributeUpdates",
    (text) => {
      expect(() => applyUpdate(parse(text), base, key, "legacy")).toThrow("Type mismatch for attribute to update");
    },
  );

  it("makes an item that is not there, unless it only takes away", () => {
    const made = (text: string) => applyUpdate(parse(text), undefined, key).item;
    expect(made("SET a = :n")).toEqual({ pk: { S: "k" }, a: N("7") });
    expect(made("REMOVE a SET b = if_not_exists(b, :n)")).toEqual({ pk: { S: "k" }, b: N("7") });
    expect(made("ADD a :n")).toEqual({ pk: { S: "k" }, a: N("7") });
    expect(made("REMOVE a, x.y DELETE b :ab")).toBeUndefined();
    expect(applyUpdate([], undefined, key).item).toEqual(key);
    expect(applyUpdate([], base, key).item).toEqual(base);
    expect(() => made("SET a.b = :n")).toThrow(badPath);
    expect(() => made("SET a = b")).toThrow(missing);
  });

  it("keeps the nesting limit", () => {
    let deep: AttributeValue = { M: {} };
    const path = ["a"];
    for (let i = 1; i < 31; i++) {
      deep = { M: { a: deep } };
      path.push("a");
    }
    const item = readItem({ a: deep });
    const set = (value: AttributeValue) =>
      applyUpdate([{ kind: "set", path: ["a", ...path], value: { kind: "value", value } }], item, key);
    expect(set({ S: "x" }).item).toBeDefined();
    expect(() => set({ L: [{ S: "x" }] })).toThrow("Nesting Levels have exceeded supported limits");
  });

  it("changes neither the old item nor what it does not name", () => {
    check(
      fc.property(anyItem, anyUpdate, (item, update) => {
        const before = JSON.stringify(item);
        try {
          const after = applyUpdate(update, item, key).item!;
          const written = new Set(update.map(({ path }) => path[0]));
          for (const name of Object.keys(item)) if (!written.has(name)) expect(after[name]).toBe(item[name]);
          expect(itemSizeBytes(after)).toBeGreaterThanOrEqual(0);
          expect(readItem(after)).toEqual(after);
        } catch (error) {
          expect(error).toMatchObject({ code: "ValidationException" });
        }
        expect(JSON.stringify(item)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});

describe("updatedAttributes", () => {
  const both = (text: string) => {
    const { item, touched } = apply(text);
    return [updatedAttributes(base, touched), updatedAttributes(item, touched)];
  };

  it.each<[string, Item | undefined, Item | undefined]>([
    ["SET n = :n", { n: N("5") }, { n: N("7") }],
    ["SET x = :n", undefined, { x: N("7") }],
    ["REMOVE n", { n: N("5") }, undefined],
    ["REMOVE x", undefined, undefined],
    ["SET m.a = :n", { m: { M: { a: N("1") } } }, { m: { M: { a: N("7") } } }],
    [
      "SET m.l[1] = :n, m.a = :n",
      { m: { M: { l: list({ S: "r" }), a: N("1") } } },
      { m: { M: { l: list(N("7")), a: N("7") } } },
    ],
    ["REMOVE m.l[1], m.l[3]", { m: { M: { l: list({ S: "r" }) } } }, undefined],
    ["REMOVE l[1]", { l: list(N("1")) }, { l: list(N("2")) }],
    ["SET l[100] = :n", undefined, undefined],
    ["DELETE ss :ab", { ss: { SS: ["a", "b"] } }, undefined],
  ])("of %s", (text, old, updated) => {
    expect(both(text)).toEqual([old, updated]);
  });

  it("are none of no item and of no update", () => {
    expect(updatedAttributes(undefined, [["a"]])).toBeUndefined();
    expect(updatedAttributes(base, [])).toBeUndefined();
  });
});
