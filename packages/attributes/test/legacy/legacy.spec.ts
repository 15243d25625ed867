import {
  evaluateCondition,
  fromAttributesToGet,
  fromAttributeUpdates,
  fromExpected,
  fromFilter,
  fromKeyConditions,
  NameTable,
  printCondition,
  printUpdate,
  validateCondition,
} from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const S = (text: string) => ({ S: text });
const N = (text: string) => ({ N: text });
const wrong = "One or more parameter values were invalid:";
const validation = (message: string) => expect.objectContaining({ code: "ValidationException", message });

describe("Expected", () => {
  const printed = (expected: unknown, operator?: string) => {
    const condition = fromExpected(expected, operator);
    if (condition === undefined) return undefined;
    validateCondition(condition, "ConditionExpression");
    return printCondition(condition, new NameTable());
  };

  it.each([
    [undefined, undefined, undefined],
    [{}, undefined, undefined],
    [{ a: { Value: S("x") } }, undefined, "#n0 = :v0"],
    [{ a: { Value: S("x"), Exists: true } }, undefined, "#n0 = :v0"],
    [{ a: { Exists: false } }, undefined, "attribute_not_exists(#n0)"],
    [{ a: { ComparisonOperator: "NULL" } }, undefined, "attribute_not_exists(#n0)"],
    [{ a: { ComparisonOperator: "NOT_NULL" } }, undefined, "attribute_exists(#n0)"],
    [{ a: { ComparisonOperator: "NE", Value: S("x") } }, undefined, "#n0 <> :v0"],
    [{ a: { ComparisonOperator: "EQ", AttributeValueList: [{ L: [] }] } }, undefined, "#n0 = :v0"],
    [
      { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [N("1"), N("2")] } },
      undefined,
      "#n0 BETWEEN :v0 AND :v1",
    ],
    [{ a: { ComparisonOperator: "IN", AttributeValueList: [N("1"), N("2")] } }, undefined, "#n0 IN (:v0, :v1)"],
    [{ a: { ComparisonOperator: "BEGINS_WITH", Value: S("x") } }, undefined, "begins_with(#n0, :v0)"],
    [{ a: { ComparisonOperator: "CONTAINS", Value: S("x") } }, undefined, "contains(#n0, :v0)"],
    [
      { a: { ComparisonOperator: "NOT_CONTAINS", Value: S("x") } },
      undefined,
      "attribute_exists(#n0) AND NOT contains(#n0, :v0)",
    ],
    [{ a: { Exists: false }, b: { Value: S("x") } }, "OR", "attribute_not_exists(#n0) OR #n1 = :v0"],
    [{ a: { Exists: false }, b: { Value: S("x") } }, undefined, "attribute_not_exists(#n0) AND #n1 = :v0"],
  ])("%j with %s is %s", (expected, operator, text) => {
    expect(printed(expected, operator)).toBe(text);
  });

  it.each([
    [
      { a: { Value: S("x"), AttributeValueList: [] } },
      `${wrong} Value and AttributeValueList cannot be used together for Attribute: a`,
    ],
    [
      { a: { ComparisonOperator: "EQ", Exists: true, Value: S("x") } },
      `${wrong} Exists and ComparisonOperator cannot be used together for Attribute: a`,
    ],
    [
      { a: { ComparisonOperator: "LT" } },
      `${wrong} Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a`,
    ],
    [
      { a: { AttributeValueList: [S("x")] } },
      `${wrong} AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
    ],
    [{ a: {} }, `${wrong} Value must be provided when Exists is null for Attribute: a`],
    [{ a: { Exists: true } }, `${wrong} Value must be provided when Exists is true for Attribute: a`],
    [{ a: { Exists: false, Value: S("x") } }, `${wrong} Value cannot be used when Exists is false for Attribute: a`],
    [
      { a: { ComparisonOperator: "NULL", Value: S("x") } },
      `${wrong} Invalid number of argument(s) for the NULL ComparisonOperator`,
    ],
    [
      { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [S("x")] } },
      `${wrong} Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
    ],
    [
      { a: { ComparisonOperator: "IN", AttributeValueList: [S("x"), N("1")] } },
      `${wrong} AttributeValues inside AttributeValueList must be of same type`,
    ],
    [
      { a: { ComparisonOperator: "LT", Value: { SS: ["a"] } } },
      `${wrong} ComparisonOperator LT is not valid for SS AttributeValue type`,
    ],
    [
      { a: { ComparisonOperator: "BETWEEN", AttributeValueList: [N("10"), N("9")] } },
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    ],
    [{ a: { Value: {} } }, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"],
  ])("refuses %j", (expected, message) => {
    expect(() => fromExpected(expected, undefined)).toThrow(validation(message));
  });

  it("takes a ConditionalOperator for several conditions only", () => {
    expect(() => fromExpected({}, "AND")).toThrow("ConditionalOperator cannot be used without Filter or Expected");
    expect(() => fromExpected({ a: { Exists: false } }, "OR")).toThrow(
      "ConditionalOperator can only be used when Filter or Expected has two or more elements",
    );
  });

  it("does not hold with NOT_CONTAINS where the attribute is missing", () => {
    const condition = fromExpected({ a: { ComparisonOperator: "NOT_CONTAINS", Value: S("x") } }, undefined)!;
    expect(evaluateCondition(condition, {})).toBe(false);
    expect(evaluateCondition(condition, { a: S("y") })).toBe(true);
  });
});

describe("QueryFilter and ScanFilter", () => {
  it("are conditions", () => {
    const filter = { a: { ComparisonOperator: "GT", AttributeValueList: [N("1.0")] } };
    expect(fromFilter(filter, undefined, "ScanFilter")).toEqual({
      kind: "compare",
      operator: ">",
      left: { kind: "path", path: ["a"] },
      right: { kind: "value", value: N("1") },
    });
    expect(fromFilter(undefined, undefined, "QueryFilter")).toBeUndefined();
  });

  it("need an operator", () => {
    expect(() => fromFilter({ a: {} }, undefined, "ScanFilter")).toThrow(
      "1 validation error detected: Value null at 'scanFilter.a.member.comparisonOperator' failed to satisfy " +
        "constraint: Member must not be null",
    );
  });
});

describe("KeyConditions", () => {
  const schema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } } as const;
  const condition = (operator: string, ...values: readonly unknown[]) => ({
    ComparisonOperator: operator,
    AttributeValueList: values,
  });

  it("select like key condition expressions", () => {
    expect(
      fromKeyConditions({ sk: condition("BETWEEN", N("1"), N("2")), pk: condition("EQ", S("a")) }, schema),
    ).toEqual({
      hash: S("a"),
      range: { operator: "between", low: N("1"), high: N("2") },
    });
  });

  it.each([
    [{ pk: condition("NE", S("a")) }, "Attempted conditional constraint is not an indexable operation"],
    [{ pk: condition("GT", S("a")) }, "Query key condition not supported"],
    [{ sk: condition("EQ", N("1")) }, "Query condition missed key schema element: pk"],
    [{}, "Conditions can be of length 1 or 2 only"],
    [
      { pk: condition("EQ", S("a")), sk: condition("BEGINS_WITH", N("1")) },
      `${wrong} ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
    ],
    [{ pk: condition("EQ", N("1")) }, `${wrong} Condition parameter type does not match schema type`],
  ])("refuses %j", (conditions, message) => {
    expect(() => fromKeyConditions(conditions, schema)).toThrow(validation(message));
  });
});

describe("AttributeUpdates", () => {
  it("are PUTs, ADDs, DELETEs with and without value", () => {
    const update = fromAttributeUpdates({
      gone: { Action: "DELETE" },
      less: { Action: "DELETE", Value: { SS: ["a"] } },
      more: { Action: "ADD", Value: N("1") },
      set: { Value: S("x") },
      list: { Action: "ADD", Value: { L: [S("x")] } },
    });
    expect(printUpdate(update, new NameTable())).toBe(
      "SET #n0 = :v0, #n1 = list_append(if_not_exists(#n1, :v1), :v2) ADD #n2 :v3 DELETE #n3 :v4 REMOVE #n4",
    );
    expect(fromAttributeUpdates({})).toEqual([]);
    expect(fromAttributeUpdates(undefined)).toEqual([]);
  });

  it.each([
    [{ a: {} }, `${wrong} Only DELETE action is allowed when no attribute value is specified`],
    [{ a: { Action: "ADD", Value: S("x") } }, `${wrong} ADD action is not supported for the type S`],
    [{ a: { Action: "DELETE", Value: N("1") } }, `${wrong} DELETE action with value is not supported for the type N`],
    [{ a: { Action: "MOVE", Value: N("1") } }, `${wrong} Unknown attribute action: MOVE`],
  ])("refuses %j", (updates, message) => {
    expect(() => fromAttributeUpdates(updates)).toThrow(validation(message));
  });

  it("must be objects", () => {
    expect(() => fromAttributeUpdates([])).toThrow("Unexpected field type");
  });
});

describe("AttributesToGet", () => {
  it("is a projection of whole attributes, whatever their names", () => {
    expect(fromAttributesToGet(["a", "b.c", "size"])).toEqual([["a"], ["b.c"], ["size"]]);
  });

  it("names no attribute twice", () => {
    expect(() => fromAttributesToGet(["a", "b", "a"])).toThrow(`${wrong} Duplicate value in attribute name: a`);
    expect(() => fromAttributesToGet("a")).toThrow("Unexpected field type");
  });
});
