import type { AttributeValue, KeySchema } from "@hotkeep/attributes";
import { checkFilterKeys, keyConditionOf, PlaceholderUse, parseCondition } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const schema: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } };
const hashOnly: KeySchema = { hash: { name: "pk", type: "S" } };
const text: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "S" } };
const values: Readonly<Record<string, AttributeValue>> = {
  ":a": { S: "a" },
  ":b": { S: "b" },
  ":e": { S: "" },
  ":n": { N: "1" },
  ":m": { N: "2" },
};
const of = (expression: string, spec: KeySchema = schema) =>
  keyConditionOf(parseCondition(expression, "KeyConditionExpression", new PlaceholderUse({}, values)), spec);

describe("keyConditionOf", () => {
  const hash = { S: "a" };
  it.each([
    ["pk = :a", schema, { hash }],
    ["(pk = :a)", hashOnly, { hash }],
    [":a = pk", schema, { hash }],
    ["pk = :a AND sk = :n", schema, { hash, range: { operator: "=", value: { N: "1" } } }],
    ["sk < :n AND pk = :a", schema, { hash, range: { operator: "<", value: { N: "1" } } }],
    ["(pk = :a) AND (:n < sk)", schema, { hash, range: { operator: ">", value: { N: "1" } } }],
    ["pk = :a AND :n >= sk", schema, { hash, range: { operator: "<=", value: { N: "1" } } }],
    [
      "pk = :a AND sk BETWEEN :n AND :m",
      schema,
      { hash, range: { operator: "between", low: { N: "1" }, high: { N: "2" } } },
    ],
    ["pk = :a AND begins_with(sk, :b)", text, { hash, range: { operator: "begins_with", value: { S: "b" } } }],
  ] as const)("understands %s", (expression, spec, condition) => {
    expect(of(expression, spec)).toEqual(condition);
  });

  const mismatch = "One or more parameter values were invalid: Condition parameter type does not match schema type";
  const operator = (name: string) => `Invalid operator used in KeyConditionExpression: ${name}`;
  it.each([
    ["pk = :a OR sk = :n", schema, operator("OR")],
    ["NOT pk = :a", schema, operator("NOT")],
    ["pk IN (:a)", schema, operator("IN")],
    ["pk = :a AND sk <> :n", schema, operator("<>")],
    ["pk = :a AND contains(sk, :a)", schema, operator("contains")],
    ["pk = :a AND attribute_exists(sk)", schema, operator("attribute_exists")],
    ["pk = :a AND size(sk) = :n", schema, "KeyConditionExpressions cannot contain nested operations"],
    ["pk = :a AND sk = size(:a)", schema, "KeyConditionExpressions cannot contain nested operations"],
    ["pk > :a", schema, "Query key condition not supported"],
    ["begins_with(pk, :a)", schema, "Query key condition not supported"],
    ["pk = :a AND sk = :n", hashOnly, "Query key condition not supported"],
    ["sk = :n", schema, "Query condition missed key schema element: pk"],
    ["pk = :a AND x = :a", schema, "Query condition missed key schema element: sk"],
    ["x = :a AND y = :b", schema, "Query condition missed key schema element: pk"],
    ["pk = :a AND sk = :n AND x = :a", schema, "Conditions can be of length 1 or 2 only"],
    ["pk = :a AND pk = :b", schema, "KeyConditionExpressions must only contain one condition per key"],
    [":a = :b", schema, "Invalid condition in KeyConditionExpression: No key attribute specified"],
    ["pk = sk", schema, "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"],
    [
      "pk = :a AND sk BETWEEN :n AND x",
      schema,
      "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
    ],
    [
      "pk = :a AND :n BETWEEN sk AND sk",
      schema,
      "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand",
    ],
    [
      "pk = :a AND begins_with(:a, sk)",
      schema,
      "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
    ],
    [
      "pk.a = :a",
      schema,
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
    ],
    ["pk = :a AND x[0] = :n", schema, "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["pk = :n", schema, mismatch],
    ["pk = :a AND sk = :a", schema, mismatch],
    [
      "pk = :e",
      schema,
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
        "string value. Key: pk",
    ],
  ] as const)("refuses %s", (expression, spec, message) => {
    expect(() => of(expression, spec)).toThrow(expect.objectContaining({ code: "ValidationException", message }));
  });

  it("refuses begins_with on numbers in trees that no parser has checked", () => {
    const condition = {
      kind: "and",
      left: {
        kind: "compare",
        operator: "=",
        left: { kind: "path", path: ["pk"] },
        right: { kind: "value", value: { S: "a" } },
      },
      right: {
        kind: "begins_with",
        operand: { kind: "path", path: ["sk"] },
        argument: { kind: "value", value: { N: "1" } },
      },
    } as const;
    expect(() => keyConditionOf(condition, schema)).toThrow("operator or function: begins_with, operand type: N");
  });
});

describe("empty values of index keys", () => {
  it("are refused with the index's name", () => {
    const condition = parseCondition(
      "pk = :e",
      "KeyConditionExpression",
      new PlaceholderUse({}, { ...values, ":e": { S: "" } }),
    );
    const cannot = "The AttributeValue for a key attribute cannot contain an empty string value.";
    expect(() => keyConditionOf(condition, schema)).toThrow(`${cannot} Key: pk`);
    expect(() => keyConditionOf(condition, schema, "byPk")).toThrow(`${cannot} IndexName: byPk, IndexKey: pk`);
  });
});

describe("filters of queries", () => {
  const filter = (expression: string) => parseCondition(expression, "FilterExpression", new PlaceholderUse({}, values));

  it.each([
    ["x = :a AND NOT sk = :n", "sk"],
    ["size(pk) = :n", "pk"],
    ["x IN (:a, sk) OR contains(pk, :a)", "pk"],
  ])("must not look at keys: %s", (expression, key) => {
    const message = `can only contain non-primary key attributes: Primary key attribute: ${key}`;
    expect(() => checkFilterKeys(filter(expression), schema)).toThrow(`Filter Expression ${message}`);
    expect(() => checkFilterKeys(filter(expression), schema, "QueryFilter")).toThrow(`QueryFilter ${message}`);
  });

  it("may look at everything else", () => {
    expect(() => checkFilterKeys(filter("a.pk = :a AND attribute_exists(b.sk)"), schema)).not.toThrow();
  });
});
