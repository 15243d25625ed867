import { checkTables } from "@hotkeep/tables";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, Harness, type Json, region } from "../harness.js";

const TableName = "Items";
const table = `arn:aws:dynamodb:${region}:${account}:table/${TableName}`;
const item = (pk: number, more: Json = {}) => ({ pk: { S: `k${pk}` }, g: { S: `g${pk % 3}` }, ...more });

describe("on-demand backups", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open({ copiedRowsPerCommitMax: 7, backupsInProgressMax: 2, backupsPerRegionMax: 4 });
    await harness.createTable(TableName, "pk:S", undefined, {
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "g", AttributeType: "S" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byG",
          KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      Tags: [{ Key: "team", Value: "a" }],
    });
    await harness.put(TableName, ...Array.from({ length: 50 }, (_, at) => item(at)));
  });
  afterEach(async () => {
    await harness.close();
  });

  const describeBackup = async (BackupArn: string) =>
    (await harness.call("DescribeBackup", { BackupArn })).BackupDescription;
  const finished = async (BackupArn: string) => {
    await expect
      .poll(async () => (await describeBackup(BackupArn)).BackupDetails.BackupStatus, { interval: 2 })
      .toBe("AVAILABLE");
    return BackupArn;
  };
  const backUp = async (BackupName = "nightly") =>
    (await harness.call("CreateBackup", { TableName, BackupName })).BackupDetails.BackupArn as string;
  const restored = async (BackupArn: string, TargetTableName: string, more: Json = {}) => {
    await harness.call("RestoreTableFromBackup", { BackupArn, TargetTableName, ...more });
    const status = async () => (await harness.call("DescribeTable", { TableName: TargetTableName })).Table.TableStatus;
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    return (await harness.call("DescribeTable", { TableName: TargetTableName })).Table;
  };
  const scan = async (name: string, more: Json = {}) => {
    const { items } = await harness.pages("Scan", { TableName: name, ...more });
    return items.map(({ pk }) => Number(pk.S.slice(1))).sort((a, b) => a - b);
  };
  const all = Array.from({ length: 50 }, (_, at) => at);
  const check = async () => {
    await harness.reopen();
    expect((await checkTables(harness.path)).faults).toEqual([]);
  };

  it("have what the table had, whatever is written while they are copied", async () => {
    await harness.put(TableName, item(50));
    const arn = await backUp();
    expect(arn).toMatch(new RegExp(`^${table}/backup/\\d{14}-[0-9a-f]{8}$`));
    await Promise.all([
      ...all.map((at) => harness.call("DeleteItem", { TableName, Key: { pk: { S: `k${at}` } } })),
      harness.put(TableName, item(60), item(61)),
    ]);
    await finished(arn);
    expect(await scan(TableName)).toEqual([50, 60, 61]);
    const { BackupDetails, SourceTableDetails, SourceTableFeatureDetails } = await describeBackup(arn);
    expect(BackupDetails).toMatchObject({ BackupName: "nightly", BackupType: "USER", BackupArn: arn });
    expect(BackupDetails.BackupSizeBytes).toBeGreaterThan(51 * 6);
    expect(SourceTableDetails).toMatchObject({
      ...{ TableName, TableArn: table, ItemCount: 51, BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    expect(SourceTableFeatureDetails).toMatchObject({
      GlobalSecondaryIndexes: [{ IndexName: "byG", Projection: { ProjectionType: "KEYS_ONLY" } }],
      TimeToLiveDescription: { TimeToLiveStatus: "DISABLED" },
    });
    await restored(arn, "Back");
    expect(await scan("Back")).toEqual([...all, 50]);
    await check();
  });

  it("make a table with keys and indexes, without tags, expiry, streams and protection", async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: "ttl" };
    await harness.call("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" };
    await harness.call("UpdateTable", { TableName, StreamSpecification, DeletionProtectionEnabled: true });
    const arn = await finished(await backUp());
    expect((await describeBackup(arn)).SourceTableFeatureDetails).toMatchObject({
      StreamDescription: StreamSpecification,
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "ttl" },
    });
    const made = await restored(arn, "Back");
    expect(made).toMatchObject({
      ItemCount: 50,
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [{ IndexName: "byG", IndexStatus: "ACTIVE", ItemCount: 50 }],
      RestoreSummary: { SourceBackupArn: arn, SourceTableArn: table, RestoreInProgress: false },
    });
    expect(made.StreamSpecification).toBeUndefined();
    expect(await scan("Back", { IndexName: "byG" })).toEqual(all);
    const { TimeToLiveDescription } = await harness.call("DescribeTimeToLive", { TableName: "Back" });
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "DISABLED" });
    expect(await harness.call("ListTagsOfResource", { ResourceArn: made.TableArn })).toEqual({ Tags: [] });
  });

  it("make a table with fewer indexes and other billing", async () => {
    const arn = await finished(await backUp());
    const units = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
    const provisioned = { BillingModeOverride: "PROVISIONED", ProvisionedThroughputOverride: units };
    const made = await restored(arn, "Bare", { ...provisioned, GlobalSecondaryIndexOverride: [] });
    expect(made.GlobalSecondaryIndexes).toBeUndefined();
    expect(made.AttributeDefinitions).toEqual([{ AttributeName: "pk", AttributeType: "S" }]);
    expect(made.ProvisionedThroughput).toMatchObject(units);
    const indexed = await restored(arn, "Indexed", provisioned);
    expect(indexed.GlobalSecondaryIndexes[0].ProvisionedThroughput).toMatchObject(units);
    const other = {
      IndexName: "byG",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    };
    const wrong = { BackupArn: arn, TargetTableName: "Wrong", GlobalSecondaryIndexOverride: [other] };
    expect(await harness.refusal("RestoreTableFromBackup", wrong)).toBe(
      "One or more parameter values were invalid: Index byG is not one of the backup's, or not as it was there",
    );
  });

  it("outlive their table and a restart, and are finished after one", async () => {
    const arn = await backUp();
    await harness.reopen();
    await finished(arn);
    await harness.call("DeleteTable", { TableName });
    await harness.reopen();
    expect((await describeBackup(arn)).SourceTableDetails.ItemCount).toBe(50);
    await harness.call("RestoreTableFromBackup", { BackupArn: arn, TargetTableName: TableName });
    await harness.reopen();
    const status = async () => (await harness.call("DescribeTable", { TableName })).Table.TableStatus;
    await expect.poll(status, { interval: 2 }).toBe("ACTIVE");
    expect(await scan(TableName)).toEqual(all);
    await check();
  });

  it("keep away from a table that is not whole yet", async () => {
    const arn = await finished(await backUp());
    await harness.call("RestoreTableFromBackup", { BackupArn: arn, TargetTableName: "Back" });
    const { Table } = await harness.call("DescribeTable", { TableName: "Back" });
    expect(Table).toMatchObject({ TableStatus: "CREATING", RestoreSummary: { RestoreInProgress: true } });
    const missing = await harness.failure("GetItem", { TableName: "Back", Key: { pk: { S: "k1" } } });
    expect(missing.code).toBe("ResourceNotFoundException");
    for (const [operation, input] of [
      ["DeleteTable", { TableName: "Back" }],
      ["UpdateTable", { TableName: "Back", BillingMode: "PAY_PER_REQUEST" }],
    ] as const) {
      expect((await harness.failure(operation, input)).code).toBe("ResourceInUseException");
    }
    expect((await harness.failure("DeleteBackup", { BackupArn: arn })).code).toBe("BackupInUseException");
    const again = { BackupArn: arn, TargetTableName: "Back" };
    expect((await harness.failure("RestoreTableFromBackup", again)).code).toBe("TableAlreadyExistsException");
  });

  it("are listed by table and time, page by page, and deleted", async () => {
    const first = await finished(await backUp("one"));
    harness.clock.advance(1_000);
    const second = await finished(await backUp("two"));
    const list = async (input: Json = {}) => {
      const { BackupSummaries, LastEvaluatedBackupArn } = await harness.call("ListBackups", input);
      return [BackupSummaries.map(({ BackupName }: Json) => BackupName), LastEvaluatedBackupArn];
    };
    expect(await list()).toEqual([["one", "two"], undefined]);
    expect(await list({ Limit: 1 })).toEqual([["one"], first]);
    expect(await list({ ExclusiveStartBackupArn: first })).toEqual([["two"], undefined]);
    expect(await list({ TableName: "Nobody" })).toEqual([[], undefined]);
    expect(await list({ BackupType: "SYSTEM" })).toEqual([[], undefined]);
    expect(await list({ TimeRangeLowerBound: new Date(harness.clock.now()) })).toEqual([["two"], undefined]);
    expect(await list({ TimeRangeUpperBound: new Date(harness.clock.now()) })).toEqual([["one"], undefined]);
    const { BackupDescription } = await harness.call("DeleteBackup", { BackupArn: second });
    expect(BackupDescription.BackupDetails.BackupStatus).toBe("DELETED");
    expect(await list()).toEqual([["one"], undefined]);
    expect(await harness.failure("DescribeBackup", { BackupArn: second })).toMatchObject({
      ...{ code: "BackupNotFoundException", message: `Backup not found: ${second}` },
    });
    await check();
  });

  it("are limited in number, and say what is not there", async () => {
    const made = await Promise.all([backUp(), backUp()]);
    const busy = await harness.failure("CreateBackup", { TableName, BackupName: "third" });
    expect(busy.message).toBe("Subscriber limit exceeded: Only 2 backups can be created simultaneously");
    expect((await harness.failure("DeleteTable", { TableName })).message).toBe(
      `Attempt to change a resource which is still in use: Backup is being created for the table: ${TableName}`,
    );
    for (const arn of made) await finished(arn);
    await finished(await backUp());
    await finished(await backUp());
    const full = await harness.failure("CreateBackup", { TableName, BackupName: "fifth" });
    expect(full.message).toBe("Subscriber limit exceeded: There is a limit of 4 backups per subscriber");
    const nobody = await harness.failure("CreateBackup", { TableName: "Nobody", BackupName: "none" });
    expect(nobody).toMatchObject({ code: "TableNotFoundException", message: "Table not found: Nobody" });
  });

  it("need permission on table, backup, or both", async () => {
    const BackupArn = `${table}/backup/01489602797149-73d8d5bc`;
    const needs = async (name: string, input: Json) =>
      (await harness.needs(name, input)).map(({ action, resource }) => [action, resource]);
    expect(await needs("CreateBackup", { TableName, BackupName: "one" })).toEqual([["dynamodb:CreateBackup", table]]);
    expect(await needs("DescribeBackup", { BackupArn })).toEqual([["dynamodb:DescribeBackup", BackupArn]]);
    expect(await needs("DeleteBackup", { BackupArn })).toEqual([["dynamodb:DeleteBackup", BackupArn]]);
    expect(await needs("ListBackups", {})).toEqual([["dynamodb:ListBackups", "*"]]);
    expect(await needs("RestoreTableFromBackup", { BackupArn, TargetTableName: "Back" })).toEqual([
      ["dynamodb:RestoreTableFromBackup", BackupArn],
      ["dynamodb:RestoreTableFromBackup", table.replace(TableName, "Back")],
    ]);
    expect(await harness.refusal("DescribeBackup", { BackupArn: "nonsense" })).toBe("Invalid backup ARN: nonsense");
  });
});
