import type { Answer, DynamoDbEndpoint } from "./endpoint.js";
import type { Json, JsonObject } from "./json.js";
import { type StreamPosition, streamStart } from "./stream-position.js";

/** What requests about a stream name, on one server. */
export interface StreamNames extends StreamPosition {
  readonly TableName: string;
  /** Of the oldest record. */
  readonly ShardIterator: string;
  /** Numbers of the three records that there are. */
  readonly numbers: readonly string[];
}

/** A request about streams, from the names on the server that it is sent to. */
export interface StreamRequest {
  readonly name: string;
  readonly operation: string;
  input(names: StreamNames): Json;
  /** Why DynamoDB Local answers something else than the service, which ours follows. */
  readonly differs?: string;
}

const absentShard = "shardId-00000000000000000000-00000000";
const absentStream = (arn: string) => `${arn.slice(0, arn.lastIndexOf("/"))}/2001-01-01T00:00:00.000`;
const describe = (name: string, more: (names: StreamNames) => JsonObject): StreamRequest => ({
  ...{ name: `DescribeStream ${name}`, operation: "DescribeStream" },
  input: (names) => ({ StreamArn: names.StreamArn, ...more(names) }),
});
const iterate = (name: string, more: (names: StreamNames) => JsonObject): StreamRequest => ({
  ...{ name: `GetShardIterator ${name}`, operation: "GetShardIterator" },
  input: (names) => ({
    ...{ StreamArn: names.StreamArn, ShardId: names.ShardId, ShardIteratorType: "TRIM_HORIZON" },
    ...more(names),
  }),
});
const get = (name: string, more: (names: StreamNames) => JsonObject): StreamRequest => ({
  ...{ name: `GetRecords ${name}`, operation: "GetRecords" },
  input: (names) => ({ ShardIterator: names.ShardIterator, ...more(names) }),
});
const at = (type: string, number: string) => ({ ShardIteratorType: `${type}_SEQUENCE_NUMBER`, SequenceNumber: number });
const list = (name: string, input: (names: StreamNames) => JsonObject): StreamRequest => ({
  ...{ name: `ListStreams ${name}`, operation: "ListStreams", input },
});
const noNumber = "it fails inside, where the service says what is wrong with the number";

/** Requests that both servers must answer alike. */
export const streamRequests: readonly StreamRequest[] = [
  list("of a table", ({ TableName }) => ({ TableName })),
  list("of a table that is not there", () => ({ TableName: "Nobody" })),
  list("after the last one", ({ TableName, StreamArn }) => ({ TableName, ExclusiveStartStreamArn: StreamArn })),
  list("none", ({ TableName }) => ({ TableName, Limit: 0 })),
  list("too many", ({ TableName }) => ({ TableName, Limit: 101 })),
  describe("alone", () => ({})),
  describe("after its only shard", ({ ShardId }) => ({ ExclusiveStartShardId: ShardId })),
  describe("after an earlier shard", () => ({ ExclusiveStartShardId: absentShard })),
  describe("none", () => ({ Limit: 0 })),
  describe("too many", () => ({ Limit: 101 })),
  describe("of a stream that is not there", ({ StreamArn }) => ({ StreamArn: absentStream(StreamArn) })),
  describe("of what is no stream", () => ({ StreamArn: "a".repeat(40) })),
  iterate("from the oldest", () => ({})),
  iterate("from the newest", () => ({ ShardIteratorType: "LATEST" })),
  iterate("at the second", ({ numbers }) => at("AT", numbers[1]!)),
  iterate("after the second", ({ numbers }) => at("AFTER", numbers[1]!)),
  iterate("at no number", () => ({ ShardIteratorType: "AT_SEQUENCE_NUMBER" })),
  iterate("after no number", () => ({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER" })),
  iterate("with a needless number", ({ numbers }) => ({ SequenceNumber: numbers[0]! })),
  iterate("before the first", () => at("AT", "0".repeat(21))),
  { ...iterate("far behind the last", () => at("AT", "9".repeat(21))), differs: noNumber },
  { ...iterate("at letters", () => at("AFTER", "a".repeat(21))), differs: noNumber },
  iterate("of a shard that is not there", () => ({ ShardId: absentShard })),
  iterate("of a stream that is not there", ({ StreamArn }) => ({ StreamArn: absentStream(StreamArn) })),
  get("from the oldest", () => ({})),
  get("one", () => ({ Limit: 1 })),
  get("a thousand", () => ({ Limit: 1000 })),
  get("none", () => ({ Limit: 0 })),
  get("too many", () => ({ Limit: 1001 })),
  get("with words", () => ({ ShardIterator: "somewhere" })),
  get("with half an iterator", ({ StreamArn }) => ({ ShardIterator: `${StreamArn}|1|AAAA` })),
];

/** Makes a table with three records in its stream. */
export async function makeStream(endpoint: DynamoDbEndpoint, view: string): Promise<StreamNames> {
  const done = async (answer: Promise<Answer>): Promise<JsonObject> => {
    const { error, message, body } = await answer;
    if (error !== undefined) throw new Error(`making a stream failed: ${error}: ${message}`);
    return body as JsonObject;
  };
  // A name for each view: streams outlive their tables.
  const TableName = `Streamed_${view}`;
  await done(
    endpoint.call("CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: view },
    }),
  );
  const item = (n: string) => ({ pk: { S: "a" }, n: { N: n }, m: { M: { l: { L: [{ SS: ["x", "y"] }] } } } });
  await done(endpoint.call("PutItem", { TableName, Item: item("1") }));
  await done(endpoint.call("PutItem", { TableName, Item: item("2") }));
  await done(endpoint.call("DeleteItem", { TableName, Key: { pk: { S: "a" } } }));
  const position = await streamStart(endpoint, TableName);
  const { StreamArn, ShardId } = position;
  const start = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  const { ShardIterator } = await done(endpoint.callStreams("GetShardIterator", start));
  const { Records } = await done(endpoint.callStreams("GetRecords", { ShardIterator: ShardIterator! }));
  const numbers = (Records as readonly { dynamodb: { SequenceNumber: string } }[]).map(
    ({ dynamodb }) => dynamodb.SequenceNumber,
  );
  return { ...position, TableName, ShardIterator: ShardIterator as string, numbers };
}

/** An answer without what no two servers share: names become words, times and ids go. */
export function comparableAnswer({ status, error, message, body }: Answer, names: StreamNames): Json {
  const words: readonly [text: string, word: string][] = [
    [names.StreamArn, "STREAM"],
    [absentStream(names.StreamArn), "ABSENT STREAM"],
    [names.StreamArn.slice(names.StreamArn.lastIndexOf("/") + 1), "LABEL"],
    [names.ShardId, "SHARD"],
    ...names.numbers.map((number, index): [string, string] => [number, `NUMBER ${index}`]),
  ];
  const named = (text: string) => words.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  if (error !== undefined) return { status, error, message: named(message) };
  const text = JSON.stringify(body, (name, value: unknown) => {
    if (["eventID", "awsRegion", "ApproximateCreationDateTime", "CreationRequestDateTime"].includes(name)) return "";
    return name === "ShardIterator" || name === "NextShardIterator" ? "ITERATOR" : value;
  });
  return JSON.parse(named(text)) as Json;
}
