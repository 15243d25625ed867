import {
  type AttributeValue,
  encodeKey,
  hashValues,
  type KeySchema,
  keyTypesFit,
  namedItem,
  parsePartiql,
  planReads,
} from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { describe, expect, it } from "vitest";

const schema: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } };
const hashOnly: KeySchema = { hash: { name: "pk", type: "S" } };

function where(clause: string) {
  const statement = parsePartiql(`SELECT * FROM t WHERE ${clause}`);
  return statement.kind === "select" ? statement.where : undefined;
}

/** Which of the keys a..c / 1..5 each read of a clause covers; undefined for a scan. */
function covered(clause: string): readonly string[] | undefined {
  return planReads(where(clause), schema)?.map(({ range, filter }) => {
    const keys: string[] = [];
    for (const pk of ["a", "b", "c"]) {
      for (let sk = 1; sk <= 5; sk++) {
        const key = encodeKey(schema, { pk: { S: pk }, sk: { N: String(sk) } });
        const isIn = Buffer.compare(key, range.from) >= 0 && (range.to === undefined || key.compare(range.to) < 0);
        if (isIn) keys.push(`${pk}${sk}`);
      }
    }
    return keys.join() + (filter === undefined ? "" : " filtered");
  });
}

function complaint(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AwsError) return error.message;
    throw error;
  }
  throw new Error("no complaint");
}

describe("reads by key", () => {
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["pk='a'", ["a1,a2,a3,a4,a5"]],
    ["'a'=pk AND 3 > sk", ["a1,a2"]],
    ["pk='a' AND sk=2", ["a2"]],
    ["pk='a' AND sk BETWEEN 2 AND 4", ["a2,a3,a4"]],
    ["pk='a' AND sk>1 AND sk<=3", ["a2,a3"]],
    ["pk='a' AND sk=1 AND sk=2", [""]],
    ["pk='a' AND sk IN [4,2]", ["a4", "a2"]],
    ["pk IN ['b','a'] AND sk=1", ["b1", "a1"]],
    ["pk='a' OR pk='b'", ["a1,a2,a3,a4,a5", "b1,b2,b3,b4,b5"]],
    ["(pk='a' AND sk=1) OR (pk='b' AND x=1)", ["a1", "b1,b2,b3,b4,b5 filtered"]],
    ["pk='a' AND (sk<2 OR sk>4)", ["a1", "a5"]],
    ["pk='a' AND (x=1 OR y=2)", ["a1,a2,a3,a4,a5 filtered"]],
    ["pk='a' AND NOT sk=1", ["a1,a2,a3,a4,a5 filtered"]],
    ["pk='a' AND sk<>1", ["a1,a2,a3,a4,a5 filtered"]],
    ["pk='a' AND pk='b'", [" filtered"]],
    ["pk='a' AND (pk='b' OR x=1)", [" filtered", "a1,a2,a3,a4,a5 filtered"]],
    ["pk='a' AND pk='a' AND sk=1", ["a1"]],
    ["sk=1", undefined],
    ["pk>'a'", undefined],
    ["pk='a' OR x=1", undefined],
    ["pk='a' OR sk=1", undefined],
    ["NOT pk='a'", undefined],
    ["pk IN ['a', other]", undefined],
    ["pk.x='a'", undefined],
  ];
  it.each(cases)("%s reads %j", (clause, reads) => expect(covered(clause)).toEqual(reads));

  const overlap = "Overlapping conditions with range keys are not supported in where clause";
  const many = "Too many decomposed read operations for a given query.";
  const values = (count: number) => Array.from({ length: count }, (_, index) => `'${index}'`).join();
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index).join();
  const refused: readonly (readonly [string, string])[] = [
    ["pk IN ['a','a']", overlap],
    ["pk='a' OR pk='a'", overlap],
    ["pk='a' AND (sk>1 OR sk<3)", overlap],
    ["pk='a' AND (sk=1 OR x=1)", overlap],
    [`pk IN [${values(51)}]`, many],
    [`pk='a' AND sk IN [${numbers(51)}]`, many],
    [`pk IN [${values(26)}] AND sk IN [1,2]`, many],
    ["pk=1", "Key attribute's data type should match its data type in table's schema: Key pk"],
    ["pk='a' AND sk IN [1,'2']", "Key attribute's data type should match its data type in table's schema: Key sk"],
    [
      "pk='a' AND sk>'x'",
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    [
      "pk=''",
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
  ];
  it.each(refused)("refuses %s", (clause, message) => {
    expect(complaint(() => planReads(where(clause), schema))).toBe(message);
  });

  it("takes fifty reads", () => {
    expect(planReads(where(`pk IN [${values(50)}]`), schema)).toHaveLength(50);
    expect(planReads(where(`pk IN [${values(51)}] OR x=1`), schema)).toBeUndefined();
  });
});

describe("partition keys that a clause names", () => {
  const cases: readonly (readonly [string, readonly AttributeValue[] | undefined])[] = [
    ["pk='a' AND x=1", [{ S: "a" }]],
    ["pk IN ['a','b'] AND pk='c'", [{ S: "a" }, { S: "b" }, { S: "c" }]],
    ["pk='a' OR x=1", undefined],
    ["x=1", undefined],
  ];
  it.each(cases)("%s names %j", (clause, values) => expect(hashValues(where(clause), schema)).toEqual(values));

  it("tells whether their types fit", () => {
    expect(keyTypesFit(where("pk='a' AND sk IN [1, 2]"), schema)).toBe(true);
    expect(keyTypesFit(where("pk='a' OR sk IN [1, 'x']"), schema)).toBe(false);
    expect(keyTypesFit(undefined, schema)).toBe(true);
  });
});

describe("the item that a clause names", () => {
  it("takes the key out of the condition", () => {
    const { key, rest } = namedItem(where("(pk='a' AND x=1) AND sk=2 AND pk='a'"), schema);
    expect(key).toEqual({ pk: { S: "a" }, sk: { N: "2" } });
    expect(rest).toEqual(where("x=1"));
    expect(namedItem(where("pk='a'"), hashOnly).rest).toBeUndefined();
  });

  const unnamed = "Where clause does not contain a mandatory equality on all key attributes";
  const cases: readonly (readonly [string, string])[] = [
    ["x=1", unnamed],
    ["pk='a'", unnamed],
    ["pk='a' AND sk>1", unnamed],
    ["pk IN ['a'] AND sk=1", unnamed],
    ["pk='a' OR sk=1", unnamed],
    ["NOT (pk='a' AND sk=1)", unnamed],
    ["pk=1 AND sk=1", "Key attribute's data type should match its data type in table's schema: Key pk"],
    [
      "pk='a' AND sk=1 AND pk='b'",
      "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported",
    ],
  ];
  it.each(cases)("refuses %s", (clause, message) => {
    expect(complaint(() => namedItem(where(clause), schema))).toBe(message);
  });

  it("may keep a second value as a condition that fails", () => {
    const { key, rest } = namedItem(where("pk='a' AND sk=1 AND pk='b'"), schema, "kept");
    expect(key.pk).toEqual({ S: "a" });
    expect(rest).toEqual(where("pk='b'"));
  });
});
