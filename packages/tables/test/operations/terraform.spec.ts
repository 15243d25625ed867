import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Harness, region } from "../harness.js";
import { credentials, SdkServer } from "../sdk-server.js";

const TableName = "Orders";
let harness: Harness;
let server: SdkServer;
let client: DynamoDB;

beforeAll(async () => {
  harness = await Harness.open();
  server = await SdkServer.start(harness.tables);
  const configuration = { endpoint: server.endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
  client = new DynamoDB(configuration);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
  await harness.close();
});

/** What Terraform's `aws_dynamodb_table` reads on every refresh, in its order. */
async function refresh() {
  const { Table } = await client.describeTable({ TableName });
  const backups = await client.describeContinuousBackups({ TableName });
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName });
  const { Tags } = await client.listTagsOfResource({ ResourceArn: Table!.TableArn });
  const { PointInTimeRecoveryStatus } = backups.ContinuousBackupsDescription!.PointInTimeRecoveryDescription!;
  return { table: Table!, recovery: PointInTimeRecoveryStatus, expiry: TimeToLiveDescription!, tags: Tags };
}

it("the calls that Terraform makes for a table, from its creation to its end", async () => {
  await client.createTable({
    TableName,
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    TableClass: "STANDARD",
    DeletionProtectionEnabled: true,
    SSESpecification: { Enabled: false },
    Tags: [{ Key: "team", Value: "shop" }],
  });
  await client.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "until" } });
  await client.updateContinuousBackups({
    ...{ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } },
  });
  const made = await refresh();
  expect(made).toMatchObject({
    table: {
      ...{ TableStatus: "ACTIVE", DeletionProtectionEnabled: true, TableClassSummary: { TableClass: "STANDARD" } },
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      LatestStreamArn: expect.stringContaining(`table/${TableName}/stream/`),
      WarmThroughput: { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 1, Status: "ACTIVE" },
    },
    recovery: "DISABLED",
    expiry: { TimeToLiveStatus: "ENABLED", AttributeName: "until" },
    tags: [{ Key: "team", Value: "shop" }],
  });
  expect(await refresh()).toEqual(made);

  // A stream's view is changed by switching the stream off and on again.
  await client.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } });
  const view = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" as const };
  await client.updateTable({ TableName, StreamSpecification: view });
  await client.updateTable({ TableName, BillingMode: "PAY_PER_REQUEST" });
  await client.updateTable({ TableName, TableClass: "STANDARD_INFREQUENT_ACCESS" });
  await client.updateTable({ TableName, OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: -1 } });
  await client.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled: false, AttributeName: "until" } });
  await client.untagResource({ ResourceArn: made.table.TableArn, TagKeys: ["team"] });
  const changed = await refresh();
  expect(changed).toMatchObject({
    table: {
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: -1 },
      StreamSpecification: view,
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
    },
    expiry: { TimeToLiveStatus: "DISABLED" },
    tags: [],
  });
  expect(changed.table.LatestStreamArn).not.toBe(made.table.LatestStreamArn);

  await expect(client.deleteTable({ TableName })).rejects.toThrow("protected against deletion");
  await client.updateTable({ TableName, DeletionProtectionEnabled: false });
  await client.deleteTable({ TableName });
  await expect(client.describeTable({ TableName })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
