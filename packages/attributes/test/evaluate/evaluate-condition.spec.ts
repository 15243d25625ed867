import type { AttributeValue } from "@hotkeep/attributes";
import { evaluateCondition, PlaceholderUse, parseCondition, readItem } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const item = readItem({
  u: { S: "é😀x" },
  l: { L: [{ S: "a" }, { N: "1" }] },
  ns: { NS: ["1", "2"] },
  bs: { BS: ["AQ==", "Ag=="] },
  m: { M: { a: { N: "1" }, b: { N: "2" } } },
  b: { B: "AQID" },
  n: { N: "1" },
  z: { NULL: true },
  s: { S: "abc" },
  e: { L: [] },
});
const S = (text: string): AttributeValue => ({ S: text });
const N = (text: string): AttributeValue => ({ N: text });

function holds(text: string, ...values: readonly AttributeValue[]): boolean {
  const named = values.length === 0 ? undefined : Object.fromEntries(values.map((value, i) => [`:${i}`, value]));
  return evaluateCondition(parseCondition(text, "ConditionExpression", new PlaceholderUse({}, named)), item);
}

describe("conditions on an item", () => {
  // Observed on DynamoDB Local, documented where the service says anything.
  it.each<[string, boolean, ...AttributeValue[]]>([
    ["size(u) = :0", true, N("4")],
    ["size(b) = :0", true, N("3")],
    ["size(m) = :0", true, N("2")],
    ["size(ns) = :0", true, N("2")],
    ["size(l) = :0", true, N("2")],
    ["size(n) = :0", false, N("1")],
    ["size(n) <> :0", true, N("1")],
    ["NOT size(n) = :0", true, N("1")],
    ["size(missing1) <> :0", true, N("1")],
    ["contains(s, :0)", true, S("")],
    ["contains(s, :0)", true, S("bc")],
    ["contains(s, :0)", false, N("1")],
    ["contains(b, :0)", true, { B: "AgM=" }],
    ["contains(l, :0)", true, N("1")],
    ["contains(ns, :0)", true, N("1")],
    ["contains(ns, :0)", false, S("1")],
    ["contains(ns, :0)", false, { NS: ["1"] }],
    ["contains(m, :0)", false, S("a")],
    ["contains(:0, s)", true, S("xabcx")],
    ["contains(:0, s)", true, { SS: ["abc", "d"] }],
    ["begins_with(s, :0)", true, S("ab")],
    ["begins_with(b, :0)", true, { B: "AQI=" }],
    ["begins_with(b, :0)", false, { B: "AgM=" }],
    ["begins_with(n, :0)", false, S("1")],
    ["n = :0", true, N("1")],
    ["n = :0", false, S("1")],
    ["n <> :0", true, S("1")],
    ["n < :0", false, S("2")],
    ["NOT n < :0", true, S("2")],
    ["missing1 = :0", false, N("1")],
    ["NOT missing1 < :0", true, N("1")],
    ["missing1 <> :0", true, N("1")],
    ["NOT missing1 <> :0", false, N("1")],
    ["missing1 = missing2", false],
    ["missing1 <> missing2", true],
    ["missing1 IN (:0)", false, N("1")],
    ["n IN (:0, :1)", true, S("1"), N("1")],
    ["s BETWEEN :0 AND :1", true, S("a"), S("b")],
    ["n BETWEEN :0 AND :1", false, S("a"), S("b")],
    [":0 BETWEEN n AND :1", true, N("1"), N("2")],
    ["attribute_type(z, :0)", true, S("NULL")],
    ["attribute_type(missing1, :0)", false, S("NULL")],
    ["attribute_exists(z)", true],
    ["attribute_not_exists(m.c)", true],
    ["attribute_exists(m[0])", false],
    ["attribute_exists(l[1])", true],
    ["attribute_exists(l[2])", false],
    ["m.a < m.b", true],
    ["l[0] = :0", true, S("a")],
    ["l = :0", true, { L: [S("a"), N("1")] }],
    ["e = :0", true, { L: [] }],
    ["bs = :0", true, { BS: ["Ag==", "AQ=="] }],
    ["z = :0", true, { NULL: true }],
    ["u > :0", false, S("\uffff")],
    ["u < :0", true, S("😀")],
    ["n = :0 OR missing1 = :0 AND s = :0", true, N("1")],
    ["n <= :0 AND n >= :0", true, N("1")],
    ["n > :0", false, N("1")],
  ])("%s is %s", (text, result, ...values) => {
    expect(holds(text, ...values)).toBe(result);
  });

  it("sees no inherited members", () => {
    expect(evaluateCondition({ kind: "attribute_exists", path: ["constructor"] }, { a: N("1") })).toBe(false);
    expect(evaluateCondition({ kind: "attribute_exists", path: ["m", "toString"] }, { m: { M: {} } })).toBe(false);
  });

  it("sees no attributes where there is no item", () => {
    expect(evaluateCondition({ kind: "attribute_not_exists", path: ["pk"] }, undefined)).toBe(true);
    expect(evaluateCondition({ kind: "attribute_exists", path: ["pk"] }, undefined)).toBe(false);
  });
});
