import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";
import { describeStream, enableStream, iteratorOf, readAll, summary } from "./stream-reader.js";

const TableName = "Items";
const pk = (name: string) => ({ pk: { S: name } });

describe("shard iterators", () => {
  let harness: Harness;
  let arn: string;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
    arn = await enableStream(harness, TableName, "KEYS_ONLY");
  });
  afterEach(() => harness.close());

  const read = async (iterator: string) =>
    summary((await harness.call("GetRecords", { ShardIterator: iterator })).Records);
  const shardId = async () => (await describeStream(harness, arn)).Shards[0].ShardId as string;
  const startAt = async (type: string, SequenceNumber?: string) => ({
    StreamArn: arn,
    ShardId: await shardId(),
    ShardIteratorType: type,
    ...(SequenceNumber === undefined ? {} : { SequenceNumber }),
  });

  it("start at the oldest record, after the newest, at one or after one", async () => {
    for (const name of ["a", "b", "c"]) await harness.put(TableName, pk(name));
    const latest = await iteratorOf(harness, arn, "LATEST");
    const [, second] = await readAll(harness, arn);
    const number = second.dynamodb.SequenceNumber as string;
    await harness.put(TableName, pk("d"));
    expect(await read(await iteratorOf(harness, arn))).toEqual(["INSERT a", "INSERT b", "INSERT c", "INSERT d"]);
    expect(await read(latest)).toEqual(["INSERT d"]);
    const at = await iteratorOf(harness, arn, "AT_SEQUENCE_NUMBER", number);
    expect(await read(at)).toEqual(["INSERT b", "INSERT c", "INSERT d"]);
    const after = await iteratorOf(harness, arn, "AFTER_SEQUENCE_NUMBER", number);
    expect(await read(after)).toEqual(["INSERT c", "INSERT d"]);
  });

  it("go on over a restart, also with new records", async () => {
    await harness.put(TableName, pk("a"));
    const first = await harness.call("GetRecords", { ShardIterator: await iteratorOf(harness, arn) });
    const latest = await iteratorOf(harness, arn, "LATEST");
    await harness.reopen();
    await harness.put(TableName, pk("b"));
    expect(await read(first.NextShardIterator)).toEqual(["INSERT b"]);
    expect(await read(latest)).toEqual(["INSERT b"]);
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT a", "INSERT b"]);
  });

  it("expire after fifteen minutes", async () => {
    const iterator = await iteratorOf(harness, arn);
    harness.clock.advance(15 * 60_000);
    expect(await read(iterator)).toEqual([]);
    harness.clock.advance(1);
    const error = await harness.failure("GetRecords", { ShardIterator: iterator });
    expect(error.code).toBe("ExpiredIteratorException");
    expect(error.message).toMatch(/has expired/);
  });

  it("are refused when they are none", async () => {
    const good = await iteratorOf(harness, arn);
    const [stream, , place] = good.split("|");
    for (const bad of ["x", `${stream}|1|AAAA`, `${stream}|2|${place}`, `${good}|`, `${stream}|1|`]) {
      expect(await harness.refusal("GetRecords", { ShardIterator: bad })).toBe("Invalid ShardIterator");
    }
    const moved = Buffer.from(place!, "base64")
      .toString("latin1")
      .replace(/^[^|]+/, "shardId-00000000000000000000-00000000");
    const elsewhere = `${stream}|1|${Buffer.from(moved).toString("base64")}`;
    expect(await harness.failure("GetRecords", { ShardIterator: elsewhere })).toMatchObject({
      code: "ResourceNotFoundException",
      message: "Invalid ShardId in ShardIterator",
    });
  });

  it("need a sequence number where they start at one, and only there", async () => {
    expect(await harness.refusal("GetShardIterator", await startAt("AT_SEQUENCE_NUMBER"))).toBe(
      "One or more parameter values were invalid: Invalid SequenceNumber",
    );
    expect(await harness.refusal("GetShardIterator", await startAt("LATEST", "1".repeat(21)))).toBe(
      "One or more parameter values were invalid: SequenceNumber should not be passed for this iterator type",
    );
    for (const number of ["0".repeat(21), "a".repeat(21), "9".repeat(21), "2".repeat(40)]) {
      expect(await harness.refusal("GetShardIterator", await startAt("AFTER_SEQUENCE_NUMBER", number))).toBe(
        "Invalid SequenceNumber for the shard",
      );
    }
    const { StartingSequenceNumber } = (await describeStream(harness, arn)).Shards[0].SequenceNumberRange;
    expect(await read(await iteratorOf(harness, arn, "AT_SEQUENCE_NUMBER", StartingSequenceNumber))).toEqual([]);
  });

  it("are not given for streams and shards that are not there", async () => {
    const start = await startAt("TRIM_HORIZON");
    expect(await harness.failure("GetShardIterator", { ...start, StreamArn: `${arn}9` })).toMatchObject({
      code: "ResourceNotFoundException",
      message: "Stream does not exist",
    });
    const ShardId = "shardId-00000000000000000000-00000000";
    expect(await harness.failure("GetShardIterator", { ...start, ShardId })).toMatchObject({
      code: "ResourceNotFoundException",
      message: "Shard does not exist",
    });
  });

  it("may ask for at most a thousand records", async () => {
    const iterator = await iteratorOf(harness, arn);
    expect(await harness.refusal("GetRecords", { ShardIterator: iterator, Limit: 1001 })).toBe(
      "One or more parameter values were invalid: Limit should be less than or equal to 1000",
    );
  });
});
