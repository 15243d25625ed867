import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { afterAll, beforeAll, expect, it } from "vitest";
import { account, Harness, region } from "../harness.js";
import { credentials, SdkServer } from "../sdk-server.js";

const table = `arn:aws:dynamodb:${region}:${account}:table/Books`;
let harness: Harness;
let server: SdkServer;
let client: DynamoDB;
let streams: DynamoDBStreams;

beforeAll(async () => {
  harness = await Harness.open();
  server = await SdkServer.start(harness.tables);
  const configuration = { endpoint: server.endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
  client = new DynamoDB(configuration);
  streams = new DynamoDBStreams(configuration);
});
afterAll(async () => {
  client.destroy();
  streams.destroy();
  await server.stop();
  await harness.close();
});

it("the official client reads a stream, each call on the stream's own ARN", async () => {
  const { TableDescription } = await client.createTable({
    TableName: "Books",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  const StreamArn = TableDescription!.LatestStreamArn!;
  const blob = Buffer.from([0, 255]);
  await client.putItem({ TableName: "Books", Item: { pk: { S: "a" }, b: { B: blob }, l: { L: [{ NULL: true }] } } });
  server.asked.length = 0;
  expect((await streams.listStreams({ TableName: "Books" })).Streams).toMatchObject([{ StreamArn }]);
  const { StreamDescription } = await streams.describeStream({ StreamArn });
  expect(StreamDescription!.CreationRequestDateTime).toBeInstanceOf(Date);
  const { ShardId } = StreamDescription!.Shards![0]!;
  const start = { StreamArn, ShardId: ShardId!, ShardIteratorType: "TRIM_HORIZON" as const };
  const { ShardIterator } = await streams.getShardIterator(start);
  const { Records, NextShardIterator } = await streams.getRecords({ ShardIterator: ShardIterator! });
  const { dynamodb } = Records![0]!;
  expect(Buffer.from(dynamodb!.NewImage!.b!.B!)).toEqual(blob);
  expect(dynamodb!.ApproximateCreationDateTime).toBeInstanceOf(Date);
  expect(NextShardIterator).toBeDefined();
  expect(server.asked.map(({ action, resource }) => [action, resource])).toEqual([
    ["dynamodb:ListStreams", `${table}/stream/*`],
    ["dynamodb:DescribeStream", StreamArn],
    ["dynamodb:GetShardIterator", StreamArn],
    ["dynamodb:GetRecords", StreamArn],
  ]);
  server.denied.add(StreamArn);
  await expect(streams.getRecords({ ShardIterator: ShardIterator! })).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  server.denied.clear();
});

it("the official client gets the service's errors", async () => {
  const StreamArn = `${table}/stream/2026-01-01T00:00:00.000`;
  await expect(streams.describeStream({ StreamArn: `${StreamArn}1` })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: `Requested resource not found: Stream: ${StreamArn}1 not found`,
  });
  await expect(streams.describeStream({ StreamArn: "short" })).rejects.toThrow(
    "1 validation error detected: Value 'short' at 'streamArn' failed to satisfy constraint: " +
      "Member must have length greater than or equal to 37",
  );
  const foreign = StreamArn.replace(account, "210987654321");
  await expect(streams.describeStream({ StreamArn: foreign })).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining("because no resource-based policy allows the dynamodb:DescribeStream action"),
  });
  await expect(streams.getRecords({ ShardIterator: "x" })).rejects.toMatchObject({
    name: "ValidationException",
    message: "Invalid ShardIterator",
  });
});
