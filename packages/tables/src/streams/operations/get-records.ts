import { AwsError, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../../engine.js";
import { invalidParameters } from "../../errors.js";
import { JsonBody } from "../../request/json-body.js";
import { readRecords } from "../read-records.js";
import { printShardIterator, readShardIterator } from "../shard-iterator.js";
import { streamNotFound, streamReference } from "../stream-reference.js";
import { streamsOperation } from "./operation.js";

const action = "dynamodb:GetRecords";
/** Records of one answer (documented). */
const pageRecordsMax = 1000;

/** GetRecords: the records from an iterator's place on, and the iterator of the next call while there can be more. */
export function getRecords(engine: Engine): NamedOperation {
  return streamsOperation("GetRecords", {
    needs: (input, call) => [
      permission(action, streamReference(readShardIterator(input.ShardIterator).streamArn, call, action)),
    ],
    handle(input, call) {
      const { Limit: limit = pageRecordsMax } = input;
      if (limit > pageRecordsMax) throw invalidParameters(`Limit should be less than or equal to ${pageRecordsMax}`);
      const place = readShardIterator(input.ShardIterator);
      const stream = engine.catalog.streams.find(place.streamArn);
      if (stream === undefined) throw streamNotFound(place.streamArn);
      if (call.now - place.madeAt > engine.limits.shardIteratorMs) {
        throw new AwsError(
          "ExpiredIteratorException",
          "The shard iterator has expired and can no longer be used to retrieve stream records.",
        );
      }
      const { records, next } = readRecords(engine, stream, place, limit);
      const body = new JsonBody().list("Records", records);
      if (next !== undefined) {
        body.member("NextShardIterator", printShardIterator({ ...place, from: next, madeAt: call.now }));
      }
      return body.done();
    },
  });
}
