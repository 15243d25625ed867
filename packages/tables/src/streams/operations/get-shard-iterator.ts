import { AwsError, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../../engine.js";
import { invalid, invalidParameters } from "../../errors.js";
import { trimmed } from "../read-records.js";
import { readSequenceNumber } from "../sequence-numbers.js";
import { printShardIterator } from "../shard-iterator.js";
import type { Stream } from "../stream.js";
import type { Shard } from "../stream-definition.js";
import { streamReference } from "../stream-reference.js";
import { type StreamsInputOf, streamsOperation } from "./operation.js";

type Input = StreamsInputOf<"GetShardIterator">;

const action = "dynamodb:GetShardIterator";

/** GetShardIterator: a place in a shard for GetRecords to begin at. */
export function getShardIterator(engine: Engine): NamedOperation {
  return streamsOperation("GetShardIterator", {
    needs: (input, call) => [permission(action, streamReference(input.StreamArn, call, action))],
    handle(input, call) {
      const { StreamArn: streamArn, ShardId: shardId, ShardIteratorType: type } = input;
      const byNumber = type === "AT_SEQUENCE_NUMBER" || type === "AFTER_SEQUENCE_NUMBER";
      if (byNumber && input.SequenceNumber === undefined) throw invalidParameters("Invalid SequenceNumber");
      if (!byNumber && input.SequenceNumber !== undefined) {
        throw invalidParameters("SequenceNumber should not be passed for this iterator type");
      }
      const stream = engine.catalog.streams.find(streamArn);
      if (stream === undefined) throw notThere("Stream does not exist");
      const shard = stream.definition.shards.find(({ id }) => id === shardId);
      if (shard === undefined) throw notThere("Shard does not exist");
      const from = placeOf(input, stream, shard);
      return { ShardIterator: printShardIterator({ streamArn, shardId, from, madeAt: call.now }) };
    },
  });
}

function placeOf({ ShardIteratorType: type, SequenceNumber: number }: Input, stream: Stream, shard: Shard): number {
  const end = shard.last === undefined ? stream.end() : shard.last + 1;
  switch (type) {
    case "TRIM_HORIZON":
      return Math.max(shard.first, stream.definition.trimmedTo);
    case "LATEST":
      return end;
    default: {
      const sequence = readSequenceNumber(number!);
      // The number that a shard starts at counts as one of its own before there is a record.
      if (sequence === undefined || sequence < shard.first || sequence >= Math.max(end, shard.first + 1)) {
        throw invalid("Invalid SequenceNumber for the shard");
      }
      if (sequence < stream.definition.trimmedTo) throw trimmed();
      return type === "AT_SEQUENCE_NUMBER" ? sequence : sequence + 1;
    }
  }
}

function notThere(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}
