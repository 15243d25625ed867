import type { BatchWriteItemCommandInput, CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";

/** The table that everything here works on. */
export const tableName = "Bench";
/** Items of one partition: what one Query answers. */
export const itemsPerPartition = 20;
const partitions = 500;
/** Items of one BatchWriteItem. */
export const batchItemsMax = 25;
/** Different requests of each kind. */
const requestsOfAKind = 4096;
/** Size of an item's one long attribute, in bytes. */
const textBytes = 200;

/** One kind of request. */
export interface Kind {
  readonly name: string;
  readonly operation: string;
  readonly isRead: boolean;
  /** The request bodies, in the order in which they are sent. */
  readonly bodies: () => readonly object[];
}

const text = "x".repeat(textBytes);
/** Spreads 0, 1, 2 … over 0 … below `bound` without repeating soon. */
const spread = (i: number, bound: number): number => (i * 7919) % bound;

const key = (partition: string, place: number) => ({ pk: { S: partition }, sk: { S: `item-${1000 + place}` } });
const read = (i: number) => `read-${1000 + spread(i, partitions)}`;
const written = (i: number) => `written-${10_000 + spread(i, requestsOfAKind)}`;

/** An item of about 280 bytes as DynamoDB counts it. */
export function benchItem(partition: string, place: number) {
  return {
    ...key(partition, place),
    title: { S: `Item ${place} of ${partition}` },
    count: { N: String(place) },
    tags: { L: [{ S: "bench" }, { S: "item" }] },
    text: { S: text },
  };
}

const update = (partition: string, place: number, i: number) => ({
  TableName: tableName,
  Key: key(partition, place),
  ConditionExpression: "attribute_exists(pk) AND #count >= :least",
  UpdateExpression: "SET #count = #count + :one, changed = :changed",
  ExpressionAttributeNames: { "#count": "count" },
  ExpressionAttributeValues: { ":least": { N: "0" }, ":one": { N: "1" }, ":changed": { S: `change ${i}` } },
});

const all = <T>(make: (i: number) => T): T[] => Array.from({ length: requestsOfAKind }, (_, i) => make(i));

/** What is measured. */
export const kinds: readonly Kind[] = [
  {
    name: "GetItem",
    operation: "GetItem",
    isRead: true,
    bodies: () => all((i) => ({ TableName: tableName, Key: key(read(i), i % itemsPerPartition) })),
  },
  {
    name: "Query(20)",
    operation: "Query",
    isRead: true,
    bodies: () =>
      all((i) => ({
        TableName: tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: read(i) } },
      })),
  },
  {
    name: "PutItem",
    operation: "PutItem",
    isRead: false,
    bodies: () => all((i) => ({ TableName: tableName, Item: benchItem(written(i), 0) })),
  },
  {
    name: "UpdateItem",
    operation: "UpdateItem",
    isRead: false,
    bodies: () => all((i) => update(read(i), i % itemsPerPartition, i)),
  },
  {
    name: "TransactWrite(3)",
    operation: "TransactWriteItems",
    isRead: false,
    bodies: () =>
      all((i) => ({
        TransactItems: [
          { Put: { TableName: tableName, Item: benchItem(written(i), 1) } },
          { Put: { TableName: tableName, Item: benchItem(written(i), 2) } },
          { Update: update(read(i), i % itemsPerPartition, i) },
        ],
      })),
  },
];

/** The input of CreateTable: a partition and a sort key. */
export const tableDefinition = {
  TableName: tableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
} satisfies CreateTableCommandInput;

/** The inputs of BatchWriteItem that put the items which are read and updated. */
export function itemsToRead(): readonly BatchWriteItemCommandInput[] {
  const items = Array.from({ length: partitions * itemsPerPartition }, (_, i) =>
    benchItem(`read-${1000 + Math.floor(i / itemsPerPartition)}`, i % itemsPerPartition),
  );
  const batches: BatchWriteItemCommandInput[] = [];
  for (let from = 0; from < items.length; from += batchItemsMax) {
    const requests = items.slice(from, from + batchItemsMax).map((Item) => ({ PutRequest: { Item } }));
    batches.push({ RequestItems: { [tableName]: requests } });
  }
  return batches;
}

/** Makes the table and waits until it is in use. */
export async function createBenchTable(dynamodb: DynamoDB): Promise<void> {
  await dynamodb.createTable(tableDefinition);
  for (;;) {
    const { Table } = await dynamodb.describeTable({ TableName: tableName });
    if (Table?.TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Makes the table and the items that are read and updated. */
export async function fillTable(dynamodb: DynamoDB): Promise<void> {
  await createBenchTable(dynamodb);
  for (const batch of itemsToRead()) await dynamodb.batchWriteItem(batch);
}
