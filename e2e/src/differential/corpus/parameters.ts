import type { Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf } from "../items.js";
import type { Json, JsonObject } from "../json.js";
import { content, rich } from "./shared.js";

const TableName = "Parameters";
const given = content(TableName, rich);
const Key = { pk: { S: "rich" } };
const Item = itemOf(rich);
const value = { ExpressionAttributeValues: { ":v": { S: "x" } } };

const operations: Readonly<Record<string, JsonObject>> = {
  GetItem: { TableName, Key },
  PutItem: { TableName, Item },
  DeleteItem: { TableName, Key },
  UpdateItem: { TableName, Key },
  Query: { TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "rich" } } },
  Scan: { TableName },
};

const writes = ["PutItem", "DeleteItem", "UpdateItem"];
const all = Object.keys(operations);

type Change = readonly [name: string, operations: readonly string[], input: JsonObject];

const changes: readonly Change[] = [
  ["an unknown member", all, { Colour: "red" }],
  ["a table name of null", all, { TableName: null }],
  ["a table name that is a number", all, { TableName: 5 }],
  ["a short table name", all, { TableName: "ab" }],
  ["an empty table name", all, { TableName: "" }],
  ["names without an expression", all.filter((it) => it !== "Query"), { ExpressionAttributeNames: { "#a": "s" } }],
  ["values without an expression", [...writes, "Scan"], value],
  ["empty names", all, { ExpressionAttributeNames: {} }],
  ["empty values", [...writes, "Scan"], { ExpressionAttributeValues: {} }],
  [
    "empty names with a condition",
    writes,
    { ConditionExpression: "attribute_exists(s)", ExpressionAttributeNames: {} },
  ],
  [
    "empty values with a condition",
    writes,
    { ConditionExpression: "attribute_exists(s)", ExpressionAttributeValues: {} },
  ],
  ["an unused value", writes, { ConditionExpression: "attribute_exists(s)", ...value }],
  ["an unused name", writes, { ConditionExpression: "attribute_exists(s)", ExpressionAttributeNames: { "#a": "s" } }],
  [
    "two unused names",
    writes,
    {
      ConditionExpression: "attribute_exists(s)",
      ExpressionAttributeNames: { "#a": "s", "#b": "n" },
    },
  ],
  ["an undefined value", writes, { ConditionExpression: "s = :v" }],
  ["an undefined name", writes, { ConditionExpression: "attribute_exists(#s)" }],
  ["an undefined value beside another", writes, { ConditionExpression: "s = :w", ...value }],
  [
    "a placeholder without a colon",
    writes,
    {
      ConditionExpression: "s = :v",
      ExpressionAttributeValues: { v: { S: "x" } },
    },
  ],
  [
    "a placeholder that is a colon",
    writes,
    { ConditionExpression: "s = :v", ExpressionAttributeValues: { ":": { S: "x" } } },
  ],
  [
    "a placeholder with a dash",
    writes,
    {
      ConditionExpression: "s = :v",
      ExpressionAttributeValues: { ":v-w": { S: "x" } },
    },
  ],
  [
    "a name without a hash",
    writes,
    {
      ConditionExpression: "attribute_exists(#s)",
      ExpressionAttributeNames: { s: "s" },
    },
  ],
  [
    "a name for nothing",
    writes,
    { ConditionExpression: "attribute_exists(#s)", ExpressionAttributeNames: { "#s": "" } },
  ],
  ["a bad value", writes, { ConditionExpression: "s = :v", ExpressionAttributeValues: { ":v": { N: "x" } } }],
  ["an empty value", writes, { ConditionExpression: "s = :v", ExpressionAttributeValues: { ":v": {} } }],
  ["an empty set", writes, { ConditionExpression: "s = :v", ExpressionAttributeValues: { ":v": { SS: [] } } }],
  ["a condition and Expected", writes, { ConditionExpression: "attribute_exists(s)", Expected: {} }],
  ["a condition and an operator", writes, { ConditionExpression: "attribute_exists(s)", ConditionalOperator: "AND" }],
  ["an operator alone", writes, { ConditionalOperator: "AND" }],
  ["an unknown ReturnConsumedCapacity", all, { ReturnConsumedCapacity: "ALL" }],
  ["an unknown ReturnItemCollectionMetrics", writes, { ReturnItemCollectionMetrics: "ALL" }],
  ["an unknown ReturnValuesOnConditionCheckFailure", writes, { ReturnValuesOnConditionCheckFailure: "SOME" }],
  ["a ConsistentRead that is a text", ["GetItem", "Query", "Scan"], { ConsistentRead: "yes" }],
  ["Expected that is a list", writes, { Expected: [] }],
  ["a condition that is a number", writes, { ConditionExpression: 5 }],
  ["a condition that is null", writes, { ConditionExpression: null }],
  ["two things wrong", writes, { ReturnConsumedCapacity: "ALL", ReturnItemCollectionMetrics: "ALL" }],
  ["a long condition", writes, { ConditionExpression: `s = :v${" ".repeat(4096)}`, ...value }],
  [
    "many operators",
    writes,
    { ConditionExpression: Array.from({ length: 151 }, (_, at) => `s <> a${at}`).join(" AND ") },
  ],
  [
    "300 operators",
    writes,
    { ConditionExpression: Array.from({ length: 150 }, (_, at) => `s <> a${at}`).join(" AND ") },
  ],
  [
    "101 values in IN",
    ["PutItem"],
    {
      ConditionExpression: `s IN (${Array.from({ length: 101 }, (_, at) => `a${at}`).join(", ")})`,
    },
  ],
  [
    "100 values in IN",
    ["PutItem"],
    {
      ConditionExpression: `s IN (${Array.from({ length: 99 }, (_, at) => `a${at}`).join(", ")}, s)`,
    },
  ],
];

const missing: readonly (readonly [string, Json])[] = [
  ["GetItem", {}],
  ["GetItem", { TableName }],
  ["GetItem", { Key }],
  ["PutItem", {}],
  ["PutItem", { TableName }],
  ["DeleteItem", { TableName }],
  ["UpdateItem", { TableName }],
  ["UpdateItem", { Key }],
  ["Scan", {}],
  ["Query", {}],
  ["DescribeTable", {}],
  ["DeleteTable", {}],
  ["UpdateTable", {}],
  ["TransactWriteItems", {}],
  ["TransactGetItems", {}],
  ["UpdateTimeToLive", { TableName }],
  ["GetItem", []],
  ["GetItem", "text"],
  ["NoSuchOperation", {}],
];

/** What is wrong with a request before anything is looked up. */
export const parameters: Family = {
  name: "parameters",
  tables: [table(TableName, "pk:S")],
  cases: [
    ...changes.flatMap(([name, names, input]) =>
      names.map((operation) => one(`${operation}: ${name}`, given, operation, { ...operations[operation], ...input })),
    ),
    ...missing.map(([operation, input]) => one(`${operation} of ${JSON.stringify(input)}`, given, operation, input)),
  ],
};
