import type { DynamoDbEndpoint } from "./endpoint.js";
import { canonical, type Json, type JsonObject } from "./json.js";
import { withPlainNumbers } from "./normalise.js";

const pagesMax = 100;

/** How far the stream of one server's table was read. */
export interface StreamPosition {
  readonly StreamArn: string;
  readonly ShardId: string;
  /** Undefined before the first record. */
  iterator: string | undefined;
}

/** The beginning of a table's stream. */
export async function streamStart(endpoint: DynamoDbEndpoint, table: string): Promise<StreamPosition> {
  const { Table } = (await succeeded(endpoint.call("DescribeTable", { TableName: table }))) as {
    readonly Table: { readonly LatestStreamArn: string };
  };
  const { LatestStreamArn: StreamArn } = Table;
  const { StreamDescription } = (await succeeded(endpoint.callStreams("DescribeStream", { StreamArn }))) as {
    readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] };
  };
  return { StreamArn, ShardId: StreamDescription.Shards.at(-1)!.ShardId, iterator: undefined };
}

/** The records since a position, which is moved behind them. */
export async function recordsSince(
  endpoint: DynamoDbEndpoint,
  position: StreamPosition,
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let iterator = position.iterator ?? (await oldest(endpoint, position));
  for (let page = 0; page < pagesMax; page++) {
    const { Records, NextShardIterator } = (await succeeded(
      endpoint.callStreams("GetRecords", { ShardIterator: iterator }),
    )) as { readonly Records: readonly JsonObject[]; readonly NextShardIterator: string };
    found.push(...Records);
    iterator = NextShardIterator;
    // DynamoDB Local cannot go on from a shard that had no record when its iterator was made.
    if (found.length > 0) position.iterator = iterator;
    if (Records.length === 0) return found;
  }
  throw new Error(`a stream did not end after ${pagesMax} pages`);
}

async function oldest(endpoint: DynamoDbEndpoint, { StreamArn, ShardId }: StreamPosition): Promise<string> {
  const start = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  return (await succeeded(endpoint.callStreams("GetShardIterator", start))).ShardIterator as string;
}

/**
 * Records without what no two servers share, by item: the records of one item have an order, those of different items
 * that are written at once have none.
 */
export function comparableRecords(records: readonly JsonObject[]): Json {
  const byKey: Record<string, JsonObject[]> = {};
  for (const { eventID: _, awsRegion: __, dynamodb, ...record } of records) {
    const { ApproximateCreationDateTime: ___, SequenceNumber: ____, ...change } = dynamodb as JsonObject;
    const key = canonical(withPlainNumbers(change.Keys!));
    byKey[key] = [...(byKey[key] ?? []), { ...record, dynamodb: change }];
  }
  return byKey;
}

async function succeeded(answer: ReturnType<DynamoDbEndpoint["call"]>): Promise<JsonObject> {
  const { error, message, body } = await answer;
  if (error !== undefined) throw new Error(`reading a stream failed: ${error}: ${message}`);
  return body as JsonObject;
}
