import type { Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf, number } from "../items.js";
import type { Json } from "../json.js";
import { content } from "./shared.js";

const [first, second] = ["BatchFirst", "BatchSecond"] as const;
const given = {
  ...content(first, ...Array.from({ length: 5 }, (_, at) => ({ pk: `p${at}`, v: at, m: { a: at, b: "x" } }))),
  ...content(second, ...Array.from({ length: 5 }, (_, at) => ({ pk: at, sk: "s", v: at }))),
};

const key = (pk: string) => itemOf({ pk });
const keys = (count: number, from = 0) => Array.from({ length: count }, (_, at) => key(`p${at + from}`));
const put = (pk: string) => ({ PutRequest: { Item: itemOf({ pk, v: 9 }) } });
const remove = (pk: string) => ({ DeleteRequest: { Key: key(pk) } });

const reads: readonly (readonly [string, Json])[] = [
  ["some", { [first]: { Keys: keys(3) } }],
  ["some that are not there", { [first]: { Keys: keys(4, 3) } }],
  ["none that is there", { [first]: { Keys: [key("x")] } }],
  ["two tables", { [first]: { Keys: keys(2) }, [second]: { Keys: [itemOf({ pk: 1, sk: "s" })] } }],
  ["projected", { [first]: { Keys: keys(2), ProjectionExpression: "v, m.a" } }],
  [
    "projected with a name",
    {
      [first]: { Keys: keys(2), ProjectionExpression: "#v", ExpressionAttributeNames: { "#v": "v" } },
    },
  ],
  ["an unused name", { [first]: { Keys: keys(2), ExpressionAttributeNames: { "#v": "v" } } }],
  ["AttributesToGet", { [first]: { Keys: keys(2), AttributesToGet: ["v"] } }],
  ["both projections", { [first]: { Keys: keys(2), AttributesToGet: ["v"], ProjectionExpression: "v" } }],
  ["consistently", { [first]: { Keys: keys(2), ConsistentRead: true } }],
  ["a key twice", { [first]: { Keys: [key("p1"), key("p2"), key("p1")] } }],
  [
    "a number key twice by value",
    { [second]: { Keys: [itemOf({ pk: 1, sk: "s" }), itemOf({ pk: number("1.0"), sk: "s" })] } },
  ],
  ["100 keys", { [first]: { Keys: keys(100) } }],
  ["101 keys", { [first]: { Keys: keys(101) } }],
  ["101 keys in two tables", { [first]: { Keys: keys(100) }, [second]: { Keys: [itemOf({ pk: 1, sk: "s" })] } }],
  ["no keys", { [first]: { Keys: [] } }],
  ["no Keys", { [first]: {} }],
  ["no tables", {}],
  ["a table that is not there", { [first]: { Keys: keys(1) }, Nowhere: { Keys: keys(1) } }],
  ["a table's name that cannot be", { "a b": { Keys: keys(1) } }],
  ["an overlapping projection", { [first]: { Keys: keys(1), ProjectionExpression: "m, m.a" } }],
  ["an empty projection", { [first]: { Keys: keys(1), ProjectionExpression: "" } }],
  ["a reserved word", { [first]: { Keys: keys(1), ProjectionExpression: "name" } }],
];

const writes: readonly (readonly [string, Json])[] = [
  ["puts", { [first]: [put("p1"), put("new")] }],
  ["deletes", { [first]: [remove("p1"), remove("nobody")] }],
  ["both", { [first]: [put("p1"), remove("p2")] }],
  ["two tables", { [first]: [put("p1")], [second]: [{ DeleteRequest: { Key: itemOf({ pk: 1, sk: "s" }) } }] }],
  ["one item twice", { [first]: [put("p1"), put("p1")] }],
  ["put and deleted", { [first]: [put("p1"), remove("p1")] }],
  [
    "deleted twice by value",
    {
      [second]: [itemOf({ pk: 1, sk: "s" }), itemOf({ pk: number("1.0"), sk: "s" })].map((Key) => ({
        DeleteRequest: { Key },
      })),
    },
  ],
  ["25 puts", { [first]: Array.from({ length: 25 }, (_, at) => put(`n${at}`)) }],
  ["26 puts", { [first]: Array.from({ length: 26 }, (_, at) => put(`n${at}`)) }],
  [
    "26 puts in two tables",
    {
      [first]: Array.from({ length: 25 }, (_, at) => put(`n${at}`)),
      [second]: [{ DeleteRequest: { Key: itemOf({ pk: 1, sk: "s" }) } }],
    },
  ],
  ["nothing for a table", { [first]: [] }],
  ["no tables", {}],
  ["an empty request", { [first]: [{}] }],
  ["a request that is two", { [first]: [{ ...put("p1"), ...remove("p2") }] }],
  ["a table that is not there", { [first]: [put("p1")], Nowhere: [put("p1")] }],
  ["a bad value", { [first]: [put("p1"), { PutRequest: { Item: { pk: { S: "p2" }, v: { N: "x" } } } }] }],
  ["an empty set", { [first]: [{ PutRequest: { Item: { pk: { S: "p2" }, v: { SS: [] } } } }] }],
  ["a wrong key", { [first]: [put("p1"), { DeleteRequest: { Key: { pk: { N: "1" } } } }] }],
  ["an item too large", { [first]: [{ PutRequest: { Item: itemOf({ pk: "p1", v: "x".repeat(409_600) }) } }] }],
  ["no item", { [first]: [{ PutRequest: {} }] }],
];

/** BatchGetItem and BatchWriteItem. */
export const batches: Family = {
  name: "batches",
  tables: [table(first, "pk:S"), table(second, "pk:N", "sk:S")],
  cases: [
    ...reads.map(([name, RequestItems]) => one(`get ${name}`, given, "BatchGetItem", { RequestItems })),
    ...writes.map(([name, RequestItems]) => one(`write ${name}`, given, "BatchWriteItem", { RequestItems })),
    one("get without RequestItems", given, "BatchGetItem", {}),
    one("write without RequestItems", given, "BatchWriteItem", {}),
  ],
};
