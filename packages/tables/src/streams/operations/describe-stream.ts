import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { describeKey } from "../../catalog/description.js";
import type { Engine } from "../../engine.js";
import { invalidParameters } from "../../errors.js";
import { sequenceNumber } from "../sequence-numbers.js";
import type { Shard } from "../stream-definition.js";
import { streamNotFound, streamReference } from "../stream-reference.js";
import { type StreamsInputOf, streamsOperation } from "./operation.js";

const action = "dynamodb:DescribeStream";
/** Shards of one answer (documented). */
const pageShardsMax = 100;

/** DescribeStream: what a stream is, and its shards page by page, oldest first. */
export function describeStream(engine: Engine): NamedOperation {
  return streamsOperation("DescribeStream", {
    needs: (input, call) => [permission(action, streamReference(input.StreamArn, call, action))],
    handle(input) {
      const { StreamArn: arn, Limit: limit = pageShardsMax } = input;
      if (limit > pageShardsMax) {
        throw invalidParameters(`Limit cannot be greater than the maximum: ${pageShardsMax}`);
      }
      const stream = engine.catalog.streams.find(arn);
      if (stream === undefined) throw streamNotFound(arn);
      const { label, view, createdAt, tableName, key, shards } = stream.definition;
      const wanted = wantedShards(shards, input);
      const page = wanted.slice(0, limit);
      return {
        StreamDescription: {
          StreamArn: arn,
          StreamLabel: label,
          StreamStatus: stream.openShard === undefined ? ("DISABLED" as const) : ("ENABLED" as const),
          StreamViewType: view,
          CreationRequestDateTime: new Date(createdAt),
          TableName: tableName,
          KeySchema: describeKey(key),
          Shards: page.map(describeShard),
          ...(page.length < wanted.length ? { LastEvaluatedShardId: page.at(-1)!.id } : {}),
        },
      };
    },
  });
}

/** Ids grow, so that a shard which is gone in the meantime still marks a place. */
function wantedShards(shards: readonly Shard[], input: StreamsInputOf<"DescribeStream">): readonly Shard[] {
  const { ExclusiveStartShardId: start, ShardFilter: filter } = input;
  const after = start === undefined ? shards : shards.filter(({ id }) => id > start);
  if (filter === undefined) return after;
  if (filter.Type === undefined || filter.ShardId === undefined) {
    throw invalidParameters("ShardFilter must have a Type and a ShardId");
  }
  return after.filter(({ parentId }) => parentId === filter.ShardId);
}

function describeShard({ id, parentId, first, last }: Shard) {
  return {
    ShardId: id,
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceNumber(first),
      ...(last === undefined ? {} : { EndingSequenceNumber: sequenceNumber(last) }),
    },
    ...(parentId === undefined ? {} : { ParentShardId: parentId }),
  };
}
