import type { Family } from "../case.js";
import { one, table } from "../case.js";
import { byteSet, bytes, itemOf, number, type Short, set, shortValue } from "../items.js";
import type { Json, JsonObject } from "../json.js";
import { content, rich } from "./shared.js";

const TableName = "LegacyConditions";
const given = content(TableName, rich);

type Comparison = readonly [attribute: string, operator: string, ...values: Short[]];

const comparisons: readonly Comparison[] = [
  ["s", "EQ", "hello"],
  ["s", "EQ", "x"],
  ["n", "EQ", number("5.0")],
  ["n", "EQ", "5"],
  ["l", "EQ", [1, "two", [3, { deep: "x" }], null]],
  ["ss", "EQ", set("b", "a", "c")],
  ["missing", "EQ", 1],
  ["s", "NE", "x"],
  ["missing", "NE", 1],
  ["n", "NE", "5"],
  ["n", "LE", 5],
  ["n", "LT", 5],
  ["n", "GE", 6],
  ["n", "GT", 4],
  ["n", "GT", "a"],
  ["ss", "GT", set("a")],
  ["t", "LT", true],
  ["s", "NOT_NULL"],
  ["missing", "NOT_NULL"],
  ["nil", "NOT_NULL"],
  ["missing", "NULL"],
  ["nil", "NULL"],
  ["s", "NULL", 1],
  ["s", "CONTAINS", "ell"],
  ["ss", "CONTAINS", "a"],
  ["ns", "CONTAINS", 2],
  ["bs", "CONTAINS", bytes("AQ==")],
  ["l", "CONTAINS", "two"],
  ["n", "CONTAINS", 5],
  ["s", "CONTAINS", set("a")],
  ["s", "CONTAINS", 5],
  ["m", "CONTAINS", "a"],
  ["missing", "CONTAINS", "a"],
  ["s", "NOT_CONTAINS", "ell"],
  ["ss", "NOT_CONTAINS", "zz"],
  ["missing", "NOT_CONTAINS", "a"],
  ["n", "NOT_CONTAINS", "a"],
  ["s", "BEGINS_WITH", "he"],
  ["b", "BEGINS_WITH", bytes("AQ==")],
  ["n", "BEGINS_WITH", 5],
  ["s", "BEGINS_WITH", set("a")],
  ["missing", "BEGINS_WITH", "a"],
  ["n", "IN", 1, 5],
  ["s", "IN", "x", "hello"],
  ["s", "IN", "x", 1],
  ["s", "IN"],
  ["ss", "IN", set("a")],
  ["n", "BETWEEN", 1, 9],
  ["n", "BETWEEN", 9, 1],
  ["n", "BETWEEN", 1],
  ["n", "BETWEEN", 1, 2, 3],
  ["n", "BETWEEN", 1, "x"],
  ["s", "BETWEEN", "a", "z"],
  ["b", "BETWEEN", bytes("AQ=="), bytes("/w==")],
  ["ss", "BETWEEN", set("a"), set("b")],
  ["bs", "EQ", byteSet("Ag==", "AQ==")],
  ["s", "EQ"],
  ["s", "EQ", "a", "b"],
  ["s", "LIKE", "a"],
  ["s", "eq", "hello"],
  ["s", "NOT_NULL", "a"],
];

const condition = ([, ComparisonOperator, ...values]: Comparison): JsonObject => ({
  ComparisonOperator,
  ...(values.length === 0 ? {} : { AttributeValueList: values.map(shortValue) }),
});

const expectations: readonly (readonly [string, Json, string?])[] = [
  ["a value", { s: { Value: shortValue("hello") } }],
  ["a wrong value", { s: { Value: shortValue("x") } }],
  ["a value and Exists", { s: { Exists: true, Value: shortValue("hello") } }],
  ["not there", { missing: { Exists: false } }],
  ["not there, but it is", { s: { Exists: false } }],
  ["not there, with a value", { s: { Exists: false, Value: shortValue("x") } }],
  ["there, without a value", { s: { Exists: true } }],
  ["nothing", { s: {} }],
  ["no conditions", {}],
  ["a value and an operator", { s: { Value: shortValue("hello"), ComparisonOperator: "EQ" } }],
  ["a value list without an operator", { s: { AttributeValueList: [shortValue("hello")] } }],
  ["Exists and an operator", { s: { Exists: true, ComparisonOperator: "NOT_NULL" } }],
  ["two, both true", { s: { Value: shortValue("hello") }, n: { Value: shortValue(5) } }],
  ["two, one true", { s: { Value: shortValue("hello") }, n: { Value: shortValue(6) } }],
  ["one of two", { s: { Value: shortValue("hello") }, n: { Value: shortValue(6) } }, "OR"],
  ["none of two", { s: { Value: shortValue("x") }, n: { Value: shortValue(6) } }, "OR"],
  ["an operator with no conditions", {}, "OR"],
  ["an unknown operator between them", { s: { Value: shortValue("x") } }, "XOR"],
  ["an invalid value", { s: { Value: { N: "x" } } }],
  ["the key", { pk: { Value: shortValue("rich") } }],
];

const put = { TableName, Item: itemOf(rich) };

/** Expected and ConditionalOperator in PutItem; ScanFilter with the same comparisons. */
export const legacyConditions: Family = {
  name: "legacy conditions",
  tables: [table(TableName, "pk:S")],
  cases: [
    ...comparisons.map((row) =>
      one(`Expected ${JSON.stringify(row)}`, given, "PutItem", { ...put, Expected: { [row[0]]: condition(row) } }),
    ),
    ...comparisons.map((row) =>
      one(`ScanFilter ${JSON.stringify(row)}`, given, "Scan", {
        TableName,
        Select: "COUNT",
        ScanFilter: { [row[0]]: condition(row) },
      }),
    ),
    ...expectations.map(([name, Expected, operator]) =>
      one(`Expected: ${name}`, given, "PutItem", {
        ...put,
        Expected,
        ...(operator === undefined ? {} : { ConditionalOperator: operator }),
      }),
    ),
    one("Expected beside an expression", given, "PutItem", {
      ...put,
      Expected: { s: { Exists: false } },
      ConditionExpression: "attribute_exists(s)",
    }),
    one("DeleteItem with Expected", given, "DeleteItem", {
      TableName,
      Key: { pk: { S: "rich" } },
      Expected: { n: { ComparisonOperator: "GT", AttributeValueList: [{ N: "1" }] } },
      ReturnValues: "ALL_OLD",
    }),
    one("DeleteItem of nothing with Expected", given, "DeleteItem", {
      TableName,
      Key: { pk: { S: "nobody" } },
      Expected: { n: { ComparisonOperator: "NULL" } },
      ReturnValues: "ALL_OLD",
    }),
  ],
};
