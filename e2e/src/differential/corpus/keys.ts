import type { Family } from "../case.js";
import { definition, index, one, table } from "../case.js";
import { bytes, itemOf, number, raw, type ShortMap, set } from "../items.js";
import { content } from "./shared.js";

const [texts, numbers, pairs] = ["KeyTexts", "KeyNumbers", "KeyPairs"] as const;

const given = {
  ...content(texts, { pk: "a", v: 1 }),
  ...content(numbers, { pk: 1, v: 1 }),
  ...content(pairs, { pk: "a", sk: 1, g: "g", h: 5, v: 1 }),
};

const keys: readonly (readonly [string, string, ShortMap])[] = [
  ["right", texts, { pk: "a" }],
  ["nothing there", texts, { pk: "z" }],
  ["empty", texts, { pk: "" }],
  ["of the wrong type", texts, { pk: 1 }],
  ["a set", texts, { pk: set("a") }],
  ["null", texts, { pk: null }],
  ["an empty value", texts, { pk: raw({}) }],
  ["JSON null", texts, { pk: raw(null) }],
  ["no key", texts, {}],
  ["another attribute", texts, { id: "a" }],
  ["too much", texts, { pk: "a", sk: "b" }],
  ["2048 bytes", texts, { pk: "x".repeat(2048) }],
  ["2049 bytes", texts, { pk: "x".repeat(2049) }],
  ["2049 bytes in 1025 characters", texts, { pk: `${"é".repeat(1024)}x` }],
  ["another spelling", numbers, { pk: number("1.00") }],
  ["no number", numbers, { pk: number("x") }],
  ["a long number", numbers, { pk: number("1".repeat(39)) }],
  ["a text for a number", numbers, { pk: "1" }],
  ["a pair", pairs, { pk: "a", sk: 1 }],
  ["half a pair", pairs, { pk: "a" }],
  ["the other half", pairs, { sk: 1 }],
  ["a pair and more", pairs, { pk: "a", sk: 1, v: 1 }],
  ["a pair with a wrong half", pairs, { pk: "a", sk: "1" }],
  ["a pair of bytes", pairs, { pk: bytes("AQ=="), sk: 1 }],
];

const indexed: readonly (readonly [string, ShortMap])[] = [
  ["right", { g: "x", h: 1 }],
  ["absent", {}],
  ["wrong hash", { g: 1 }],
  ["wrong range", { g: "x", h: "1" }],
  ["null", { g: null }],
  ["empty", { g: "" }],
  ["a set", { g: set("x") }],
  ["2048 bytes", { g: "x".repeat(2048) }],
  ["2049 bytes", { g: "x".repeat(2049) }],
  ["local, wrong", { h: "1" }],
];

const indexedTable = table(pairs, "pk:S", "sk:N", {
  AttributeDefinitions: [definition("g:S"), definition("h:N")],
  GlobalSecondaryIndexes: [index("global", ["g", "h"])],
  LocalSecondaryIndexes: [index("local", ["pk", "h"])],
});

/** Keys, right and wrong, in every operation on single items. */
export const keyCases: Family = {
  name: "keys",
  tables: [table(texts, "pk:S"), table(numbers, "pk:N"), indexedTable],
  cases: [
    ...keys.flatMap(([name, TableName, key]) => [
      one(`GetItem: ${name}`, given, "GetItem", { TableName, Key: itemOf(key) }),
      one(`DeleteItem: ${name}`, given, "DeleteItem", { TableName, Key: itemOf(key), ReturnValues: "ALL_OLD" }),
      one(`UpdateItem: ${name}`, given, "UpdateItem", {
        TableName,
        Key: itemOf(key),
        UpdateExpression: "SET v = :v",
        ExpressionAttributeValues: { ":v": { N: "2" } },
        ReturnValues: "ALL_NEW",
      }),
      one(`PutItem: ${name}`, given, "PutItem", { TableName, Item: itemOf(key), ReturnValues: "ALL_OLD" }),
      one(`BatchGetItem: ${name}`, given, "BatchGetItem", { RequestItems: { [TableName]: { Keys: [itemOf(key)] } } }),
      one(`BatchWriteItem put: ${name}`, given, "BatchWriteItem", {
        RequestItems: { [TableName]: [{ PutRequest: { Item: itemOf(key) } }] },
      }),
      one(`BatchWriteItem delete: ${name}`, given, "BatchWriteItem", {
        RequestItems: { [TableName]: [{ DeleteRequest: { Key: itemOf(key) } }] },
      }),
    ]),
    ...indexed.flatMap(([name, attributes]) => [
      one(`index keys in PutItem: ${name}`, given, "PutItem", {
        TableName: pairs,
        Item: itemOf({ pk: "new", sk: 1, ...attributes }),
      }),
      one(`index keys in BatchWriteItem: ${name}`, given, "BatchWriteItem", {
        RequestItems: { [pairs]: [{ PutRequest: { Item: itemOf({ pk: "new", sk: 1, ...attributes }) } }] },
      }),
      ...(Object.keys(attributes).length === 0
        ? []
        : [
            one(`index keys in UpdateItem: ${name}`, given, "UpdateItem", {
              TableName: pairs,
              Key: itemOf({ pk: "a", sk: 1 }),
              UpdateExpression: `SET ${Object.keys(attributes)
                .map((attribute) => `${attribute} = :${attribute}`)
                .join(", ")}`,
              ExpressionAttributeValues: itemOf(
                Object.fromEntries(Object.entries(attributes).map(([attribute, value]) => [`:${attribute}`, value])),
              ),
              ReturnValues: "ALL_NEW",
            }),
          ]),
    ]),
    one("an index key removed", given, "UpdateItem", {
      TableName: pairs,
      Key: itemOf({ pk: "a", sk: 1 }),
      UpdateExpression: "REMOVE g",
      ReturnValues: "ALL_NEW",
    }),
    one("a path into an index key", given, "UpdateItem", {
      TableName: pairs,
      Key: itemOf({ pk: "a", sk: 1 }),
      UpdateExpression: "SET g.a = :v",
      ExpressionAttributeValues: { ":v": { N: "2" } },
    }),
    one("a number added to an index key", given, "UpdateItem", {
      TableName: pairs,
      Key: itemOf({ pk: "a", sk: 1 }),
      UpdateExpression: "ADD h :v",
      ExpressionAttributeValues: { ":v": { N: "2" } },
      ReturnValues: "UPDATED_NEW",
    }),
  ],
};
