import { AwsError } from "@hotkeep/core";
import type { Engine } from "../engine.js";
import { decodeChange } from "./change-record.js";
import { recordText } from "./record-text.js";
import type { ShardIterator } from "./shard-iterator.js";
import type { Stream } from "./stream.js";
import { recordRange, sequenceOf } from "./stream-keys.js";

/** Some records of a shard. */
export interface RecordsPage {
  /** JSON texts. */
  readonly records: readonly Buffer[];
  /** Where the next page starts; undefined when the shard is closed and has no more. */
  readonly next: number | undefined;
}

/** The answer for a place of which the records are gone (observed). */
export function trimmed(): AwsError {
  const message = "The operation attempted to read past the oldest stream record in a shard.";
  return new AwsError("TrimmedDataAccessException", message);
}

/**
 * Reads records from a place on.
 *
 * @throws AwsError `ResourceNotFoundException` when the shard is gone, `TrimmedDataAccessException` when the records are.
 */
export function readRecords(engine: Engine, stream: Stream, place: ShardIterator, recordsMax: number): RecordsPage {
  const { shards, trimmedTo } = stream.definition;
  const shard = shards.find(({ id }) => id === place.shardId);
  if (shard === undefined) throw new AwsError("ResourceNotFoundException", "Invalid ShardId in ShardIterator");
  if (place.from < Math.max(trimmedTo, shard.first)) throw trimmed();
  const records: Buffer[] = [];
  let bytes = 0;
  let next = place.from;
  let isFull = false;
  for (const { key, value } of engine.storage.streams.range(recordRange(stream.space, place.from, shard.last))) {
    const change = decodeChange(value);
    isFull =
      records.length === recordsMax || (records.length > 0 && bytes + change.sizeBytes > engine.limits.recordsBytesMax);
    if (isFull) break;
    const sequence = sequenceOf(key);
    records.push(recordText(stream, sequence, change));
    bytes += change.sizeBytes;
    next = sequence + 1;
  }
  return { records, next: shard.last !== undefined && !isFull ? undefined : next };
}
