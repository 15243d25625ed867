import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

const TableName = "Items";
const units = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
});
const provisioned = (read: number, write: number) => ({ BillingMode: "PROVISIONED", ...units(read, write) });

describe("what DescribeTable tells besides keys and indexes", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
  });
  afterEach(() => harness.close());

  const create = (more: Json = {}) => harness.createTable(TableName, "pk:S", undefined, more);
  const update = (input: Json) => harness.call("UpdateTable", { TableName, ...input });
  const refusal = (input: Json) => harness.refusal("UpdateTable", { TableName, ...input });
  const described = async () => (await harness.call("DescribeTable", { TableName })).Table;
  const time = () => new Date(harness.clock.now());

  it("says since when a table is on demand, also when it is not any more", async () => {
    await create(provisioned(1, 1));
    expect((await described()).BillingModeSummary).toBeUndefined();
    harness.clock.advance(1_000);
    await update({ BillingMode: "PAY_PER_REQUEST" });
    const LastUpdateToPayPerRequestDateTime = time();
    const summary = { BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime };
    expect((await described()).BillingModeSummary).toEqual(summary);
    harness.clock.advance(1_000);
    await update(provisioned(1, 1));
    expect((await described()).BillingModeSummary).toEqual({ ...summary, BillingMode: "PROVISIONED" });
    await harness.reopen();
    expect((await described()).BillingModeSummary).toEqual({ ...summary, BillingMode: "PROVISIONED" });
  });

  it("says when throughput went up and down, and how often today", async () => {
    await create(provisioned(5, 5));
    const throughput = async () => (await described()).ProvisionedThroughput;
    expect(await throughput()).toEqual({ NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 5 });
    harness.clock.advance(1_000);
    await update(units(6, 4));
    const changed = time();
    expect(await throughput()).toEqual({
      ...{ LastIncreaseDateTime: changed, LastDecreaseDateTime: changed, NumberOfDecreasesToday: 1 },
      ...{ ReadCapacityUnits: 6, WriteCapacityUnits: 4 },
    });
    harness.clock.advance(1_000);
    await update(units(6, 3));
    expect(await throughput()).toMatchObject({ LastIncreaseDateTime: changed, NumberOfDecreasesToday: 2 });
    harness.clock.advance(24 * 60 * 60_000);
    expect(await throughput()).toMatchObject({ NumberOfDecreasesToday: 0 });
  });

  it("says what a table and its indexes are warm for, which only grows", async () => {
    const index = {
      IndexName: "byPk",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
      WarmThroughput: { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 4_000 },
    };
    await create({ GlobalSecondaryIndexes: [index] });
    const warm = async () => {
      const table = await described();
      return [table.WarmThroughput, table.GlobalSecondaryIndexes[0].WarmThroughput];
    };
    const of = (ReadUnitsPerSecond: number, WriteUnitsPerSecond: number) => ({
      ...{ ReadUnitsPerSecond, WriteUnitsPerSecond },
      Status: "ACTIVE",
    });
    expect(await warm()).toEqual([of(12_000, 4_000), of(13_000, 4_000)]);
    await update({ WarmThroughput: { ReadUnitsPerSecond: 20_000 } });
    const Update = { IndexName: "byPk", WarmThroughput: { WriteUnitsPerSecond: 5_000 } };
    await update({ GlobalSecondaryIndexUpdates: [{ Update }] });
    expect(await warm()).toEqual([of(20_000, 4_000), of(13_000, 5_000)]);
    expect(await refusal({ WarmThroughput: { ReadUnitsPerSecond: 12_000 } })).toBe(
      "One or more parameter values were invalid: Requested ReadUnitsPerSecond for WarmThroughput for table is lower " +
        "than current WarmThroughput, decreasing WarmThroughput is not supported",
    );
    await harness.createTable("Other", "pk:S", undefined, provisioned(7, 3));
    const { Table } = await harness.call("DescribeTable", { TableName: "Other" });
    expect(Table.WarmThroughput).toEqual(of(7, 3));
  });

  it("says the bounds of an on-demand table, until there are none", async () => {
    await create({ OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 } });
    const bounds = async () => (await described()).OnDemandThroughput;
    expect(await bounds()).toEqual({ MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 });
    await update({ OnDemandThroughput: { MaxReadRequestUnits: -1 } });
    expect(await bounds()).toEqual({ MaxReadRequestUnits: -1, MaxWriteRequestUnits: 20 });
    expect(await refusal({ OnDemandThroughput: { MaxReadRequestUnits: 0 } })).toBe(
      "Given value 0 for MaxReadRequestUnits is out of bounds",
    );
    expect(await refusal({ ...provisioned(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 1 } })).toBe(
      "One or more parameter values were invalid: OnDemandThroughput can only be specified when BillingMode is " +
        "PAY_PER_REQUEST",
    );
    await update(provisioned(1, 1));
    expect(await bounds()).toBeUndefined();
  });

  it("says the class of a table once it was said, and when it was changed", async () => {
    await create();
    expect((await described()).TableClassSummary).toBeUndefined();
    harness.clock.advance(1_000);
    await update({ TableClass: "STANDARD_INFREQUENT_ACCESS" });
    expect((await described()).TableClassSummary).toEqual({
      ...{ TableClass: "STANDARD_INFREQUENT_ACCESS", LastUpdateDateTime: time() },
    });
  });

  it("says nothing of keys of KMS, and refuses them", async () => {
    await create({ SSESpecification: { Enabled: false } });
    expect((await described()).SSEDescription).toBeUndefined();
    const refused =
      "One or more parameter values were invalid: SSESpecification: keys of AWS KMS are not available on these tables";
    expect(await refusal({ SSESpecification: { Enabled: true } })).toBe(refused);
    const definition = {
      ...{ TableName: "Other", BillingMode: "PAY_PER_REQUEST", SSESpecification: { Enabled: true, SSEType: "KMS" } },
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    };
    expect(await harness.refusal("CreateTable", definition)).toBe(refused);
    expect(await refusal({ SSESpecification: { Enabled: false } })).toBe(
      "One or more parameter values were invalid: Table is already encrypted by default",
    );
  });

  it("does not change throughput and stream at once", async () => {
    await create(provisioned(1, 1));
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" };
    expect(await refusal({ ...units(2, 2), StreamSpecification })).toBe(
      "Cannot change IOPS and Streams at the same time.",
    );
  });
});

describe("what tools read of every table", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
  });
  afterEach(() => harness.close());

  it("says that there is no point-in-time recovery, and refuses to switch it on", async () => {
    const ContinuousBackupsDescription = {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
    };
    expect(await harness.call("DescribeContinuousBackups", { TableName })).toEqual({ ContinuousBackupsDescription });
    const recovery = (PointInTimeRecoveryEnabled: boolean) => ({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
    });
    expect(await harness.call("UpdateContinuousBackups", recovery(false))).toEqual({ ContinuousBackupsDescription });
    expect(await harness.refusal("UpdateContinuousBackups", recovery(true))).toBe(
      "One or more parameter values were invalid: Point-in-time recovery is not available on these tables",
    );
    expect(await harness.failure("DescribeContinuousBackups", { TableName: "Nobody" })).toMatchObject({
      ...{ code: "TableNotFoundException", message: "Table not found: Nobody" },
    });
  });

  it("says that nothing goes to Kinesis and that nobody counts keys", async () => {
    expect(await harness.call("DescribeKinesisStreamingDestination", { TableName })).toEqual({
      ...{ TableName, KinesisDataStreamDestinations: [] },
    });
    const insights = (more: Json = {}) => harness.call("DescribeContributorInsights", { TableName, ...more });
    expect(await insights()).toEqual({ TableName, ContributorInsightsStatus: "DISABLED" });
    const absent = { TableName, IndexName: "absent" };
    expect((await harness.failure("DescribeContributorInsights", absent)).code).toBe("ResourceNotFoundException");
  });
});
