import {
  encodeBatchGetItemRequest,
  encodeGetItemRequest,
  encodeKey,
  encodePutItemRequest,
  encodeQueryRequest,
  encodeValue,
} from "@hotkeep/dax-wire";
import { tableName } from "../tables/workload.js";
import { itemsPerPartition, itemText, partitionName, partitions, placeName } from "./world.js";

/** Items of one BatchGetItem. */
const batchKeys = 25;
/** Different requests of each kind. */
const requestsCount = partitions * itemsPerPartition;

/** One kind of call, as it goes to a node and as it goes to the tables. */
export interface NodeCall {
  readonly name: string;
  readonly operation: string;
  readonly cluster: "keeping" | "forgetting";
  /** Whether all its requests are sent once before anything is measured. */
  readonly isHit: boolean;
  /** The frames of the DAX protocol, all of one length. */
  frames(listId: number): readonly Buffer[];
  /** The bodies of the same calls over HTTP. */
  bodies(): readonly object[];
}

const schema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "S" } } as const;
/** Spreads 0, 1, 2 … so that neighbours are far apart. */
const spread = (index: number): number => (index * 7919) % requestsCount;
const keyAt = (index: number) => ({
  pk: { S: partitionName(Math.floor(index / itemsPerPartition)) },
  sk: { S: placeName(index % itemsPerPartition) },
});
const all = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const batchAt = (index: number) => all(batchKeys, (at) => keyAt((index * batchKeys + at) % requestsCount));

const getFrames = () =>
  all(requestsCount, (at) => encodeGetItemRequest(tableName, encodeKey(schema, keyAt(spread(at)))));
const getBodies = () => all(requestsCount, (at) => ({ TableName: tableName, Key: keyAt(spread(at)) }));

/** What is measured. */
export const nodeCalls: readonly NodeCall[] = [
  {
    ...{ name: "GetItem, hit", operation: "GetItem", cluster: "keeping", isHit: true },
    frames: getFrames,
    bodies: getBodies,
  },
  {
    ...{ name: "GetItem, miss", operation: "GetItem", cluster: "forgetting", isHit: false },
    frames: getFrames,
    bodies: getBodies,
  },
  {
    ...{ name: "PutItem", operation: "PutItem", cluster: "keeping", isHit: false },
    frames(listId) {
      const item = Buffer.concat([encodeValue({ N: String(listId) }), encodeValue({ S: itemText })]);
      return all(requestsCount, (at) => encodePutItemRequest(tableName, encodeKey(schema, keyAt(spread(at))), item));
    },
    bodies: () =>
      all(requestsCount, (at) => ({ TableName: tableName, Item: { ...keyAt(spread(at)), text: { S: itemText } } })),
  },
  {
    ...{ name: "Query(20), hit", operation: "Query", cluster: "keeping", isHit: true },
    frames: () => all(partitions, (at) => encodeQueryRequest(tableName, "pk", partitionName(at))),
    bodies: () =>
      all(partitions, (at) => ({
        TableName: tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: partitionName(at) } },
      })),
  },
  {
    ...{ name: "BatchGet(25), hits", operation: "BatchGetItem", cluster: "keeping", isHit: true },
    frames: () =>
      all(requestsCount / batchKeys, (at) =>
        encodeBatchGetItemRequest(
          tableName,
          batchAt(at).map((key) => encodeKey(schema, key)),
        ),
      ),
    bodies: () => all(requestsCount / batchKeys, (at) => ({ RequestItems: { [tableName]: { Keys: batchAt(at) } } })),
  },
];
