import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";

const collectionBytesMax = 10_000;
const TableName = "Collected";
const tooLarge = { code: "ItemCollectionSizeLimitExceededException", message: "Collection size exceeded." };

describe("item collections of a table with a local index", () => {
  let harness: Harness;
  const local = {
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "N" },
      { AttributeName: "rank", AttributeType: "N" },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "byRank",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "rank", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  };
  beforeEach(async () => {
    harness = await Harness.open({ collectionBytesMax });
    await harness.createTable(TableName, "pk:S", "sk:N", local);
    // 900 bytes with `pk`, `sk` and `v`.
    await harness.put(TableName, ...Array.from({ length: 11 }, (_, n) => item("full", n, 885)));
    await harness.put(TableName, ...Array.from({ length: 5 }, (_, n) => item("half", n, 885)));
  });
  afterEach(() => harness.close());

  const item = (pk: string, n: number, size: number) => ({
    pk: { S: pk },
    sk: { N: String(n) },
    v: { S: "x".repeat(size) },
  });
  const put = (pk: string, n: number, size: number) => ({ TableName, Item: item(pk, n, size) });

  it("end at their size: in puts, updates and batches, while others go on", async () => {
    expect(await harness.failure("PutItem", put("full", 99, 885))).toMatchObject(tooLarge);
    await harness.call("PutItem", put("half", 99, 885));
    const update = { TableName, Key: { pk: { S: "full" }, sk: { N: "1" } }, UpdateExpression: "SET w = :w" };
    const values = { ExpressionAttributeValues: { ":w": { S: "y".repeat(500) } } };
    expect(await harness.failure("UpdateItem", { ...update, ...values })).toMatchObject(tooLarge);
    const batch = { RequestItems: { [TableName]: [{ PutRequest: { Item: item("full", 100, 885) } }] } };
    expect(await harness.failure("BatchWriteItem", batch)).toMatchObject(tooLarge);
    const statement = `INSERT INTO ${TableName} VALUE {'pk': 'full', 'sk': 101, 'v': '${"x".repeat(885)}'}`;
    expect(
      (await harness.call("BatchExecuteStatement", { Statements: [{ Statement: statement }] })).Responses[0],
    ).toEqual({
      Error: { Code: "ItemCollectionSizeLimitExceeded", Message: "Collection size exceeded." },
      TableName,
    });
  });

  it("take what replaces something as large, and go on when something is gone", async () => {
    await harness.call("PutItem", put("full", 1, 880));
    expect(await harness.failure("PutItem", put("full", 99, 885))).toMatchObject(tooLarge);
    await harness.call("DeleteItem", { TableName, Key: { pk: { S: "full" }, sk: { N: "1" } } });
    await harness.call("PutItem", put("full", 99, 885));
    expect(await harness.failure("PutItem", put("full", 100, 885))).toMatchObject(tooLarge);
    await harness.reopen();
    expect(await harness.failure("PutItem", put("full", 100, 885))).toMatchObject(tooLarge);
  });

  it("are a reason to cancel a transaction, which then counts for nothing", async () => {
    const actions = [{ Put: put("half", 50, 885) }, { Put: put("full", 50, 885) }];
    const { code, members } = await harness.failure("TransactWriteItems", { TransactItems: actions });
    expect([code, members.CancellationReasons]).toEqual([
      "TransactionCanceledException",
      [{ Code: "None" }, { Code: "ItemCollectionSizeLimitExceeded", Message: "Collection size exceeded." }],
    ]);
    for (let n = 50; n < 55; n++) await harness.call("PutItem", put("half", n, 885));
  });

  it("have no bound in a table without local indexes", async () => {
    await harness.createTable("Unbounded", "pk:S", "sk:N");
    await harness.put("Unbounded", ...Array.from({ length: 20 }, (_, n) => item("full", n, 885)));
  });
});
