import type {
  BatchGetItemCommandInput,
  BatchWriteItemCommandInput,
  DeleteItemCommandInput,
  DescribeTableCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  ScanCommandInput,
  TransactGetItemsCommandInput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Column } from "./scenarios.js";

/** What the SDK's DynamoDB client and the official DAX client have in common. */
export interface ItemClient {
  getItem(input: GetItemCommandInput): Promise<unknown>;
  batchGetItem(input: BatchGetItemCommandInput): Promise<unknown>;
  query(input: QueryCommandInput): Promise<unknown>;
  scan(input: ScanCommandInput): Promise<unknown>;
  putItem(input: PutItemCommandInput): Promise<unknown>;
  updateItem(input: UpdateItemCommandInput): Promise<unknown>;
  deleteItem(input: DeleteItemCommandInput): Promise<unknown>;
  batchWriteItem(input: BatchWriteItemCommandInput): Promise<unknown>;
  transactGetItems(input: TransactGetItemsCommandInput): Promise<unknown>;
  transactWriteItems(input: TransactWriteItemsCommandInput): Promise<unknown>;
  describeTable(input: DescribeTableCommandInput): Promise<unknown>;
}

/** One column: the IAM action that decides it, and how a client does it. */
export interface CaseOperation {
  readonly column: Column;
  readonly title: string;
  readonly actions: readonly string[];
  /** `tag` makes the keys of one call unlike those of any other, so that no cache can answer. */
  run(client: ItemClient, table: string, tag: string): Promise<unknown>;
}

/** Key of the table that `world.ts` makes: `Author` and `Title`. */
function key(tag: string, title: string) {
  return { Author: { S: tag }, Title: { S: title } };
}

const condition = { ConditionExpression: "attribute_not_exists(Author)" };

export const operations: readonly CaseOperation[] = [
  {
    column: "G",
    title: "GetItem",
    actions: ["GetItem"],
    run: (client, table, tag) => client.getItem({ TableName: table, Key: key(tag, "get") }),
  },
  {
    column: "BG",
    title: "BatchGetItem",
    actions: ["BatchGetItem"],
    run: (client, table, tag) =>
      client.batchGetItem({ RequestItems: { [table]: { Keys: [key(tag, "batch 1"), key(tag, "batch 2")] } } }),
  },
  {
    column: "Q",
    title: "Query",
    actions: ["Query"],
    run: (client, table, tag) =>
      client.query({
        TableName: table,
        KeyConditionExpression: "Author = :author",
        ExpressionAttributeValues: { ":author": { S: tag } },
      }),
  },
  {
    column: "S",
    title: "Scan",
    actions: ["Scan"],
    run: (client, table, tag) =>
      client.scan({
        TableName: table,
        FilterExpression: "Author = :author",
        ExpressionAttributeValues: { ":author": { S: tag } },
      }),
  },
  {
    column: "P",
    title: "PutItem",
    actions: ["PutItem"],
    run: (client, table, tag) => client.putItem({ TableName: table, Item: { ...key(tag, "put"), Year: { N: "1" } } }),
  },
  {
    column: "U",
    title: "UpdateItem",
    actions: ["UpdateItem"],
    run: (client, table, tag) =>
      client.updateItem({
        TableName: table,
        Key: key(tag, "update"),
        UpdateExpression: "SET #year = :year",
        ExpressionAttributeNames: { "#year": "Year" },
        ExpressionAttributeValues: { ":year": { N: "2" } },
      }),
  },
  {
    column: "D",
    title: "DeleteItem",
    actions: ["DeleteItem"],
    run: (client, table, tag) => client.deleteItem({ TableName: table, Key: key(tag, "delete") }),
  },
  {
    column: "BW",
    title: "BatchWriteItem",
    actions: ["BatchWriteItem"],
    run: (client, table, tag) =>
      client.batchWriteItem({
        RequestItems: {
          [table]: [
            { PutRequest: { Item: { ...key(tag, "batch put"), Year: { N: "3" } } } },
            { DeleteRequest: { Key: key(tag, "batch delete") } },
          ],
        },
      }),
  },
  {
    column: "CC",
    title: "ConditionCheck in TransactWriteItems",
    actions: ["ConditionCheckItem"],
    run: (client, table, tag) =>
      client.transactWriteItems({
        TransactItems: [{ ConditionCheck: { TableName: table, Key: key(tag, "check"), ...condition } }],
      }),
  },
  {
    column: "TG",
    title: "TransactGetItems",
    actions: ["GetItem"],
    run: (client, table, tag) =>
      client.transactGetItems({ TransactItems: [{ Get: { TableName: table, Key: key(tag, "transact get") } }] }),
  },
  {
    column: "TW",
    title: "TransactWriteItems",
    actions: ["PutItem", "UpdateItem", "DeleteItem"],
    run: (client, table, tag) =>
      client.transactWriteItems({
        TransactItems: [
          { Put: { TableName: table, Item: { ...key(tag, "transact put"), Year: { N: "4" } } } },
          {
            Update: {
              TableName: table,
              Key: key(tag, "transact update"),
              UpdateExpression: "SET Pages = :pages",
              ExpressionAttributeValues: { ":pages": { N: "5" } },
            },
          },
          { Delete: { TableName: table, Key: key(tag, "transact delete") } },
        ],
      }),
  },
  {
    column: "DT",
    title: "DescribeTable",
    actions: ["DescribeTable"],
    run: (client, table) => client.describeTable({ TableName: table }),
  },
  {
    column: "QI",
    title: "Query on an index",
    actions: ["Query"],
    run: (client, table, tag) =>
      client.query({
        TableName: table,
        IndexName: "byLanguage",
        KeyConditionExpression: "#language = :language",
        ExpressionAttributeNames: { "#language": "Language" },
        ExpressionAttributeValues: { ":language": { S: tag } },
      }),
  },
];
