import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

describe("UpdateTable", () => {
  let harness: Harness;
  const TableName = "Items";
  beforeEach(async () => {
    harness = await Harness.open({ builtRowsPerCommitMax: 5, reapedRowsPerCommitMax: 5 });
    await harness.createTable(TableName, "pk:N");
  });
  afterEach(() => harness.close());

  const byG = {
    TableName,
    AttributeDefinitions: [{ AttributeName: "g", AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: "byG",
          KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      },
    ],
  };
  const item = (at: number, more: Json = {}) => ({
    pk: { N: String(at) },
    g: { S: at % 2 === 0 ? "even" : "odd" },
    ...more,
  });
  const description = async () => (await harness.call("DescribeTable", { TableName })).Table;
  const status = async () => (await description()).GlobalSecondaryIndexes?.[0]?.IndexStatus;
  const inIndex = async (g: string) => {
    const { items } = await harness.pages("Query", {
      TableName,
      IndexName: "byG",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": { S: g } },
    });
    return items.map(({ pk }) => Number(pk.N)).toSorted((a, b) => a - b);
  };

  it("builds an index over the items that are there while writes go on", async () => {
    await harness.put(TableName, ...Array.from({ length: 60 }, (_, at) => item(at)));
    await harness.put(
      TableName,
      { pk: { N: "100" } },
      { pk: { N: "101" }, g: { N: "1" } },
      { pk: { N: "102" }, g: { S: "" } },
    );
    const { TableDescription } = await harness.call("UpdateTable", byG);
    expect(TableDescription).toMatchObject({
      TableStatus: "UPDATING",
      GlobalSecondaryIndexes: [{ IndexName: "byG", IndexStatus: "CREATING", Backfilling: true }],
    });
    expect(await harness.refusal("Scan", { TableName, IndexName: "byG" })).toBe(
      "Cannot read from backfilling global secondary index: byG",
    );
    await Promise.all([
      ...[0, 2, 4, 30, 58].map((at) => harness.call("DeleteItem", { TableName, Key: { pk: { N: String(at) } } })),
      ...[1, 31, 59].map((at) => harness.call("PutItem", { TableName, Item: item(at, { g: { S: "even" } }) })),
      ...[60, 61].map((at) => harness.call("PutItem", { TableName, Item: item(at) })),
    ]);
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    const all = Array.from({ length: 62 }, (_, at) => at);
    const gone = [0, 2, 4, 30, 58];
    const moved = [1, 31, 59];
    expect(await inIndex("even")).toEqual(
      all.filter((at) => (at % 2 === 0 && !gone.includes(at)) || moved.includes(at)),
    );
    expect(await inIndex("odd")).toEqual(all.filter((at) => at % 2 === 1 && !moved.includes(at)));
    const table = await description();
    expect(table.GlobalSecondaryIndexes[0].ItemCount).toBe(57);
    expect(table.AttributeDefinitions).toContainEqual({ AttributeName: "g", AttributeType: "S" });
  });

  it("goes on building after a restart", async () => {
    await harness.put(TableName, ...Array.from({ length: 60 }, (_, at) => item(at)));
    await harness.call("UpdateTable", byG);
    await harness.reopen();
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    expect(await inIndex("even")).toHaveLength(30);
    expect((await description()).GlobalSecondaryIndexes[0].ItemCount).toBe(60);
  });

  it("removes an index, and one of the same name starts anew", async () => {
    await harness.put(TableName, ...Array.from({ length: 20 }, (_, at) => item(at)));
    await harness.call("UpdateTable", byG);
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    const removal = { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byG" } }] };
    await harness.call("UpdateTable", removal);
    const table = await description();
    expect(table.GlobalSecondaryIndexes).toBeUndefined();
    expect(table.AttributeDefinitions).toEqual([{ AttributeName: "pk", AttributeType: "N" }]);
    expect(await harness.refusal("Scan", { TableName, IndexName: "byG" })).toBe(
      "The table does not have the specified index: byG",
    );
    expect((await harness.failure("UpdateTable", removal)).code).toBe("ResourceNotFoundException");
    await harness.call("UpdateTable", byG);
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    expect(await inIndex("even")).toHaveLength(10);
  });

  it("changes billing, class and protection", async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
    await harness.call("UpdateTable", {
      TableName,
      BillingMode: "PROVISIONED",
      ProvisionedThroughput,
      TableClass: "STANDARD_INFREQUENT_ACCESS",
      DeletionProtectionEnabled: true,
    });
    await harness.reopen();
    const table = await description();
    expect(table).toMatchObject({
      ProvisionedThroughput,
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
      DeletionProtectionEnabled: true,
    });
    expect(table.BillingModeSummary.BillingMode).toBe("PROVISIONED");
    expect(await harness.refusal("UpdateTable", { TableName, ProvisionedThroughput })).toContain(
      "The provisioned throughput for the table will not change.",
    );
  });

  it("refuses requests that change nothing or several indexes at once", async () => {
    expect(await harness.refusal("UpdateTable", { TableName })).toBe(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
        "SSESpecification or ReplicaUpdates is required",
    );
    const [create] = byG.GlobalSecondaryIndexUpdates;
    const error = await harness.failure("UpdateTable", {
      ...byG,
      GlobalSecondaryIndexUpdates: [create, { Delete: { IndexName: "other" } }],
    });
    expect(error.message).toBe(
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
    expect(await harness.refusal("UpdateTable", { ...byG, GlobalSecondaryIndexUpdates: [create, create] })).toBe(
      "One or more parameter values were invalid: Only one global secondary index update per index is allowed " +
        "simultaneously. Index: byG",
    );
  });
});
