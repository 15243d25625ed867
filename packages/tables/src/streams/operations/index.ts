import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../../engine.js";
import { durableAnswers } from "../../operations/durable-answers.js";
import { describeStream } from "./describe-stream.js";
import { getRecords } from "./get-records.js";
import { getShardIterator } from "./get-shard-iterator.js";
import { listStreams } from "./list-streams.js";

/** All operations of the DynamoDB Streams API. */
export function streamsOperations(engine: Engine): readonly NamedOperation[] {
  const operations = [describeStream(engine), getRecords(engine), getShardIterator(engine), listStreams(engine)];
  return durableAnswers(engine.storage, operations);
}
