import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { DynamoDBStreams, type _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient, type Endpoint, type Keys } from "../src/clients.js";

const run = promisify(execFile);
const TableName = "Books";
const title = (name: string) => ({ Author: { S: "Streamed" }, Title: { S: name } });

function streamsClient({ endpoint, region }: Endpoint, keys: Keys): DynamoDBStreams {
  return new DynamoDBStreams({ endpoint, region, credentials: { ...keys }, maxAttempts: 1 });
}

async function enableStream({ dynamodb }: ReturnType<typeof awsClients>): Promise<string> {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" as const };
  return (await dynamodb.updateTable({ TableName, StreamSpecification })).TableDescription!.LatestStreamArn!;
}

/** All records from the oldest one on, or from an iterator. */
async function readAll(client: DynamoDBStreams, StreamArn: string, from?: string) {
  const { StreamDescription } = await client.describeStream({ StreamArn });
  const { ShardId } = StreamDescription!.Shards!.at(-1)!;
  const start = { StreamArn, ShardId: ShardId!, ShardIteratorType: "TRIM_HORIZON" as const };
  let iterator = from ?? (await client.getShardIterator(start)).ShardIterator!;
  const records: StreamRecord[] = [];
  for (;;) {
    const page = await client.getRecords({ ShardIterator: iterator });
    records.push(...page.Records!);
    iterator = page.NextShardIterator!;
    if (page.Records!.length === 0) return { records, iterator };
  }
}

const cli = (() => {
  try {
    return execFileSync("aws", ["--version"], { encoding: "utf8" }).trim();
  } catch {
    process.stderr.write("the AWS CLI is not installed: its test of streams is skipped\n");
    return undefined;
  }
})();

describe("the stream of a table behind a cluster", () => {
  let hotkeep: RunningHotkeep;
  let root: ReturnType<typeof awsClients>;
  let arn: string;
  beforeAll(async () => {
    hotkeep = await startHotkeep();
    root = awsClients(hotkeep, hotkeep.credentials.root!);
    arn = await enableStream(root);
  });
  afterAll(async () => {
    for (const client of Object.values(root ?? {})) client.destroy();
    await hotkeep?.stop();
  });

  it("has the writes that come through the cluster and those that do not, in their order", async () => {
    const dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    await dax.putItem({ TableName, Item: title("one") });
    await root.dynamodb.updateItem({
      TableName,
      Key: title("one"),
      UpdateExpression: "SET Pages = :p",
      ExpressionAttributeValues: { ":p": { N: "7" } },
    });
    await dax.deleteItem({ TableName, Key: title("one") });
    dax.close();
    const client = streamsClient(hotkeep, hotkeep.credentials.root!);
    const { records } = await readAll(client, arn);
    client.destroy();
    expect(records.map(({ eventName, dynamodb }) => [eventName, dynamodb!.Keys!.Title!.S])).toEqual([
      ["INSERT", "one"],
      ["MODIFY", "one"],
      ["REMOVE", "one"],
    ]);
    expect(records[1]!.dynamodb!.NewImage).toEqual({ ...title("one"), Pages: { N: "7" } });
  });

  it("is read by who may read streams, and by nobody else", async () => {
    const statement = (Action: readonly string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
    const document = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    const reads = [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ];
    const user = async (UserName: string, PolicyDocument: string) => {
      await root.iam.createUser({ UserName });
      await root.iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument });
      const { AccessKey } = await root.iam.createAccessKey({ UserName });
      return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    };
    const table = arn.slice(0, arn.indexOf("/stream/"));
    const follower = await user("follower", document(statement(reads, `${table}/stream/*`)));
    const owner = await user("owner", document(statement(["dynamodb:*"], table)));

    const mine = streamsClient(hotkeep, follower);
    expect((await mine.listStreams({ TableName })).Streams).toHaveLength(1);
    const { records } = await readAll(mine, arn);
    expect(records).toHaveLength(3);
    await expect(mine.listStreams({})).rejects.toMatchObject({ name: "AccessDeniedException" });
    mine.destroy();
    const items = awsClients(hotkeep, follower);
    await expect(items.dynamodb.getItem({ TableName, Key: title("one") })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    for (const client of Object.values(items)) client.destroy();

    const theirs = streamsClient(hotkeep, owner);
    await expect(theirs.describeStream({ StreamArn: arn })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`is not authorized to perform: dynamodb:DescribeStream on resource: ${arn}`),
    });
    theirs.destroy();
  });

  it.skipIf(cli === undefined)("is read with the AWS CLI", async () => {
    const { accessKeyId, secretAccessKey } = hotkeep.credentials.root!;
    const aws = async (...args: string[]) => {
      const line = ["--endpoint-url", hotkeep.endpoint, "--output", "json", "dynamodbstreams", ...args];
      const { stdout } = await run("aws", line, {
        env: {
          ...{ PATH: process.env.PATH, HOME: hotkeep.dataDirectory, AWS_DEFAULT_REGION: hotkeep.region },
          ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
        },
      });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await aws("list-streams", "--table-name", TableName)).toMatchObject({ Streams: [{ StreamArn: arn }] });
    const described = await aws("describe-stream", "--stream-arn", arn);
    const { Shards } = described.StreamDescription as { readonly Shards: readonly { readonly ShardId: string }[] };
    const shard = ["--shard-id", Shards[0]!.ShardId, "--shard-iterator-type", "TRIM_HORIZON"];
    const { ShardIterator } = await aws("get-shard-iterator", "--stream-arn", arn, ...shard);
    const { Records } = await aws("get-records", "--shard-iterator", ShardIterator as string, "--limit", "2");
    expect(Records).toMatchObject([{ eventName: "INSERT" }, { eventName: "MODIFY" }]);
  });
});

describe("kill -9 during writes to a table with a stream", () => {
  const rounds = 4;
  const writesPerRound = 20;

  it(`leaves a record of every write and no other, in ${rounds} rounds`, { timeout: 600_000 }, async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-streams-"));
    const range = await takeLoopbackRange();
    let arn: string | undefined;
    let iterator: string | undefined;
    let value = 0;
    const acknowledged: string[] = [];
    const told: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const hotkeep = await startHotkeep({ dataDirectory, range });
      const root = awsClients(hotkeep, hotkeep.credentials.root!);
      const client = streamsClient(hotkeep, hotkeep.credentials.root!);
      arn ??= await enableStream(root);
      const page = await readAll(client, arn, iterator);
      told.push(...page.records.map(({ dynamodb }) => dynamodb!.NewImage!.Value!.N!));
      iterator = page.iterator;
      const { Item } = await root.dynamodb.getItem({ TableName, Key: title("counter"), ConsistentRead: true });
      // What the table holds and what the stream told last is the same write.
      expect(Item?.Value?.N ?? "none").toBe(told.at(-1) ?? "none");
      for (const one of acknowledged) expect(told).toContain(one);
      expect(told).toEqual([...new Set(told)].sort((a, b) => Number(a) - Number(b)));
      const writing = (async () => {
        for (;;) {
          const next = String(++value);
          await root.dynamodb.putItem({ TableName, Item: { ...title("counter"), Value: { N: next } } });
          acknowledged.push(next);
        }
      })().catch(() => undefined);
      const enough = acknowledged.length + writesPerRound;
      while (acknowledged.length < enough) await wait(1);
      if (round < rounds - 1) await hotkeep.kill();
      else await hotkeep.stop();
      await writing;
      client.destroy();
      for (const one of Object.values(root)) one.destroy();
    }
    expect(told.length).toBeGreaterThanOrEqual((rounds - 1) * writesPerRound);
    range.release();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
});
