import type { Case, Family } from "../case.js";
import { definition, index, table } from "../case.js";
import { itemOf } from "../items.js";
import type { JsonObject } from "../json.js";
import { content } from "./shared.js";

const TableName = "Capacity";
const given = content(
  TableName,
  ...Array.from({ length: 4 }, (_, at) => ({ pk: `p${at}`, group: "g", place: at, v: "x".repeat(3_000 * at) })),
);
const key = (pk: string) => ({ TableName, Key: itemOf({ pk }) });
const put = (pk: string, bytes: number, group?: string) => ({
  TableName,
  Item: itemOf({
    pk,
    v: "y".repeat(bytes),
    ...(group === undefined ? {} : { group, place: Number(pk.slice(1)) || 0 }),
  }),
});
const byGroup = {
  TableName,
  IndexName: "byGroup",
  KeyConditionExpression: "#g = :g",
  ExpressionAttributeNames: { "#g": "group" },
  ExpressionAttributeValues: { ":g": { S: "g" } },
};
const whole = {
  TableName,
  KeyConditionExpression: "pk = :p",
  ExpressionAttributeValues: { ":p": { S: "p2" } },
};
const update = (pk: string, bytes: number) => ({
  ...key(pk),
  UpdateExpression: "SET v = :v",
  ExpressionAttributeValues: { ":v": { S: "z".repeat(bytes) } },
});

const requests: readonly (readonly [string, string, JsonObject])[] = [
  ["a small item read", "GetItem", key("p0")],
  ["a large item read", "GetItem", key("p3")],
  ["a large item read consistently", "GetItem", { ...key("p3"), ConsistentRead: true }],
  ["a part of a large item read", "GetItem", { ...key("p3"), ProjectionExpression: "pk" }],
  ["nothing read", "GetItem", key("nobody")],
  ["a new item", "PutItem", put("new", 10)],
  ["a new item of two units", "PutItem", put("new", 1_500)],
  ["a new item in the index", "PutItem", put("new", 1_500, "g")],
  ["a larger item over a smaller", "PutItem", put("p1", 5_000, "g")],
  ["a smaller item over a larger", "PutItem", put("p3", 10, "g")],
  ["an item out of the index", "PutItem", put("p2", 10)],
  ["an item moved in the index", "PutItem", put("p2", 10, "h")],
  ["an item as it was", "PutItem", put("p0", 0, "g")],
  ["an update", "UpdateItem", update("p1", 10)],
  ["an update that grows", "UpdateItem", update("p1", 9_000)],
  ["an update that makes an item", "UpdateItem", update("new", 10)],
  ["a delete", "DeleteItem", key("p3")],
  ["a delete of nothing", "DeleteItem", key("nobody")],
  ["a query", "Query", whole],
  ["a consistent query", "Query", { ...whole, ConsistentRead: true }],
  ["a query that finds nothing", "Query", { ...whole, ExpressionAttributeValues: { ":p": { S: "nobody" } } }],
  ["a query of an index", "Query", byGroup],
  ["a page of an index", "Query", { ...byGroup, Limit: 1, Select: "COUNT" }],
  ["a scan", "Scan", { TableName, Select: "COUNT" }],
  ["a consistent scan", "Scan", { TableName, Select: "COUNT", ConsistentRead: true }],
  ["a scan of an index", "Scan", { TableName, IndexName: "byGroup", Select: "COUNT" }],
  [
    "a batch read",
    "BatchGetItem",
    { RequestItems: { [TableName]: { Keys: [itemOf({ pk: "p1" }), itemOf({ pk: "p3" })] } } },
  ],
  ["a batch read of nothing", "BatchGetItem", { RequestItems: { [TableName]: { Keys: [itemOf({ pk: "nobody" })] } } }],
  ["a transaction read", "TransactGetItems", { TransactItems: [{ Get: key("p1") }, { Get: key("p3") }] }],
  ["a transaction written", "TransactWriteItems", { TransactItems: [{ Put: put("new", 10) }, { Delete: key("p3") }] }],
];

/** Items with more than a local index shows of them. */
const LocalTable = "LocalCapacity";
const givenLocally = content(
  LocalTable,
  ...Array.from({ length: 4 }, (_, at) => ({ pk: "p", sk: `s${at}`, place: at, a: "a", v: "x".repeat(3_000 * at) })),
);
const locally = (IndexName: string, more: JsonObject = {}) => ({
  ...{ TableName: LocalTable, IndexName, KeyConditionExpression: "pk = :p" },
  ...more,
  ExpressionAttributeValues: { ":p": { S: "p" }, ...((more.ExpressionAttributeValues as JsonObject) ?? {}) },
});
const everything = { Select: "ALL_ATTRIBUTES" };
const filtered = { FilterExpression: "a = :a", ExpressionAttributeValues: { ":a": { S: "b" } } };
const localRequests: readonly (readonly [string, JsonObject])[] = [
  ["keys", locally("keysOnly")],
  ["a count", locally("keysOnly", { Select: "COUNT" })],
  ["everything", locally("keysOnly", everything)],
  ["everything, consistently", locally("keysOnly", { ...everything, ConsistentRead: true })],
  ["a page of everything", locally("keysOnly", { ...everything, Limit: 2 })],
  ["an attribute that is not shown", locally("keysOnly", { ProjectionExpression: "a" })],
  ["what is included", locally("included")],
  ["everything beside what is included", locally("included", everything)],
  ["everything of what a filter leaves", locally("included", { ...everything, ...filtered })],
  ["what a filter leaves", locally("included", filtered)],
  ["everything of an index with everything", locally("complete", everything)],
];

/** ConsumedCapacity of every operation on items. */
export const capacity: Family = {
  name: "capacity",
  tables: [
    table(TableName, "pk:S", undefined, {
      AttributeDefinitions: [definition("group:S"), definition("place:N")],
      GlobalSecondaryIndexes: [index("byGroup", ["group", "place"])],
    }),
    table(LocalTable, "pk:S", "sk:S", {
      AttributeDefinitions: [definition("place:N")],
      LocalSecondaryIndexes: [
        index("keysOnly", ["pk", "place"], "KEYS_ONLY"),
        index("included", ["pk", "place"], ["a"]),
        index("complete", ["pk", "place"]),
      ],
    }),
  ],
  cases: ["TOTAL", "INDEXES"].flatMap((ReturnConsumedCapacity) => [
    ...requests.map(
      ([name, operation, input]): Case => ({
        name: `${name}, ${ReturnConsumedCapacity}`,
        given,
        steps: [{ operation, input: { ...input, ReturnConsumedCapacity } }],
      }),
    ),
    ...localRequests.map(
      ([name, input]): Case => ({
        name: `a query of a local index: ${name}, ${ReturnConsumedCapacity}`,
        given: givenLocally,
        steps: [{ operation: "Query", input: { ...input, ReturnConsumedCapacity } }],
      }),
    ),
  ]),
};
