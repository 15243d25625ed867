import type { Case, Family } from "../case.js";
import { definition, index, one, table } from "../case.js";
import { itemOf, type ShortMap } from "../items.js";
import type { JsonObject } from "../json.js";
import { content } from "./shared.js";

const TableName = "Indexes";
const given = content(
  TableName,
  ...Array.from({ length: 12 }, (_, at): ShortMap => {
    const whole: ShortMap = { pk: at < 8 ? "p" : "q", sk: at, when: 100 - at, note: `n${at}`, more: { at } };
    return { ...whole, ...(at % 3 === 0 ? {} : { kind: at % 2 === 0 ? "even" : "odd" }) };
  }),
  { pk: "r", sk: 1 },
);

const indexedTable = table(TableName, "pk:S", "sk:N", {
  AttributeDefinitions: [definition("kind:S"), definition("when:N")],
  GlobalSecondaryIndexes: [
    index("byKind", ["kind", "when"]),
    index("byKindKeys", ["kind", "when"], "KEYS_ONLY"),
    index("byKindNote", ["kind", "when"], ["note"]),
    index("byWhen", ["when"]),
  ],
  LocalSecondaryIndexes: [
    index("local", ["pk", "when"]),
    index("localKeys", ["pk", "when"], "KEYS_ONLY"),
    index("localNote", ["pk", "when"], ["note"]),
  ],
});

const even = { KeyConditionExpression: "kind = :k", ExpressionAttributeValues: { ":k": { S: "even" } } };
const p = { KeyConditionExpression: "pk = :k", ExpressionAttributeValues: { ":k": { S: "p" } } };
const globals = ["byKind", "byKindKeys", "byKindNote"];
const locals = ["local", "localKeys", "localNote"];

const options: readonly (readonly [string, JsonObject])[] = [
  ["as it is", {}],
  ["backwards", { ScanIndexForward: false }],
  ["all attributes", { Select: "ALL_ATTRIBUTES" }],
  ["all projected attributes", { Select: "ALL_PROJECTED_ATTRIBUTES" }],
  ["the count", { Select: "COUNT" }],
  ["a consistent read", { ConsistentRead: true }],
  ["a projected attribute", { ProjectionExpression: "note" }],
  ["attributes not projected", { ProjectionExpression: "note, more" }],
  ["AttributesToGet not projected", { AttributesToGet: ["more"] }],
  ["a filter", { FilterExpression: "begins_with(note, :n)", values: { ":n": { S: "n1" } } }],
  ["a filter not projected", { FilterExpression: "attribute_exists(more)" }],
  ["a filter on the index key", { FilterExpression: "when > :n", values: { ":n": { N: "1" } } }],
  ["a filter on the table key", { FilterExpression: "sk > :n", values: { ":n": { N: "1" } } }],
  ["a page", { Limit: 2 }],
];

const query = (IndexName: string, base: JsonObject, more: JsonObject): JsonObject => {
  const { values, ...rest } = more;
  const ExpressionAttributeValues = {
    ...(base.ExpressionAttributeValues as JsonObject),
    ...(values as JsonObject | undefined),
  };
  // `AttributesToGet` is of the old way, and asks for the old way all through.
  if ("AttributesToGet" in rest) {
    const [[name, value]] = [Object.entries(base.ExpressionAttributeValues as JsonObject)[0]!];
    const attribute = String(base.KeyConditionExpression).replace(` = ${name}`, "");
    const KeyConditions = { [attribute]: { ComparisonOperator: "EQ", AttributeValueList: [value] } };
    return { TableName, IndexName, KeyConditions, ...rest };
  }
  return { TableName, IndexName, ...base, ...rest, ExpressionAttributeValues };
};

const ranges: readonly (readonly [string, string, JsonObject])[] = [
  ["range", "kind = :k AND when > :w", { ":k": { S: "even" }, ":w": { N: "92" } }],
  ["between", "kind = :k AND when BETWEEN :w AND :x", { ":k": { S: "odd" }, ":w": { N: "90" }, ":x": { N: "95" } }],
  ["a wrong type", "kind = :k", { ":k": { N: "1" } }],
  ["an empty value", "kind = :k", { ":k": { S: "" } }],
  ["the table's key", "pk = :k", { ":k": { S: "p" } }],
  ["the table's sort key", "kind = :k AND sk = :w", { ":k": { S: "even" }, ":w": { N: "2" } }],
];

const starts: readonly (readonly [string, string, JsonObject, ShortMap])[] = [
  ["a full place", "byKind", even, { pk: "p", sk: 4, kind: "even", when: 96 }],
  ["no table key", "byKind", even, { kind: "even", when: 96 }],
  ["no index key", "byKind", even, { pk: "p", sk: 4 }],
  ["too much", "byKind", even, { pk: "p", sk: 4, kind: "even", when: 96, note: "x" }],
  ["another partition", "byKind", even, { pk: "p", sk: 4, kind: "odd", when: 96 }],
  ["an item that is not there", "byKind", even, { pk: "x", sk: 4, kind: "even", when: 97 }],
  ["a local place", "local", p, { pk: "p", sk: 4, when: 96 }],
  ["a local place with another partition", "local", p, { pk: "q", sk: 4, when: 96 }],
  ["half a local place", "local", p, { pk: "p", sk: 4 }],
];

const paged = (name: string, operation: string, input: JsonObject): Case => ({
  name: `all pages: ${name}`,
  given,
  steps: [{ operation, input: { TableName, ...input }, allPages: true }],
});

/** Writes, then looks at each index. */
function afterwards(name: string, operation: string, input: JsonObject): Case {
  return {
    name: `afterwards: ${name}`,
    given,
    steps: [
      { operation, input: { TableName, ...input } },
      ...[...globals, "byWhen", ...locals].map((IndexName) => ({
        operation: "Scan",
        input: { TableName, IndexName },
        allPages: true,
      })),
    ],
  };
}

const Key = itemOf({ pk: "p", sk: 2 });

/** Query and Scan on global and local indexes of every projection. */
export const indexes: Family = {
  name: "indexes",
  tables: [indexedTable],
  cases: [
    ...options.flatMap(([name, more]) => [
      ...globals.map((it) => one(`${it}: ${name}`, given, "Query", query(it, even, more))),
      ...locals.map((it) => one(`${it}: ${name}`, given, "Query", query(it, p, more))),
    ]),
    ...ranges.map(([name, KeyConditionExpression, ExpressionAttributeValues]) =>
      one(`byKind: ${name}`, given, "Query", {
        TableName,
        IndexName: "byKind",
        KeyConditionExpression,
        ExpressionAttributeValues,
      }),
    ),
    ...starts.map(([name, IndexName, base, place]) =>
      one(`from ${name}`, given, "Query", { TableName, IndexName, ...base, ExclusiveStartKey: itemOf(place) }),
    ),
    ...[...globals, "byWhen", ...locals].flatMap((IndexName) => [
      paged(`Scan ${IndexName}`, "Scan", { IndexName, Limit: 3 }),
      paged(`Scan ${IndexName} projected`, "Scan", { IndexName, Limit: 3, ProjectionExpression: "sk, when" }),
    ]),
    ...[...globals, ...locals].map((IndexName) =>
      paged(`Query ${IndexName}`, "Query", { IndexName, Limit: 2, ...(IndexName.startsWith("by") ? even : p) }),
    ),
    one("Scan a global index consistently", given, "Scan", { TableName, IndexName: "byKind", ConsistentRead: true }),
    one("Scan a local index consistently", given, "Scan", { TableName, IndexName: "local", ConsistentRead: true }),
    one("Scan all attributes of a keys-only index", given, "Scan", {
      TableName,
      IndexName: "byKindKeys",
      Select: "ALL_ATTRIBUTES",
    }),
    afterwards("put over", "PutItem", { Item: itemOf({ pk: "p", sk: 2, kind: "even", when: 1, note: "moved" }) }),
    afterwards("put out of the index", "PutItem", { Item: itemOf({ pk: "p", sk: 2 }) }),
    afterwards("delete", "DeleteItem", { Key }),
    afterwards("an index key set", "UpdateItem", {
      Key: itemOf({ pk: "r", sk: 1 }),
      UpdateExpression: "SET kind = :k, when = :w",
      ExpressionAttributeValues: { ":k": { S: "even" }, ":w": { N: "7" } },
    }),
    afterwards("an index key removed", "UpdateItem", { Key, UpdateExpression: "REMOVE kind" }),
    afterwards("a projected attribute changed", "UpdateItem", {
      Key,
      UpdateExpression: "SET note = :n, more.#at = :n",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":n": { S: "changed" } },
    }),
  ],
};
