import type { Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf } from "../items.js";
import type { JsonObject } from "../json.js";
import { content, rich } from "./shared.js";

const TableName = "ReturnValues";
const given = content(TableName, { ...rich, parts: { a: 1, b: { c: 2 } }, places: [1, 2, 3] });
const wanted = ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "SOME", ""];
const updates = [
  "SET s = :v",
  "SET x = :v",
  "SET s = :v, n = :v REMOVE b, gone",
  "REMOVE gone",
  "REMOVE s",
  "ADD n :n",
  "DELETE ss :a",
  "SET parts.a = :v, parts.b.c = :v",
  "SET places[1] = :v REMOVE places[0]",
];
const Key = { pk: { S: "rich" } };
const nobody = { pk: { S: "nobody" } };

function valuesIn(expression: string): JsonObject {
  const all = { ":v": { S: "new" }, ":n": { N: "1" }, ":a": { SS: ["a"] } };
  const used = Object.entries(all).filter(([name]) => expression.includes(name));
  return used.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(used) };
}

const fails = { ConditionExpression: "attribute_exists(gone)" };

/** ReturnValues and ReturnValuesOnConditionCheckFailure of the three writes. */
export const returnValues: Family = {
  name: "return values",
  tables: [table(TableName, "pk:S")],
  cases: wanted.flatMap((ReturnValues) => [
    one(`PutItem over an item: ${ReturnValues}`, given, "PutItem", {
      TableName,
      Item: itemOf({ pk: "rich", s: "new" }),
      ReturnValues,
    }),
    one(`PutItem of a new item: ${ReturnValues}`, given, "PutItem", {
      TableName,
      Item: itemOf({ pk: "nobody", s: "new" }),
      ReturnValues,
    }),
    one(`DeleteItem: ${ReturnValues}`, given, "DeleteItem", { TableName, Key, ReturnValues }),
    one(`DeleteItem of nothing: ${ReturnValues}`, given, "DeleteItem", { TableName, Key: nobody, ReturnValues }),
    ...updates.map((UpdateExpression) =>
      one(`UpdateItem ${UpdateExpression}: ${ReturnValues}`, given, "UpdateItem", {
        TableName,
        Key,
        UpdateExpression,
        ...valuesIn(UpdateExpression),
        ReturnValues,
      }),
    ),
    one(`UpdateItem of nothing: ${ReturnValues}`, given, "UpdateItem", {
      TableName,
      Key: nobody,
      UpdateExpression: "SET s = :v",
      ...valuesIn(":v"),
      ReturnValues,
    }),
    ...(
      [
        ["PutItem", { Item: itemOf(rich) }],
        ["DeleteItem", { Key }],
        ["UpdateItem", { Key, UpdateExpression: "REMOVE s" }],
        ["DeleteItem", { Key: nobody }],
      ] as const
    ).map(([operation, input], at) =>
      one(`on a failed condition, ${operation}${at === 3 ? " of nothing" : ""}: ${ReturnValues}`, given, operation, {
        TableName,
        ...input,
        ...fails,
        ReturnValuesOnConditionCheckFailure: ReturnValues,
      }),
    ),
  ]),
};
