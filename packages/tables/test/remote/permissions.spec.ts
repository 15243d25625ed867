import { AwsError, type LogFields, type PermissionRequest, silentLogger, systemClock } from "@hotkeep/core";
import { AnswerHold, type CallContext } from "@hotkeep/protocols";
import { openRemoteTables, type RemoteTables } from "@hotkeep/tables";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { account, type Json, region } from "../harness.js";
import { RecordingProxy } from "./recording-proxy.js";

const table = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const backup = `${table}/backup/01489602797149-73d8d5bc`;
const stream = `arn:aws:kinesis:${region}:${account}:stream/changes`;

const description = {
  TableArn: "arn:aws:dynamodb:eu-central-1:999999999999:table/Books",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "year", AttributeType: "N" },
    { AttributeName: "month", AttributeType: "N" },
  ],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    { IndexName: "byYear", KeySchema: [{ AttributeName: "year", KeyType: "HASH" }] },
    {
      IndexName: "byMonth",
      KeySchema: [
        { AttributeName: "year", KeyType: "HASH" },
        { AttributeName: "month", KeyType: "HASH" },
      ],
    },
  ],
};

describe("what a caller must be allowed before a call goes to the endpoint", () => {
  let endpoint: RecordingProxy;
  let tables: RemoteTables;
  const logged: LogFields[] = [];

  beforeAll(async () => {
    // Every call is answered here: there is no endpoint behind.
    endpoint = await RecordingProxy.start(1);
    tables = openRemoteTables({
      ...{ endpoint: endpoint.endpoint, account, region, clock: systemClock },
      credentials: () => ({ accessKeyId: "AKIAREMOTE", secretAccessKey: "secret" }),
      logger: { ...silentLogger, warn: (_, fields) => void logged.push(fields ?? {}) },
    });
  });
  afterAll(async () => {
    await tables.close();
    await endpoint.down();
  });
  beforeEach(() => {
    endpoint.take();
    endpoint.interfere = ({ operation }, response) => {
      if (operation === "DescribeTable") response.end(JSON.stringify({ Table: description }));
      else response.end("{}");
    };
  });

  const named = (name: string) => tables.handlers.operations.find((operation) => operation.name === name)!.operation;
  const context = (operation: string): CallContext => ({
    ...{ service: "dynamodb", operation, accessKeyId: "AKIA", account, region, requestId: "r", now: 0 },
    principal: { kind: "root", account },
    secureTransport: false,
  });
  const needs = async (name: string, input: Json): Promise<readonly PermissionRequest[]> =>
    named(name).needs(input as never, context(name));
  const pairs = async (name: string, input: Json) =>
    (await needs(name, input)).map(({ action, resource }) => [action, resource]);

  const simple: readonly (readonly [name: string, input: Json, resource: string])[] = [
    ["CreateBackup", { TableName: "Books", BackupName: "b" }, table],
    ["DeleteBackup", { BackupArn: backup }, backup],
    ["DeleteTable", { TableName: "Books" }, table],
    ["DescribeBackup", { BackupArn: backup }, backup],
    ["DescribeContinuousBackups", { TableName: "Books" }, table],
    ["DescribeKinesisStreamingDestination", { TableName: "Books" }, table],
    ["DescribeLimits", {}, "*"],
    ["DescribeTable", { TableName: table }, table],
    ["DescribeTimeToLive", { TableName: "Books" }, table],
    ["DisableKinesisStreamingDestination", { TableName: "Books", StreamArn: stream }, table],
    ["ListBackups", {}, "*"],
    ["ListExports", {}, "*"],
    ["ListExports", { TableArn: table }, table],
    ["ListGlobalTables", {}, "*"],
    ["ListImports", {}, "*"],
    ["ListTables", {}, "*"],
    ["ListTagsOfResource", { ResourceArn: table }, table],
    ["TagResource", { ResourceArn: table, Tags: [] }, table],
    ["UntagResource", { ResourceArn: table, TagKeys: [] }, table],
    ["UpdateContinuousBackups", { TableName: "Books" }, table],
    ["UpdateKinesisStreamingDestination", { TableName: "Books", StreamArn: stream }, table],
    ["UpdateTable", { TableName: "Books", StreamSpecification: { StreamEnabled: true } }, table],
    ["UpdateTimeToLive", { TableName: "Books" }, table],
  ];
  it.each(simple)("%s with %o: its own name on %s", async (name, input, resource) => {
    expect(await pairs(name, input)).toEqual([[`dynamodb:${name}`, resource]]);
    expect(endpoint.take()).toEqual([]);
  });

  it("tables with tags or a policy need the permissions to set those, too", async () => {
    const input = { TableName: "Books", Tags: [{ Key: "k", Value: "v" }], ResourcePolicy: "{}" };
    expect(await pairs("CreateTable", { TableName: "Books", Tags: [] })).toEqual([["dynamodb:CreateTable", table]]);
    expect(await pairs("CreateTable", input)).toEqual([
      ["dynamodb:CreateTable", table],
      ["dynamodb:TagResource", table],
      ["dynamodb:PutResourcePolicy", table],
    ]);
  });

  it("restores need source and target", async () => {
    const target = table.replace("Books", "Copy");
    const fromTable = "dynamodb:RestoreTableToPointInTime";
    expect(await pairs("RestoreTableToPointInTime", { SourceTableArn: table, TargetTableName: "Copy" })).toEqual([
      [fromTable, table],
      [fromTable, target],
    ]);
    expect(await pairs("RestoreTableFromBackup", { BackupArn: backup, TargetTableName: "Copy" })).toEqual([
      ["dynamodb:RestoreTableFromBackup", backup],
      ["dynamodb:RestoreTableFromBackup", target],
    ]);
    await expect(needs("RestoreTableToPointInTime", { TargetTableName: "Copy" })).rejects.toThrow(
      "Either SourceTableArn or SourceTableName must be given",
    );
  });

  it("what the endpoint does elsewhere in the gateway's name needs the caller's permission there", async () => {
    const objects = "arn:aws:s3:::bucket/exports/*";
    expect(
      await pairs("ExportTableToPointInTime", { TableArn: table, S3Bucket: "bucket", S3Prefix: "exports" }),
    ).toEqual([
      ["dynamodb:ExportTableToPointInTime", table],
      ["s3:AbortMultipartUpload", objects],
      ["s3:PutObject", objects],
      ["s3:PutObjectAcl", objects],
    ]);
    expect(await pairs("EnableKinesisStreamingDestination", { TableName: "Books", StreamArn: stream })).toEqual([
      ["dynamodb:EnableKinesisStreamingDestination", table],
      ["kinesis:DescribeStream", stream],
      ["kinesis:PutRecord", stream],
      ["kinesis:PutRecords", stream],
    ]);
  });

  it.each([
    ["CreateTable", { TableName: "Books", GlobalTableSourceArn: table }, "GlobalTableSourceArn"],
    ["UpdateTable", { TableName: "Books", ReplicaUpdates: [] }, "ReplicaUpdates"],
    ["UpdateTable", { TableName: "Books", GlobalTableWitnessUpdates: [] }, "GlobalTableWitnessUpdates"],
  ])("%s refuses what reaches other places: %o", async (name, input, member) => {
    await expect(needs(name, input)).rejects.toThrow(
      `One or more parameter values were invalid: ${member} is not available through this endpoint`,
    );
  });

  it.each([table, `${table}/backup`, "arn:aws:s3:::bucket", "backup"])("`%s` is no backup", async (BackupArn) => {
    await expect(needs("DescribeBackup", { BackupArn })).rejects.toThrow(`Invalid backup ARN: ${BackupArn}`);
  });

  it("another account's backup is refused", async () => {
    const BackupArn = backup.replace(account, "999999999999");
    await expect(needs("DeleteBackup", { BackupArn })).rejects.toThrow(
      `is not authorized to perform: dynamodb:DeleteBackup on resource: ${BackupArn}`,
    );
  });

  it("every item operation tells the partition keys, after the endpoint has told the schema", async () => {
    const Key = { pk: { S: "a" } };
    const calls: readonly (readonly [string, Json])[] = [
      ["GetItem", { TableName: "Books", Key }],
      ["PutItem", { TableName: table, Item: { ...Key, year: { N: "1" } } }],
      ["UpdateItem", { TableName: "Books", Key }],
      ["DeleteItem", { TableName: "Books", Key }],
      ["BatchGetItem", { RequestItems: { Books: { Keys: [Key] } } }],
      ["BatchWriteItem", { RequestItems: { [table]: [{ DeleteRequest: { Key } }] } }],
      ["TransactGetItems", { TransactItems: [{ Get: { TableName: "Books", Key } }] }],
      ["TransactWriteItems", { TransactItems: [{ Delete: { TableName: "Books", Key } }] }],
      [
        "Query",
        {
          TableName: "Books",
          KeyConditionExpression: "pk = :a",
          ExpressionAttributeValues: { ":a": { S: "a" } },
        },
      ],
    ];
    for (const [name, input] of calls) {
      const [first, ...others] = await needs(name, input);
      expect([name, first?.resource, first?.context?.["dynamodb:LeadingKeys"]]).toEqual([name, table, ["a"]]);
      expect(others).toEqual([]);
    }
    expect(endpoint.take()).toEqual(["DescribeTable"]);
    expect((await needs("Scan", { TableName: "Books" }))[0]?.context).not.toHaveProperty("dynamodb:LeadingKeys");
  });

  it("an index of several partition key attributes cannot be queried, as no policy could bind callers to keys", async () => {
    const input = {
      TableName: "Books",
      KeyConditionExpression: "#y = :y and #m = :y",
      ExpressionAttributeNames: { "#y": "year", "#m": "month" },
      ExpressionAttributeValues: { ":y": { N: "1" } },
    };
    await expect(needs("Query", { ...input, IndexName: "byMonth" })).rejects.toThrow(
      "Index byMonth has several partition key attributes: it cannot be queried through this endpoint",
    );
    const [permission] = await needs("Query", { ...input, IndexName: "byYear" });
    expect(permission?.context?.["dynamodb:LeadingKeys"]).toEqual(["1"]);
  });

  it("a schema that cannot be learnt lets nobody through", async () => {
    endpoint.interfere = (_, response) => void response.end('{"Table":{}}');
    const input = { TableName: "Unreadable", Key: { pk: { S: "a" } } };
    await expect(needs("GetItem", input)).rejects.toThrow("DescribeTable tells no key schema of `Unreadable`");
    endpoint.interfere = (_, response) =>
      void response.writeHead(500).end('{"__type":"x#InternalServerError","message":"The endpoint is ill."}');
    await expect(needs("GetItem", input)).rejects.toThrow("The endpoint is ill.");
    expect(logged.at(-1)).toMatchObject({ operation: "DescribeTable", status: 500, answer: "The endpoint is ill." });
  });

  it("a table that was missing when the caller was decided about is not asked for", async () => {
    const missing = { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message: "none" };
    endpoint.interfere = (_, response) => void response.writeHead(400).end(JSON.stringify(missing));
    const input = { TableName: "Later", Item: { pk: { S: "a" } } };
    const [permission] = await needs("PutItem", input);
    expect(permission?.context).not.toHaveProperty("dynamodb:LeadingKeys");
    const put = named("PutItem").handle(input as never, context("PutItem"), new AnswerHold());
    const error: unknown = await Promise.resolve(put).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ code: "ResourceNotFoundException", message: "Requested resource not found" });
    expect(endpoint.take()).toEqual(["DescribeTable"]);
  });
});
