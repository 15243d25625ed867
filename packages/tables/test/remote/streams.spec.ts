import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { silentLogger, systemClock } from "@hotkeep/core";
import { openRemoteTables, type RemoteTables } from "@hotkeep/tables";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { streamsEndpoint } from "../../src/remote/open-remote.js";
import { account, region } from "../harness.js";
import { credentials, SdkServer } from "../sdk-server.js";
import { type DynamoDbLocal, startDynamoDbLocal, whyNoDynamoDbLocal } from "./dynamodb-local.js";

const skipped = whyNoDynamoDbLocal();
if (skipped !== undefined) process.stdout.write(`skipped: streams over DynamoDB Local: ${skipped}\n`);

const table = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const keys = { accessKeyId: "AKIAREMOTEEXAMPLE", secretAccessKey: "remote+secret/EXAMPLE" };

describe.skipIf(skipped !== undefined)("streams over Amazon's DynamoDB Local", { timeout: 60_000 }, () => {
  let local: DynamoDbLocal;
  let server: SdkServer;
  let tables: RemoteTables;
  let client: DynamoDB;
  let streams: DynamoDBStreams;
  let arn: string;

  const open = async () => {
    const { endpoint } = local;
    const logger = silentLogger;
    tables = openRemoteTables({ endpoint, credentials: () => keys, account, region, clock: systemClock, logger });
    server = await SdkServer.start(tables);
    const configuration = { endpoint: server.endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
    client = new DynamoDB(configuration);
    streams = new DynamoDBStreams(configuration);
  };
  const shut = async () => {
    client?.destroy();
    streams?.destroy();
    await server?.stop();
    await tables?.close();
  };
  const iterator = async () => {
    const { StreamDescription } = await streams.describeStream({ StreamArn: arn });
    const { ShardId } = StreamDescription!.Shards![0]!;
    const start = { StreamArn: arn, ShardId: ShardId!, ShardIteratorType: "TRIM_HORIZON" as const };
    return (await streams.getShardIterator(start)).ShardIterator!;
  };

  beforeAll(async () => {
    local = await startDynamoDbLocal();
    await open();
    const { TableDescription } = await client.createTable({
      TableName: "Books",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    arn = TableDescription!.LatestStreamArn!;
  });
  afterAll(async () => {
    await shut();
    await local?.stop();
  });
  afterEach(() => {
    server.denied.clear();
    server.asked.length = 0;
  });

  it("are known by our ARNs and read with iterators that survive a restart", async () => {
    expect(arn.startsWith(`${table}/stream/`)).toBe(true);
    await client.putItem({ TableName: "Books", Item: { pk: { S: "a" }, someArn: { S: "arn:aws:x" } } });
    const start = await iterator();
    const first = await streams.getRecords({ ShardIterator: start });
    expect(first.Records).toMatchObject([
      { eventName: "INSERT", awsRegion: region, dynamodb: { NewImage: { someArn: { S: "arn:aws:x" } } } },
    ]);
    await shut();
    await open();
    const [listed] = (await streams.listStreams({ TableName: "Books" })).Streams!;
    expect(listed).toMatchObject({ StreamArn: arn, TableName: "Books" });
    expect((await streams.getRecords({ ShardIterator: start })).Records).toEqual(first.Records);
    await client.deleteItem({ TableName: "Books", Key: { pk: { S: "a" } } });
    const next = await streams.getRecords({ ShardIterator: first.NextShardIterator! });
    expect(next.Records).toMatchObject([{ eventName: "REMOVE" }]);
  });

  it("can be described right after a start", async () => {
    await shut();
    await open();
    expect((await streams.describeStream({ StreamArn: arn })).StreamDescription).toMatchObject({ StreamArn: arn });
    await expect(streams.describeStream({ StreamArn: `${arn}9` })).rejects.toThrow(
      `Requested resource not found: Stream: ${arn}9 not found`,
    );
  });

  it("are asked for on their own ARNs, and iterators only open the stream that they were given for", async () => {
    const theirs = await iterator();
    await streams.getRecords({ ShardIterator: theirs });
    await streams.listStreams({ TableName: "Books" });
    await streams.listStreams({});
    expect(server.asked.map(({ action, resource }) => [action, resource])).toEqual([
      ["dynamodb:DescribeStream", arn],
      ["dynamodb:GetShardIterator", arn],
      ["dynamodb:GetRecords", arn],
      ["dynamodb:ListStreams", `${table}/stream/*`],
      ["dynamodb:ListStreams", `arn:aws:dynamodb:${region}:${account}:table/*/stream/*`],
    ]);
    const other = theirs.replace("table/Books/", "table/Other/");
    await expect(streams.getRecords({ ShardIterator: other })).rejects.toThrow("Invalid ShardIterator");
    server.denied.add(arn);
    await expect(streams.getRecords({ ShardIterator: theirs })).rejects.toThrow("not allowed: dynamodb:GetRecords");
  });
});

it("AWS's own endpoint has the streams under another name", () => {
  const of = (url: string) => streamsEndpoint(new URL(url)).href;
  expect(of("https://dynamodb.eu-west-1.amazonaws.com")).toBe("https://streams.dynamodb.eu-west-1.amazonaws.com/");
  expect(of("http://127.0.0.1:8000")).toBe("http://127.0.0.1:8000/");
});
