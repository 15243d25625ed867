import { type AttributeValue, type PartiqlStatement, parsePartiql, selectFromItem } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const path = (...steps: [string, ...(string | number)[]]) => ({ kind: "path", path: steps }) as const;
const value = (of: AttributeValue) => ({ kind: "value", value: of }) as const;
const n = (digits: string) => value({ N: digits });
const is = (name: string, digits: string) => ({
  kind: "compare",
  operator: "=",
  left: path(name),
  right: n(digits),
});

function where(clause: string, parameters: readonly AttributeValue[] = []) {
  const statement = parsePartiql(`SELECT * FROM t WHERE ${clause}`, parameters);
  return statement.kind === "select" ? statement.where : undefined;
}

function inserted(literal: string): AttributeValue | undefined {
  const statement = parsePartiql(`INSERT INTO t VALUE {'v': ${literal}}`);
  return statement.kind === "insert" ? statement.item.v : undefined;
}

describe("PartiQL statements", () => {
  const cases: readonly (readonly [string, PartiqlStatement])[] = [
    [
      "SELECT * FROM t",
      { kind: "select", table: "t", index: undefined, fields: undefined, where: undefined, order: [] },
    ],
    [
      'select A, "b"."c d"[0].e from "my.table"."my-index" order by A desc, B;',
      {
        kind: "select",
        table: "my.table",
        index: "my-index",
        fields: [
          { path: ["A"], name: "A" },
          { path: ["b", "c d", 0, "e"], name: "e" },
        ],
        where: undefined,
        order: [
          { name: "A", descending: true },
          { name: "B", descending: false },
        ],
      },
    ],
    ["INSERT INTO t VALUE {'a': 1}", { kind: "insert", table: "t", item: { a: { N: "1" } } }],
    [
      "UPDATE t SET a = 1, b.c = d + 2 SET e = list_append(e, [3]) REMOVE f[4] WHERE g = 5 RETURNING ALL OLD *",
      {
        kind: "update",
        table: "t",
        update: [
          { kind: "set", path: ["a"], value: n("1") },
          { kind: "set", path: ["b", "c"], value: { kind: "+", left: path("d"), right: n("2") } },
          {
            kind: "set",
            path: ["e"],
            value: { kind: "list_append", left: path("e"), right: value({ L: [{ N: "3" }] }) },
          },
          { kind: "remove", path: ["f", 4] },
        ],
        where: is("g", "5") as never,
        returning: "ALL OLD",
      },
    ],
    [
      "UPDATE t SET s = SET_ADD(s, <<'x'>>) SET r = set_delete(r, <<1, 2>>) WHERE g = 5",
      {
        kind: "update",
        table: "t",
        update: [
          { kind: "add", path: ["s"], value: { SS: ["x"] } },
          { kind: "delete", path: ["r"], value: { NS: ["1", "2"] } },
        ],
        where: is("g", "5") as never,
        returning: undefined,
      },
    ],
    [
      "DELETE FROM t WHERE g = 5 RETURNING ALL OLD *",
      { kind: "delete", table: "t", where: is("g", "5") as never, returning: "ALL OLD" },
    ],
    [
      "EXISTS(SELECT * FROM t WHERE g = 5)",
      {
        kind: "exists",
        table: "t",
        select: {
          kind: "select",
          table: "t",
          index: undefined,
          fields: undefined,
          where: is("g", "5") as never,
          order: [],
        },
      },
    ],
  ];
  it.each(cases)("reads %s", (text, statement) => expect(parsePartiql(text)).toEqual(statement));

  it("skips comments, but not those inside of strings", () => {
    expect(where("a/**/= -- to the end\n '--/*x*/'")).toEqual({
      kind: "compare",
      operator: "=",
      left: path("a"),
      right: value({ S: "--/*x*/" }),
    });
  });

  it("gives parameters in the order of the text", () => {
    const bound = where("a = ? AND b IN [?, 3] AND begins_with(c, ?)", [{ N: "1" }, { N: "2" }, { S: "x" }]);
    expect(bound).toEqual({
      kind: "and",
      left: {
        kind: "and",
        left: is("a", "1"),
        right: { kind: "in", operand: path("b"), list: [n("2"), n("3")] },
      },
      right: { kind: "begins_with", operand: path("c"), argument: value({ S: "x" }) },
    });
  });

  it("does not mind more parameters than places", () => {
    expect(where("a = ?", [{ N: "1" }, { N: "2" }])).toEqual(is("a", "1"));
  });

  it("names columns after the last name of their paths", () => {
    const statement = parsePartiql("SELECT a.b[1][0], c, d.e, nope FROM t");
    const fields = statement.kind === "select" ? statement.fields! : [];
    const b: AttributeValue = { L: [{ S: "0" }, { L: [{ S: "1,0" }] }] };
    expect(selectFromItem({ a: { M: { b } }, c: { N: "1" }, d: { M: { e: { S: "x" } } } }, fields)).toEqual({
      "b[1][0]": { S: "1,0" },
      c: { N: "1" },
      e: { S: "x" },
    });
  });
});

describe("PartiQL literals", () => {
  const cases: readonly (readonly [string, AttributeValue])[] = [
    ["'it''s \"\\ é😀'", { S: "it's \"\\ é😀" }],
    ["''", { S: "" }],
    ["1.50", { N: "1.5" }],
    [".5e+1", { N: "5" }],
    ["01.", { N: "1" }],
    ["- - 3", { N: "3" }],
    ["+-3", { N: "-3" }],
    ["TRUE", { BOOL: true }],
    ["false", { BOOL: false }],
    ["Null", { NULL: true }],
    ["[1, ['x'], []]", { L: [{ N: "1" }, { L: [{ S: "x" }] }, { L: [] }] }],
    ["(1, 'x')", { L: [{ N: "1" }, { S: "x" }] }],
    [
      "{'a': {}, '__proto__': 1}",
      { M: Object.assign(Object.create(null), { a: { M: {} }, ["__proto__"]: { N: "1" } }) },
    ],
    ["<<'a', 'b'>>", { SS: ["a", "b"] }],
    ["<<1, -2.0>>", { NS: ["1", "-2"] }],
  ];
  it.each(cases)("reads %s", (text, literal) => expect(inserted(text)).toEqual(literal));
});

describe("PartiQL conditions", () => {
  const a = is("a", "1");
  const b = is("b", "2");
  const cases: readonly (readonly [string, unknown])[] = [
    ["NOT a = 1 AND b = 2", { kind: "and", left: { kind: "not", condition: a }, right: b }],
    ["a = 1 OR b = 2 AND a = 1", { kind: "or", left: a, right: { kind: "and", left: b, right: a } }],
    ["((a = 1) OR (b = 2))", { kind: "or", left: a, right: b }],
    ["a != 1", { kind: "compare", operator: "<>", left: path("a"), right: n("1") }],
    ["1 >= a.b[2]", { kind: "compare", operator: ">=", left: n("1"), right: path("a", "b", 2) }],
    ["a BETWEEN -1 AND +1", { kind: "between", operand: path("a"), low: n("-1"), high: n("1") }],
    [
      "a NOT BETWEEN 1 AND 2",
      { kind: "not", condition: { kind: "between", operand: path("a"), low: n("1"), high: n("2") } },
    ],
    ["a IN (1)", { kind: "in", operand: path("a"), list: [n("1")] }],
    ["a IN <<1, 2>>", { kind: "in", operand: path("a"), list: [n("1"), n("2")] }],
    ["a NOT IN [1]", { kind: "not", condition: { kind: "in", operand: path("a"), list: [n("1")] } }],
    ["a IS MISSING", { kind: "attribute_not_exists", path: ["a"] }],
    ["a IS NOT NULL", { kind: "not", condition: { kind: "attribute_type", path: ["a"], type: value({ S: "NULL" }) } }],
    ["a IS TUPLE", { kind: "attribute_type", path: ["a"], type: value({ S: "M" }) }],
    ["Attribute_Exists(a['b'])", { kind: "attribute_exists", path: ["a", "b"] }],
    ["attribute_type(a, 'S')", { kind: "attribute_type", path: ["a"], type: value({ S: "S" }) }],
    ["contains(a, b)", { kind: "contains", operand: path("a"), argument: path("b") }],
    ["SIZE(a) > 1", { kind: "compare", operator: ">", left: { kind: "size", operand: path("a") }, right: n("1") }],
    ["(a = 1) = true", a],
    ["false = (a = 1)", { kind: "not", condition: a }],
    ["(a = 1) <> true", { kind: "not", condition: a }],
    ["(a = 1) IN [true, false]", { kind: "or", left: a, right: { kind: "not", condition: a } }],
    ["@a = 1", a],
  ];
  it.each(cases)("reads %s", (clause, condition) => expect(where(clause)).toEqual(condition));
});
