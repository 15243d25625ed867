import type { AttributeValue, CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";

/** An item as the SDK's client gives it. */
export type Item = Record<string, AttributeValue>;

/** The table with a sort key, a local index and a global one. */
export const orders = "Orders";
/** The table without a sort key, with a global index. */
export const ledger = "Ledger";

/** An index, with what its entries consist of. */
export interface WatchedIndex {
  readonly table: string;
  readonly name: string;
  /** Attributes without which an item has no entry. */
  readonly key: readonly string[];
  /** Attributes of an entry; all of the item's without this. */
  readonly projected?: readonly string[];
}

/** Every index of the world. All of them are sparse: items without the key attributes come and go. */
export const indexes: readonly WatchedIndex[] = [
  { table: orders, name: "byTotal", key: ["pk", "total"] },
  { table: orders, name: "byStatus", key: ["status", "stamp"], projected: ["pk", "sk", "status", "stamp", "version"] },
  { table: ledger, name: "byOwner", key: ["owner"], projected: ["pk", "owner"] },
];

const tables: readonly CreateTableCommandInput[] = [
  {
    TableName: orders,
    BillingMode: "PAY_PER_REQUEST",
    // Never read while the load runs: at the end it must tell everything that has happened.
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
      { AttributeName: "total", AttributeType: "N" },
      { AttributeName: "status", AttributeType: "S" },
      { AttributeName: "stamp", AttributeType: "N" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "byTotal",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "total", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byStatus",
        KeySchema: [
          { AttributeName: "status", KeyType: "HASH" },
          { AttributeName: "stamp", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["version"] },
      },
    ],
  },
  {
    TableName: ledger,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "owner", AttributeType: "S" },
    ],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byOwner",
        KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  },
];

/** How many accounts the transfers go between. */
export const accounts = 6;
/** What each account has at first. */
export const openingBalance = 1000;
/** The key of an account in the ledger. */
export const accountKey = (account: number): Item => ({ pk: { S: `account ${account}` } });

/** Makes the tables, and the accounts that transfers go between. */
export async function createWorld(client: DynamoDB): Promise<void> {
  for (const table of tables) await client.createTable(table);
  for (let account = 0; account < accounts; account++) {
    const Item = { ...accountKey(account), owner: { S: "bank" }, balance: { N: String(openingBalance) } };
    await client.putItem({ TableName: ledger, Item });
  }
}
