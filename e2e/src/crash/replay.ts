import type { _Record, DynamoDBStreams, GetRecordsCommandOutput } from "@aws-sdk/client-dynamodb-streams";
import { nameOf, type Snapshot, textOf } from "./snapshot.js";
import type { Item } from "./world.js";

async function recordsOf(streams: DynamoDBStreams, TableName: string): Promise<readonly _Record[]> {
  const { Streams } = await streams.listStreams({ TableName });
  const StreamArn = Streams![0]!.StreamArn!;
  const { StreamDescription } = await streams.describeStream({ StreamArn });
  const records: _Record[] = [];
  for (const { ShardId } of StreamDescription!.Shards!) {
    const start = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    let { ShardIterator: next } = await streams.getShardIterator(start);
    while (next !== undefined) {
      const { Records, NextShardIterator }: GetRecordsCommandOutput = await streams.getRecords({ ShardIterator: next });
      records.push(...Records!);
      next = Records!.length === 0 ? undefined : NextShardIterator;
    }
  }
  return records;
}

/**
 * Where a table's stream, read from its beginning, does not tell how the items became what they are: every record's old
 * image is what the record before it left, and the last one left what is there.
 */
export async function streamFaults(
  streams: DynamoDBStreams,
  table: string,
  { items }: Snapshot,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const state = new Map<string, Item>();
  for (const { dynamodb, eventName } of await recordsOf(streams, table)) {
    const { Keys, OldImage, NewImage, SequenceNumber } = dynamodb!;
    const name = nameOf(table, Keys as Item);
    if (textOf(OldImage as Item | undefined) !== textOf(state.get(name))) {
      faults.push(`record ${SequenceNumber}, ${eventName} of ${name}, does not go on from the one before it`);
    }
    if (NewImage === undefined) state.delete(name);
    else state.set(name, NewImage as Item);
  }
  const there = [...items].filter(([name]) => name.startsWith(`${table}/`));
  for (const [name, item] of there) {
    if (textOf(state.get(name)) !== textOf(item)) faults.push(`the stream ends with another ${name}`);
    state.delete(name);
  }
  for (const name of state.keys()) faults.push(`the stream does not tell that ${name} is gone`);
  return faults;
}
