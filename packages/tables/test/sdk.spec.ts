import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Harness } from "./harness.js";
import { credentials, SdkServer } from "./sdk-server.js";

describe("the AWS SDK for JavaScript against the tables", () => {
  let harness: Harness;
  let server: SdkServer;
  let client: DynamoDBClient;
  const TableName = "Books";

  beforeAll(async () => {
    harness = await Harness.open();
    server = await SdkServer.start(harness.tables);
    client = new DynamoDBClient({ region: "us-west-2", endpoint: server.endpoint, credentials, maxAttempts: 1 });
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "N" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      }),
    );
    await waitUntilTableExists({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, { TableName });
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
    await harness.close();
  });

  it("describes a table with a real date", async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.CreationDateTime).toEqual(new Date(harness.clock.now()));
    expect(Table?.TableStatus).toBe("ACTIVE");
  });

  it("gets back every kind of value it put", async () => {
    const Item = {
      pk: { S: "kinds \u{1f600}" },
      sk: { N: "0" },
      n: { N: "-12345678901234567890.123456789" },
      b: { B: new Uint8Array([0, 255, 128]) },
      t: { BOOL: true },
      nothing: { NULL: true as const },
      ss: { SS: ["a", "b"] },
      ns: { NS: ["1", "2.5"] },
      bs: { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] },
      l: { L: [{ S: "" }, { L: [{ M: { x: { N: "1" } } }] }] },
      m: { M: { "with space": { B: new Uint8Array() } } },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
    const got = await client.send(new GetItemCommand({ TableName, Key: { pk: Item.pk, sk: Item.sk } }));
    expect(got.Item).toEqual(Item);
  });

  it("gets typed errors with their members", async () => {
    const Key = { pk: { S: "conditional" }, sk: { N: "1" } };
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    const error = await client
      .send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: "SET x = :x",
          ConditionExpression: "attribute_not_exists(pk)",
          ExpressionAttributeValues: { ":x": { N: "1" } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      )
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ message: "The conditional request failed", Item: Key });
    const cancelled = await client
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Delete: { TableName, Key, ConditionExpression: "attribute_not_exists(pk)" } },
            { Put: { TableName, Item: { ...Key, sk: { N: "2" } } } },
          ],
        }),
      )
      .catch((thrown: unknown) => thrown);
    expect(cancelled).toBeInstanceOf(TransactionCanceledException);
    expect(cancelled).toMatchObject({
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]",
      CancellationReasons: [
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
        { Code: "None" },
      ],
    });
    const missing = await client
      .send(new GetItemCommand({ TableName: "Absent", Key }))
      .catch((thrown: unknown) => thrown);
    expect(missing).toBeInstanceOf(ResourceNotFoundException);
    const invalid = await client.send(new GetItemCommand({ TableName, Key: {} })).catch((thrown: unknown) => thrown);
    expect(invalid).toMatchObject({
      name: "ValidationException",
      message: "The provided key element does not match the schema",
    });
  });

  it("pages through a query with its own paginator", async () => {
    for (const from of [0, 25]) {
      const puts = Array.from({ length: 25 }, (_, at) => ({
        PutRequest: { Item: { pk: { S: "paged" }, sk: { N: String(from + at) } } },
      }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }),
      );
      expect(UnprocessedItems).toEqual({});
    }
    const found: string[] = [];
    const pages = paginateQuery(
      { client, pageSize: 7 },
      { TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "paged" } } },
    );
    for await (const { Items } of pages) found.push(...Items!.map(({ sk }) => sk!.N!));
    expect(found).toEqual(Array.from({ length: 50 }, (_, at) => String(at)));
  });

  it("a caller without permission hears AccessDenied before anything about the table", async () => {
    const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/Secret";
    server.denied.add(arn).add(`${arn}/index/byAge`);
    const Key = { pk: { S: "a" }, sk: { N: "1" } };
    const get = client.send(new GetItemCommand({ TableName: "Secret", Key }));
    await expect(get).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "not allowed: dynamodb:GetItem",
    });
    const query = client.send(
      new QueryCommand({
        TableName: "Secret",
        IndexName: "byAge",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "a" } },
      }),
    );
    await expect(query).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "not allowed: dynamodb:Query",
    });
  });

  it("hears of enumerations and of the model's other rules from the validator", async () => {
    const Item = { pk: { S: "a" }, sk: { N: "1" } };
    const put = client.send(new PutItemCommand({ TableName, Item, ReturnValues: "SOMETIMES" as "NONE" }));
    await expect(put).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(
        "Value 'SOMETIMES' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set",
      ),
    });
  });

  it("deletes a table and waits until it is gone", async () => {
    const name = { TableName: "Short" };
    await client.send(
      new CreateTableCommand({
        ...name,
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      }),
    );
    await client.send(new DeleteTableCommand(name));
    await waitUntilTableNotExists({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, name);
  });
});
