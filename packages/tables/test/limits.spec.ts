import { type CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Harness } from "./harness.js";
import { credentials, SdkServer } from "./sdk-server.js";

let harness: Harness;
let server: SdkServer;
let db: DynamoDB;
const TableName = "Limits";

beforeAll(async () => {
  harness = await Harness.open({}, {});
  server = await SdkServer.start(harness.tables);
  db = new DynamoDB({ region: "us-west-2", endpoint: server.endpoint, credentials, maxAttempts: 1 });
  await db.createTable({
    ...plain(TableName),
    AttributeDefinitions: ["pk", "sk", "other", "bytes"].map((AttributeName) => ({
      AttributeName,
      AttributeType: AttributeName === "bytes" ? "B" : "S",
    })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byOther",
        KeySchema: [
          { AttributeName: "other", KeyType: "HASH" },
          { AttributeName: "bytes", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
});
afterAll(async () => {
  db?.destroy();
  await server?.stop();
  await harness?.close();
});

function plain(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  };
}

const key = (n: number | string = 0) => ({ pk: { S: "p" }, sk: { S: String(n) } });
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const put = (attributes: object) => db.putItem({ TableName, Item: { ...key(), ...attributes } as never });
const update = (UpdateExpression: string, values: object, names?: object) =>
  db.updateItem({
    TableName,
    Key: key(),
    UpdateExpression,
    ExpressionAttributeValues: values as never,
    ...(names && { ExpressionAttributeNames: names as never }),
  });
const get = (more: object) => db.getItem({ TableName, Key: key(), ...more });
const scan = (FilterExpression: string, values?: object) =>
  db.scan({ TableName, FilterExpression, ...(values && { ExpressionAttributeValues: values as never }) });
const nested = (levels: number): object =>
  times(levels, () => 0).reduce<object>((inner) => ({ L: [inner] }), { S: "deep" });
/** Bytes of the item besides the attribute `v`, its name included. */
const others = "pk".length + 1 + "sk".length + 1 + "v".length;
const itemMax = 400 * 1024;
const statement = (Statement: string) => ({ Statement });
const gsi = (n: number) => ({
  IndexName: `index${n}`,
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
  Projection: { ProjectionType: "ALL" as const },
});
const lsi = (n: number) => ({
  IndexName: `local${n}`,
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" as const },
    { AttributeName: `a${n}`, KeyType: "RANGE" as const },
  ],
  Projection: { ProjectionType: "ALL" as const },
});

/** What of a limit is just allowed, and what the service says to just too much. */
interface Limit {
  readonly limit: string;
  readonly fits?: () => Promise<unknown>;
  readonly exceeds: () => Promise<unknown>;
  /** The beginning of the message of the ValidationException. */
  readonly says: string;
  /** The end of it, where what was given stands in the middle. */
  readonly ends?: string;
}

const validation = (value: string, at: string, rule: string) =>
  `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`;

const limits: readonly Limit[] = [
  // Items.
  {
    limit: "an item of 400 KB, put",
    fits: () => put({ v: { S: "x".repeat(itemMax - others) } }),
    exceeds: () => put({ v: { S: "x".repeat(itemMax - others + 1) } }),
    says: "Item size has exceeded the maximum allowed size",
  },
  {
    limit: "an item of 400 KB, updated",
    fits: () => update("SET v = :v", { ":v": { S: "x".repeat(itemMax - others) } }),
    exceeds: () => update("SET v = :v", { ":v": { S: "x".repeat(itemMax - others + 1) } }),
    says: "Item size to update has exceeded the maximum allowed size",
  },
  {
    limit: "32 levels of a value",
    fits: () => put({ v: nested(31) }),
    exceeds: () => put({ v: nested(32) }),
    says: "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
  },
  {
    limit: "an attribute's name of 64 KB",
    fits: () => put({ ["n".repeat(65_535)]: { S: "" } }),
    exceeds: () => put({ ["n".repeat(65_536)]: { S: "" } }),
    says: "Attribute name is too large, must be less than 65536 bytes",
  },
  // Numbers.
  {
    limit: "38 significant digits",
    fits: () => put({ v: { N: "9".repeat(38) } }),
    exceeds: () => put({ v: { N: `${"9".repeat(38)}.1` } }),
    says: "Attempting to store more than 38 significant digits in a Number",
  },
  {
    limit: "numbers below 1e126",
    fits: () => put({ v: { N: "9.9999999999999999999999999999999999999e125" } }),
    exceeds: () => put({ v: { N: "1e126" } }),
    says: "Number overflow. Attempting to store a number with magnitude larger than supported range",
  },
  {
    limit: "numbers from 1e-130 on",
    fits: () => put({ v: { N: "-1e-130" } }),
    exceeds: () => put({ v: { N: "-1e-131" } }),
    says: "Number underflow. Attempting to store a number with magnitude smaller than supported range",
  },
  {
    limit: "38 significant digits of a sum",
    exceeds: async () => {
      await put({ v: { N: "9".repeat(38) } });
      await update("ADD v :one", { ":one": { N: "0.1" } });
    },
    says: "Attempting to store more than 38 significant digits in a Number",
  },
  // Keys.
  {
    limit: "a partition key of 2048 bytes",
    fits: () => db.putItem({ TableName, Item: { ...key(), pk: { S: "é".repeat(1024) } } }),
    exceeds: () => db.putItem({ TableName, Item: { ...key(), pk: { S: "x".repeat(2049) } } }),
    says: "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
  },
  {
    limit: "a sort key of 1024 bytes",
    fits: () => db.putItem({ TableName, Item: key("x".repeat(1024)) }),
    exceeds: () => db.putItem({ TableName, Item: key("x".repeat(1025)) }),
    says: "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
  },
  {
    limit: "a partition key of 2048 bytes, asked for",
    exceeds: () => db.getItem({ TableName, Key: { ...key(), pk: { S: "x".repeat(2049) } } }),
    says: "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
  },
  {
    limit: "an index's partition key of 2048 bytes",
    fits: () => put({ other: { S: "x".repeat(2048) } }),
    exceeds: () => put({ other: { S: "x".repeat(2049) } }),
    says: "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes IndexName: byOther, IndexKey: other",
  },
  {
    limit: "an index's sort key of 1024 bytes",
    fits: () => put({ bytes: { B: new Uint8Array(1024) } }),
    exceeds: () => put({ bytes: { B: new Uint8Array(1025) } }),
    says: "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes IndexName: byOther, IndexKey: bytes",
  },
  {
    limit: "a key of at least one character",
    exceeds: () => db.putItem({ TableName, Item: key("") }),
    says: "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: sk",
  },
  // Expressions.
  {
    limit: "an expression of 4 KB",
    fits: () => scan(`attribute_exists(${"a".repeat(4096 - 18)})`),
    exceeds: () => scan(`attribute_exists(${"a".repeat(4096 - 17)})`),
    says: "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
  },
  {
    limit: "300 operators of an expression",
    fits: () => scan(times(150, (n) => `a${n} = :v`).join(" OR "), { ":v": { S: "" } }),
    exceeds: () => scan(times(151, (n) => `a${n} = :v`).join(" OR "), { ":v": { S: "" } }),
    says: "Invalid FilterExpression: The expression contains too many operators; operator count: 301",
  },
  {
    limit: "100 operands of IN",
    fits: () => scan(`v IN (${times(100, () => ":v").join(",")})`, { ":v": { S: "" } }),
    exceeds: () => scan(`v IN (${times(101, () => ":v").join(",")})`, { ":v": { S: "" } }),
    says: "Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 101",
  },
  {
    limit: "32 elements of a document path",
    fits: () => get({ ProjectionExpression: times(32, (n) => `a${n}`).join(".") }),
    exceeds: () => get({ ProjectionExpression: times(33, (n) => `a${n}`).join(".") }),
    says: "Invalid ProjectionExpression: The document path has too many nesting levels; nesting levels: 33",
  },
  {
    limit: "a reserved word",
    exceeds: () => get({ ProjectionExpression: "status" }),
    says: "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status",
  },
  {
    limit: "a reserved word in an update",
    exceeds: () => update("SET Name = :v", { ":v": { S: "" } }),
    says: "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: Name",
  },
  {
    limit: "a placeholder of 255 bytes",
    fits: () =>
      get({ ProjectionExpression: `#${"a".repeat(254)}`, ExpressionAttributeNames: { [`#${"a".repeat(254)}`]: "v" } }),
    exceeds: () =>
      get({ ProjectionExpression: `#${"a".repeat(255)}`, ExpressionAttributeNames: { [`#${"a".repeat(255)}`]: "v" } }),
    says: "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: 256",
  },
  // Requests for several items.
  {
    limit: "25 requests of BatchWriteItem",
    fits: () =>
      db.batchWriteItem({ RequestItems: { [TableName]: times(25, (n) => ({ PutRequest: { Item: key(n) } })) } }),
    exceeds: () =>
      db.batchWriteItem({ RequestItems: { [TableName]: times(26, (n) => ({ PutRequest: { Item: key(n) } })) } }),
    says: "1 validation error detected: Value '{Limits=[",
    ends: "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
  },
  {
    limit: "100 keys of BatchGetItem",
    fits: () => db.batchGetItem({ RequestItems: { [TableName]: { Keys: times(100, key) } } }),
    exceeds: () => db.batchGetItem({ RequestItems: { [TableName]: { Keys: times(101, key) } } }),
    says: "1 validation error detected: Value",
    ends: "at 'requestItems.Limits.member.keys' failed to satisfy constraint: Member must have length less than or equal to 100",
  },
  {
    limit: "100 actions of TransactWriteItems",
    fits: () => db.transactWriteItems({ TransactItems: times(100, (n) => ({ Put: { TableName, Item: key(n) } })) }),
    exceeds: () => db.transactWriteItems({ TransactItems: times(101, (n) => ({ Put: { TableName, Item: key(n) } })) }),
    says: "1 validation error detected: Value",
    ends: "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
  },
  {
    limit: "100 actions of TransactGetItems",
    fits: () => db.transactGetItems({ TransactItems: times(100, (n) => ({ Get: { TableName, Key: key(n) } })) }),
    exceeds: () => db.transactGetItems({ TransactItems: times(101, (n) => ({ Get: { TableName, Key: key(n) } })) }),
    says: "1 validation error detected: Value",
    ends: "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
  },
  {
    limit: "4 MB of a transaction",
    exceeds: () =>
      db.transactWriteItems({
        TransactItems: times(11, (n) => ({
          Put: { TableName, Item: { ...key(n), v: { S: "x".repeat(390 * 1024) } } },
        })),
      }),
    says: "Transaction payload size cannot exceed 4194304 bytes",
  },
  // Statements.
  {
    limit: "8192 characters of a statement",
    fits: () =>
      db.executeStatement(statement(`SELECT * FROM "${TableName}" WHERE pk = 'p' AND v = '${"x".repeat(8140)}'`)),
    exceeds: () =>
      db.executeStatement(statement(`SELECT * FROM "${TableName}" WHERE pk = 'p' AND v = '${"x".repeat(8192)}'`)),
    says: "1 validation error detected: Value",
    ends: "at 'statement' failed to satisfy constraint: Member must have length less than or equal to 8192",
  },
  {
    limit: "25 statements of a batch",
    fits: () =>
      db.batchExecuteStatement({
        Statements: times(25, (n) => statement(`SELECT * FROM "${TableName}" WHERE pk = 'p' AND sk = '${n}'`)),
      }),
    exceeds: () =>
      db.batchExecuteStatement({
        Statements: times(26, (n) => statement(`SELECT * FROM "${TableName}" WHERE pk = 'p' AND sk = '${n}'`)),
      }),
    says: "1 validation error detected: Value",
    ends: "at 'statements' failed to satisfy constraint: Member must have length less than or equal to 25",
  },
  // Tables.
  {
    limit: "table names of at least three characters",
    fits: () => db.createTable(plain("abc")),
    exceeds: () => db.createTable(plain("ab")),
    says: validation("ab", "tableName", "Member must have length greater than or equal to 3"),
  },
  {
    limit: "table names of at most 255 characters",
    fits: () => db.createTable(plain("t".repeat(255))),
    exceeds: () => db.createTable(plain("t".repeat(256))),
    says: validation("t".repeat(256), "tableName", "Member must have length less than or equal to 255"),
  },
  {
    limit: "letters of table names",
    fits: () => db.createTable(plain("a-z_A.9")),
    exceeds: () => db.createTable(plain("a;c")),
    says: validation("a;c", "tableName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
  },
  {
    limit: "names of key attributes of 255 bytes",
    exceeds: () =>
      db.createTable({
        ...plain("LongKey"),
        AttributeDefinitions: [{ AttributeName: "k".repeat(256), AttributeType: "S" }],
        KeySchema: [{ AttributeName: "k".repeat(256), KeyType: "HASH" }],
      }),
    says: "2 validation errors detected: Value",
    ends: "at 'keySchema.1.member.attributeName' failed to satisfy constraint: Member must have length less than or equal to 255",
  },
  {
    limit: "20 global indexes",
    fits: () => db.createTable({ ...plain("TwentyIndexes"), GlobalSecondaryIndexes: times(20, gsi) }),
    exceeds: () => db.createTable({ ...plain("MoreIndexes"), GlobalSecondaryIndexes: times(21, gsi) }),
    says: "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20",
  },
  {
    limit: "5 local indexes",
    exceeds: () =>
      db.createTable({
        ...plain("LocalIndexes"),
        AttributeDefinitions: ["pk", "sk", ...times(6, (n) => `a${n}`)].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S",
        })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        LocalSecondaryIndexes: times(6, lsi),
      }),
    says: "One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds per-table limit of 5",
  },
  {
    limit: "50 tags",
    exceeds: () => db.createTable({ ...plain("Tagged"), Tags: times(51, (n) => ({ Key: `k${n}`, Value: "v" })) }),
    says: "Number of Tags exceed the current limit for the provided ResourceArn",
  },
];

describe("limits", () => {
  it.each(limits.map((limit) => [limit.limit, limit] as const))("%s", async (_, { fits, exceeds, says, ends }) => {
    await fits?.();
    const { name, message } = await exceeds().then(
      () => ({ name: "nothing was refused", message: "" }),
      (thrown: Error) => thrown,
    );
    expect(name).toBe("ValidationException");
    expect(ends === undefined ? message : message.slice(0, says.length)).toBe(says);
    if (ends !== undefined) expect(message.slice(-ends.length)).toBe(ends);
  });
});
