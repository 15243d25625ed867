import type { Case, Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf, type Short } from "../items.js";
import { content } from "./shared.js";

const TableName = "Limits";
const given = {};
const itemBytes = 400 * 1024;
/** `pk` and its one byte, and the other attribute's name. */
const otherBytes = "pk".length + 1 + "v".length;
const room = itemBytes - otherBytes;

const sized: readonly (readonly [string, Short])[] = [
  ["a text that fits", "x".repeat(room)],
  ["a text one byte too long", "x".repeat(room + 1)],
  ["two-byte characters that fit", "é".repeat(Math.floor(room / 2))],
  ["two-byte characters too many", "é".repeat(Math.floor(room / 2) + 1)],
  ["a list that fits", ["x".repeat(room - 4)]],
  ["a list too long", ["x".repeat(room - 3)]],
  ["a map that fits", { k: "x".repeat(room - 5) }],
  ["a map too long", { k: "x".repeat(room - 4) }],
  ["many nulls", Array.from({ length: 200_000 }, () => null)],
];

const grow = (name: string, present: number, added: number): Case => ({
  name: `an update that ${name}`,
  given: content(TableName, { pk: "a", v: "x".repeat(present) }),
  steps: [
    {
      operation: "UpdateItem",
      input: {
        TableName,
        Key: { pk: { S: "a" } },
        UpdateExpression: "SET w = :w",
        ExpressionAttributeValues: { ":w": { S: "y".repeat(added) } },
      },
    },
  ],
});

const pages = content(TableName, ...Array.from({ length: 12 }, (_, at) => ({ pk: `p${at}`, v: "x".repeat(200_000) })));

const deep = (levels: number): string => `${"(".repeat(levels)}attribute_exists(v)${")".repeat(levels)}`;

/** Sizes of items, pages and expressions. */
export const limits: Family = {
  name: "limits",
  tables: [table(TableName, "pk:S")],
  cases: [
    ...sized.map(([name, v]) =>
      one(`PutItem of ${name}`, given, "PutItem", { TableName, Item: itemOf({ pk: "a", v }) }),
    ),
    grow("fits", 200_000, itemBytes - 200_000 - otherBytes - 1),
    grow("is one byte too much", 200_000, itemBytes - 200_000 - otherBytes),
    {
      name: "a page of one megabyte",
      given: pages,
      steps: [{ operation: "Scan", input: { TableName, Select: "COUNT" }, allPages: true }],
    },
    one("a name of 255 characters", given, "PutItem", { TableName, Item: itemOf({ pk: "a", ["n".repeat(255)]: 1 }) }),
    one("a name of 65535 bytes", given, "PutItem", { TableName, Item: itemOf({ pk: "a", ["n".repeat(65_535)]: 1 }) }),
    one("a name of 65536 bytes", given, "PutItem", { TableName, Item: itemOf({ pk: "a", ["n".repeat(65_536)]: 1 }) }),
    one("an empty name", given, "PutItem", { TableName, Item: itemOf({ pk: "a", "": 1 }) }),
    ...[10, 100, 290].map((levels) =>
      one(`${levels} parentheses`, given, "PutItem", {
        TableName,
        Item: itemOf({ pk: "a" }),
        ConditionExpression: deep(levels),
      }),
    ),
    one("an expression of 4096 bytes", given, "PutItem", {
      TableName,
      Item: itemOf({ pk: "a" }),
      ConditionExpression: `attribute_not_exists(${"a".repeat(4074)})`,
    }),
    one("an expression of 4097 bytes", given, "PutItem", {
      TableName,
      Item: itemOf({ pk: "a" }),
      ConditionExpression: `attribute_not_exists(${"a".repeat(4075)})`,
    }),
  ],
};
