import type { Family } from "../case.js";
import { one, table } from "../case.js";
import { byteSet, type Short, set, shortValue } from "../items.js";
import type { Json, JsonObject } from "../json.js";
import { content, rich } from "./shared.js";

const TableName = "LegacyUpdates";
const sorted = "LegacyKeys";
const given = {
  ...content(TableName, rich),
  ...content(sorted, ...[1, 2, 3, 10].map((sk) => ({ pk: "p", sk, s: `s${sk}` }))),
};
const Key = { pk: { S: "rich" } };

type Change = readonly [attribute: string, action: string | undefined, value?: Short];

const changes: readonly (readonly [...Change[]])[] = [
  [["s", "PUT", "bye"]],
  [["x", undefined, "bye"]],
  [["s", "PUT"]],
  [["s", "DELETE"]],
  [["missing", "DELETE"]],
  [["ss", "DELETE", set("a", "zz")]],
  [["ss", "DELETE", set("a", "b", "c")]],
  [["ss", "DELETE", set(1)]],
  [["ss", "DELETE", "a"]],
  [["s", "DELETE", set("a")]],
  [["missing", "DELETE", set("a")]],
  [["n", "ADD", 3]],
  [["n", "ADD", -7.5]],
  [["missing", "ADD", 3]],
  [["n", "ADD", "3"]],
  [["s", "ADD", 3]],
  [["ss", "ADD", set("d")]],
  [["ns", "ADD", set(3, 4)]],
  [["bs", "ADD", byteSet("Aw==")]],
  [["ss", "ADD", set(1)]],
  [["missing", "ADD", set("d")]],
  [["l", "ADD", [9]]],
  [["missing", "ADD", [9]]],
  [["m", "ADD", { a: 1 }]],
  [["n", "ADD"]],
  [["n", "REPLACE", 1]],
  [["pk", "PUT", "x"]],
  [["pk", "DELETE"]],
  [["m.a", "PUT", 1]],
  [
    ["s", "PUT", 1],
    ["n", "ADD", 1],
    ["ss", "DELETE", set("a")],
    ["l", "DELETE"],
  ],
  [],
];

const attributeUpdates = (rows: readonly Change[]): JsonObject =>
  Object.fromEntries(
    rows.map(([attribute, Action, value]) => [
      attribute,
      { ...(Action === undefined ? {} : { Action }), ...(value === undefined ? {} : { Value: shortValue(value) }) },
    ]),
  );

const keys = (ComparisonOperator: string, ...values: readonly Short[]): JsonObject => ({
  ComparisonOperator,
  ...(values.length === 0 ? {} : { AttributeValueList: values.map(shortValue) }),
});

const keyConditions: readonly (readonly [string, Json, JsonObject?])[] = [
  ["the partition", { pk: keys("EQ", "p") }],
  ["equal", { pk: keys("EQ", "p"), sk: keys("EQ", 2) }],
  ["less", { pk: keys("EQ", "p"), sk: keys("LT", 3) }],
  ["at most", { pk: keys("EQ", "p"), sk: keys("LE", 3) }],
  ["more", { pk: keys("EQ", "p"), sk: keys("GT", 2) }],
  ["at least", { pk: keys("EQ", "p"), sk: keys("GE", 10) }],
  ["between", { pk: keys("EQ", "p"), sk: keys("BETWEEN", 2, 3) }],
  ["between, reversed", { pk: keys("EQ", "p"), sk: keys("BETWEEN", 3, 2) }],
  ["begins with a number", { pk: keys("EQ", "p"), sk: keys("BEGINS_WITH", 1) }],
  ["not equal", { pk: keys("EQ", "p"), sk: keys("NE", 1) }],
  ["IN", { pk: keys("EQ", "p"), sk: keys("IN", 1, 2) }],
  ["not null", { pk: keys("EQ", "p"), sk: keys("NOT_NULL") }],
  ["of the wrong type", { pk: keys("EQ", "p"), sk: keys("EQ", "2") }],
  ["two values", { pk: keys("EQ", "p", "q") }],
  ["no value", { pk: keys("EQ") }],
  ["a partition range", { pk: keys("GT", "p") }],
  ["only the sort key", { sk: keys("EQ", 1) }],
  ["another attribute", { pk: keys("EQ", "p"), s: keys("EQ", "s1") }],
  ["three conditions", { pk: keys("EQ", "p"), sk: keys("GT", 1), s: keys("EQ", "s1") }],
  ["no conditions", {}],
  ["an empty partition value", { pk: keys("EQ", "") }],
  ["filtered", { pk: keys("EQ", "p") }, { QueryFilter: { s: keys("GT", "s1") } }],
  ["filtered on the key", { pk: keys("EQ", "p") }, { QueryFilter: { sk: keys("GT", 1) } }],
  [
    "filtered by either",
    { pk: keys("EQ", "p") },
    {
      QueryFilter: { s: keys("EQ", "s1"), x: keys("NOT_NULL") },
      ConditionalOperator: "OR",
    },
  ],
  ["an operator without a filter", { pk: keys("EQ", "p") }, { ConditionalOperator: "OR" }],
  ["some attributes", { pk: keys("EQ", "p") }, { AttributesToGet: ["s"] }],
  ["no attributes", { pk: keys("EQ", "p") }, { AttributesToGet: [] }],
  ["backwards, two", { pk: keys("EQ", "p") }, { ScanIndexForward: false, Limit: 2 }],
  ["with placeholders", { pk: keys("EQ", "p") }, { ExpressionAttributeValues: { ":v": { S: "x" } } }],
];

/** AttributeUpdates in UpdateItem, KeyConditions and QueryFilter in Query. */
export const legacyUpdates: Family = {
  name: "legacy updates and key conditions",
  tables: [table(TableName, "pk:S"), table(sorted, "pk:S", "sk:N")],
  cases: [
    ...["ALL_NEW", "UPDATED_OLD"].flatMap((ReturnValues) =>
      changes.map((rows) =>
        one(`AttributeUpdates ${JSON.stringify(attributeUpdates(rows))} ${ReturnValues}`, given, "UpdateItem", {
          TableName,
          Key,
          AttributeUpdates: attributeUpdates(rows),
          ReturnValues,
        }),
      ),
    ),
    ...["PUT", "ADD"].map((Action) =>
      one(`AttributeUpdates ${Action} on no item`, given, "UpdateItem", {
        TableName,
        Key: { pk: { S: "nobody" } },
        AttributeUpdates: { n: { Action, Value: { N: "1" } } },
        ReturnValues: "UPDATED_NEW",
      }),
    ),
    one("AttributeUpdates beside an expression", given, "UpdateItem", {
      TableName,
      Key,
      AttributeUpdates: { n: { Action: "DELETE" } },
      UpdateExpression: "REMOVE n",
    }),
    one("AttributeUpdates with Expected", given, "UpdateItem", {
      TableName,
      Key,
      AttributeUpdates: { n: { Action: "ADD", Value: { N: "1" } } },
      Expected: { n: { Value: { N: "5" } } },
      ReturnValues: "UPDATED_NEW",
    }),
    ...keyConditions.map(([name, KeyConditions, more]) =>
      one(`KeyConditions: ${name}`, given, "Query", { TableName: sorted, KeyConditions, ...more }),
    ),
  ],
};
