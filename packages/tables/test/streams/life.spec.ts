import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";
import { describeStream, enableStream, iteratorOf, readAll, summary } from "./stream-reader.js";

const TableName = "Items";
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const pk = (name: string) => ({ pk: { S: name } });
const streamed = (StreamViewType: string) => ({ StreamSpecification: { StreamEnabled: true, StreamViewType } });
const specification = (StreamEnabled: boolean, StreamViewType?: string) => ({
  TableName,
  StreamSpecification: StreamViewType === undefined ? { StreamEnabled } : { StreamEnabled, StreamViewType },
});

describe("a stream", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open({ trimmedRecordsPerCommitMax: 2, streamsPerTableMax: 3, streamSweepMs: second });
    await harness.createTable(TableName, "pk:S");
  });
  afterEach(() => harness.close());

  /** Lets time pass and waits for what the keeper does in it. */
  const pass = async (ms: number, until: () => Promise<boolean>) => {
    harness.clock.advance(ms - second);
    const next = async () => {
      harness.clock.advance(second);
      return until();
    };
    await expect.poll(next, { interval: 2 }).toBe(true);
  };
  const streams = async (input = {}) => (await harness.call("ListStreams", input)).Streams;

  it("is switched on with a table or later, and said in its description", async () => {
    await harness.createTable("Made", "pk:S", undefined, streamed("NEW_IMAGE"));
    const { Table } = await harness.call("DescribeTable", { TableName: "Made" });
    expect(Table.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: "NEW_IMAGE" });
    expect(Table.LatestStreamArn).toBe(`${Table.TableArn}/stream/${Table.LatestStreamLabel}`);
    const arn = await enableStream(harness, TableName);
    expect(await describeStream(harness, arn)).toMatchObject({
      ...{ StreamArn: arn, StreamStatus: "ENABLED", StreamViewType: "NEW_AND_OLD_IMAGES", TableName },
      CreationRequestDateTime: new Date(harness.clock.now()),
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      Shards: [{ ShardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/) }],
    });
    expect(await streams()).toHaveLength(2);
    expect(await streams({ TableName })).toEqual([
      { StreamArn: arn, StreamLabel: arn.split("/stream/")[1], TableName },
    ]);
  });

  it("is refused with the service's words where it makes no sense", async () => {
    const refusal = (enabled: boolean, view?: string) => harness.refusal("UpdateTable", specification(enabled, view));
    expect(await refusal(true)).toBe(
      "Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.",
    );
    expect(await refusal(false, "KEYS_ONLY")).toBe(
      "Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.",
    );
    expect(await refusal(false)).toBe("Table has no stream to disable");
    await enableStream(harness, TableName);
    expect(await refusal(true, "KEYS_ONLY")).toBe("Table already has an enabled stream");
  });

  it("can be read when it is off, and has an end then", async () => {
    const arn = await enableStream(harness, TableName);
    await harness.put(TableName, pk("a"));
    const latest = await iteratorOf(harness, arn, "LATEST");
    await harness.call("UpdateTable", specification(false));
    await harness.put(TableName, pk("b"));
    const { Table } = await harness.call("DescribeTable", { TableName });
    expect(Table.StreamSpecification).toBeUndefined();
    expect(Table.LatestStreamArn).toBe(arn);
    await harness.reopen();
    const { StreamStatus, Shards } = await describeStream(harness, arn);
    expect(StreamStatus).toBe("DISABLED");
    const { StartingSequenceNumber: from, EndingSequenceNumber: to } = Shards[0].SequenceNumberRange;
    expect(to > from).toBe(true);
    const page = await harness.call("GetRecords", { ShardIterator: await iteratorOf(harness, arn) });
    expect(summary(page.Records)).toEqual(["INSERT a"]);
    expect(page.NextShardIterator).toBeUndefined();
    expect(await harness.call("GetRecords", { ShardIterator: latest })).toEqual({ Records: [] });
    const again = await enableStream(harness, TableName, "KEYS_ONLY");
    expect(again).not.toBe(arn);
    await harness.put(TableName, pk("c"));
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT a"]);
    expect(summary(await readAll(harness, again))).toEqual(["INSERT c"]);
  });

  it("outlives its table by a day, also when a new one takes the name", async () => {
    const arn = await enableStream(harness, TableName);
    await harness.put(TableName, pk("a"), pk("b"), pk("c"), pk("d"), pk("e"));
    await harness.call("DeleteTable", { TableName });
    await harness.createTable(TableName, "pk:S", undefined, streamed("KEYS_ONLY"));
    await harness.put(TableName, pk("z"));
    expect(await streams({ TableName })).toHaveLength(2);
    expect(await readAll(harness, arn)).toHaveLength(5);
    harness.clock.advance(23 * hour);
    expect(await readAll(harness, arn)).toHaveLength(5);
    await pass(hour, async () => (await streams({ TableName })).length === 1);
    expect((await harness.failure("DescribeStream", { StreamArn: arn })).message).toBe(
      `Requested resource not found: Stream: ${arn} not found`,
    );
    await harness.reopen();
    expect(await streams({ TableName })).toHaveLength(1);
  });

  it("keeps records for a day", async () => {
    const arn = await enableStream(harness, TableName);
    await harness.put(TableName, pk("a"), pk("b"), pk("c"));
    const [first] = await readAll(harness, arn);
    harness.clock.advance(12 * hour);
    await harness.put(TableName, pk("d"));
    await pass(minute, async () => (await describeStream(harness, arn)).Shards.length === 2);
    harness.clock.advance(11 * hour + 50 * minute);
    const { Shards } = await describeStream(harness, arn);
    const start = { StreamArn: arn, ShardId: Shards[0].ShardId, ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = await harness.call("GetShardIterator", start);
    await pass(10 * minute, async () => (await readAll(harness, arn)).length === 1);
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT d"]);
    const late = await harness.failure("GetRecords", { ShardIterator });
    expect(late.code).toBe("TrimmedDataAccessException");
    expect(late.message).toBe("The operation attempted to read past the oldest stream record in a shard.");
    const at = { ...start, ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: first.dynamodb.SequenceNumber };
    expect((await harness.failure("GetShardIterator", at)).code).toBe("TrimmedDataAccessException");
    await harness.reopen();
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT d"]);
  });

  it("goes on in a child shard after four hours with records", async () => {
    const arn = await enableStream(harness, TableName);
    const shards = async () => (await describeStream(harness, arn)).Shards;
    harness.clock.advance(5 * hour);
    await harness.put(TableName, pk("a"));
    expect(await shards()).toHaveLength(1);
    await pass(minute, async () => (await shards()).length === 2);
    await harness.put(TableName, pk("b"));
    await pass(4 * hour, async () => (await shards()).length === 3);
    await harness.put(TableName, pk("c"));
    const [oldest, middle, newest] = await shards();
    expect([oldest.ParentShardId, middle.ParentShardId, newest.ParentShardId]).toEqual([
      ...[undefined, oldest.ShardId, middle.ShardId],
    ]);
    expect(newest.SequenceNumberRange.EndingSequenceNumber).toBeUndefined();
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT a", "INSERT b", "INSERT c"]);
    const describe = async (input: object) =>
      (await harness.call("DescribeStream", { StreamArn: arn, ...input })).StreamDescription;
    const page = await describe({ Limit: 2 });
    expect(page).toMatchObject({ Shards: [oldest, middle], LastEvaluatedShardId: middle.ShardId });
    const rest = await describe({ Limit: 2, ExclusiveStartShardId: page.LastEvaluatedShardId });
    expect(rest.Shards).toEqual([newest]);
    expect(rest.LastEvaluatedShardId).toBeUndefined();
    const children = await describe({ ShardFilter: { Type: "CHILD_SHARDS", ShardId: oldest.ShardId } });
    expect(children.Shards).toEqual([middle]);
    expect(await harness.refusal("DescribeStream", { StreamArn: arn, Limit: 101 })).toBe(
      "One or more parameter values were invalid: Limit cannot be greater than the maximum: 100",
    );
    await harness.reopen();
    expect(await shards()).toEqual([oldest, middle, newest]);
  });

  it("is one of a limited number for each table name", async () => {
    for (let count = 0; count < 3; count++) {
      if (count > 0) await harness.call("UpdateTable", specification(false));
      await enableStream(harness, TableName);
    }
    await harness.call("UpdateTable", specification(false));
    const error = await harness.failure("UpdateTable", specification(true, "KEYS_ONLY"));
    expect(error.code).toBe("LimitExceededException");
    expect(error.message).toBe("Subscriber limit exceeded: There is a limit of 3 streams per table");
  });

  it("is listed page by page", async () => {
    await harness.createTable("Other", "pk:S", undefined, streamed("KEYS_ONLY"));
    await enableStream(harness, TableName);
    const first = await harness.call("ListStreams", { Limit: 1 });
    expect(first.Streams[0].TableName).toBe(TableName);
    const second = await harness.call("ListStreams", { ExclusiveStartStreamArn: first.LastEvaluatedStreamArn });
    expect(second.Streams.map((one: { TableName: string }) => one.TableName)).toEqual(["Other"]);
    expect(second.LastEvaluatedStreamArn).toBeUndefined();
    expect(await harness.refusal("ListStreams", { Limit: 101 })).toBe(
      "One or more parameter values were invalid: Limit cannot be greater than the maximum allowed size: 100",
    );
    expect(await streams({ TableName: "Nobody" })).toEqual([]);
  });
});
