import type { Answer, Harness } from "../harness.js";

/** Switches a stream on and gives its ARN. */
export async function enableStream(harness: Harness, table: string, view = "NEW_AND_OLD_IMAGES"): Promise<string> {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: view };
  const { TableDescription } = await harness.call("UpdateTable", { TableName: table, StreamSpecification });
  return TableDescription.LatestStreamArn;
}

export async function describeStream(harness: Harness, arn: string): Promise<Answer> {
  return (await harness.call("DescribeStream", { StreamArn: arn })).StreamDescription;
}

/** An iterator for a stream's newest shard. */
export async function iteratorOf(
  harness: Harness,
  arn: string,
  type = "TRIM_HORIZON",
  number?: string,
): Promise<string> {
  const { Shards } = await describeStream(harness, arn);
  const { ShardIterator } = await harness.call("GetShardIterator", {
    StreamArn: arn,
    ShardId: Shards.at(-1).ShardId,
    ShardIteratorType: type,
    ...(number === undefined ? {} : { SequenceNumber: number }),
  });
  return ShardIterator;
}

/** All records there are, shard by shard. */
export async function readAll(harness: Harness, arn: string): Promise<Answer[]> {
  const { Shards } = await describeStream(harness, arn);
  const records: Answer[] = [];
  for (const { ShardId } of Shards) {
    const start = { StreamArn: arn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    let { ShardIterator: next } = await harness.call("GetShardIterator", start);
    while (next !== undefined) {
      const page = await harness.call("GetRecords", { ShardIterator: next });
      records.push(...page.Records);
      next = page.Records.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  return records;
}

/** What happened, in a few words: `INSERT a`. */
export function summary(records: readonly Answer[]): string[] {
  return records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys.pk.S}`);
}
