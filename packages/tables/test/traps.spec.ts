import { gzipSync } from "node:zlib";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { RequestSigner } from "@hotkeep/protocols";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, Harness, type Json } from "./harness.js";
import { credentials, SdkServer } from "./sdk-server.js";

let harness: Harness;
let server: SdkServer;
let db: DynamoDB;
const signer = new RequestSigner(credentials);

beforeAll(async () => {
  harness = await Harness.open();
  server = await SdkServer.start(harness.tables);
  db = new DynamoDB({ region: "us-west-2", endpoint: server.endpoint, credentials, maxAttempts: 1 });
  const attributes = ["pk:S", "sk:N", "g:S", "h:N"].map((text) => {
    const [AttributeName, AttributeType] = text.split(":");
    return { AttributeName, AttributeType };
  });
  const index = (IndexName: string, hash: string, range: string, ProjectionType = "ALL") => ({
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" },
      { AttributeName: range, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType },
  });
  await harness.createTable("Things", "pk:S", "sk:N", {
    AttributeDefinitions: attributes,
    GlobalSecondaryIndexes: [index("global", "g", "h", "KEYS_ONLY")],
    LocalSecondaryIndexes: [index("local", "pk", "h", "KEYS_ONLY")],
  });
  await harness.createTable("Numbers", "id:N");
});
afterAll(async () => {
  db?.destroy();
  await server?.stop();
  await harness?.close();
});
const Key = { pk: { S: "a" }, sk: { N: "1" } };
beforeEach(() => harness.call("DeleteItem", { TableName: "Things", Key }));

/** One call over HTTP with a body as it stands. */
async function post(operation: string, body: string | Uint8Array, more: Record<string, string> = {}): Promise<Answer> {
  const host = new URL(server.endpoint).host;
  const named = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    ...more,
  };
  const scope = { region: "us-west-2", service: "dynamodb", now: Date.now() };
  const signature = signer.sign({ method: "POST", url: "/", headers: { ...named, host }, body }, scope);
  const answer = await fetch(server.endpoint, { method: "POST", headers: { ...named, ...signature }, body });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
}

/** The message of a call that is refused over the wire. */
async function refusal(operation: string, input: Json): Promise<string> {
  const { status, body } = await post(operation, JSON.stringify(input));
  expect(status, JSON.stringify(body)).toBe(400);
  return body.message ?? body.Message;
}
const call = (name: string, input: Json) => harness.call(name, input);
const put = (more: Json = {}) => call("PutItem", { TableName: "Things", Item: { ...Key, ...more } });
const update = (UpdateExpression: string, ExpressionAttributeValues: Json, more: Json = {}) =>
  call("UpdateItem", {
    TableName: "Things",
    Key,
    UpdateExpression,
    ...(Object.keys(ExpressionAttributeValues).length === 0 ? {} : { ExpressionAttributeValues }),
    ...more,
  });
const item = async (): Promise<Answer> => (await call("GetItem", { TableName: "Things", Key })).Item;
/** Whether an item passes a condition. */
async function holds(ConditionExpression: string, values: Json = {}): Promise<boolean> {
  const more = Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values };
  const check = { ConditionCheck: { TableName: "Things", Key, ConditionExpression, ...more } };
  try {
    await call("TransactWriteItems", { TransactItems: [check] });
    return true;
  } catch (error) {
    const { members } = error as { members?: { CancellationReasons?: { Code: string }[] } };
    if (members?.CancellationReasons?.[0]?.Code !== "ConditionalCheckFailed") throw error;
    return false;
  }
}

describe("what naive implementations get wrong", () => {
  it("1: the first of several faults is told: model, parameters, placeholders, syntax, words, table, schema", async () => {
    const bad = { TableName: "Nowhere", Key: { pk: { S: "a" } }, ReturnConsumedCapacity: "x" };
    expect(await refusal("GetItem", bad)).toMatch(
      /^1 validation error detected: Value 'x' at 'returnConsumedCapacity'/,
    );
    const mixed = { TableName: "Nowhere", Key, AttributesToGet: ["a"], ProjectionExpression: "status" };
    expect(await refusal("GetItem", mixed)).toMatch(/^Can not use both expression and non-expression parameters/);
    const unused = { TableName: "Nowhere", Key, ProjectionExpression: "a,,", ExpressionAttributeNames: { "#a": "a" } };
    expect(await refusal("GetItem", unused)).toMatch(/^Invalid ProjectionExpression: Syntax error/);
    const word = { TableName: "Nowhere", Key, ProjectionExpression: "status" };
    expect(await refusal("GetItem", word)).toMatch(/reserved keyword/);
    expect(await refusal("GetItem", { TableName: "Nowhere", Key: {} })).toBe("Requested resource not found");
    expect(await refusal("GetItem", { TableName: "Things", Key: {} })).toMatch(/does not match the schema/);
  });

  it("2: placeholders that are unused, undefined, empty or badly spelt are errors, each with its text", async () => {
    const get = (more: Json) => refusal("GetItem", { TableName: "Things", Key, ...more });
    expect(await get({ ProjectionExpression: "a", ExpressionAttributeNames: { "#b": "b" } })).toMatch(
      /unused in expressions: keys: \{#b\}/,
    );
    expect(await get({ ProjectionExpression: "#b" })).toMatch(
      /An expression attribute name used in the document path is not defined; attribute name: #b/,
    );
    expect(await get({ ProjectionExpression: "a", ExpressionAttributeNames: {} })).toMatch(/must not be empty/);
    expect(await get({ ProjectionExpression: "#b", ExpressionAttributeNames: { b: "b" } })).toMatch(
      /Syntax error; key: "b"/,
    );
    expect(await get({ ProjectionExpression: "" })).toMatch(/The expression can not be empty/);
  });

  it("3: numbers are decimals of 38 digits with one spelling", async () => {
    await put({ v: { L: [{ N: "1.50" }, { N: "1e2" }, { N: "-0" }, { N: "+3" }, { N: ".5" }] } });
    expect((await item()).v.L.map(({ N }: { N: string }) => N)).toEqual(["1.5", "100", "0", "3", "0.5"]);
    await call("PutItem", { TableName: "Numbers", Item: { id: { N: "1.0" } } });
    expect((await call("GetItem", { TableName: "Numbers", Key: { id: { N: "1e0" } } })).Item).toEqual({
      id: { N: "1" },
    });
    await put({ n: { N: "12345678901234567890123456789012345678" } });
    await update("SET n = n + :one", { ":one": { N: "1" } });
    expect((await item()).n.N).toBe("12345678901234567890123456789012345679");
  });

  it("4: strings are ordered by UTF-8 bytes, numbers by value", async () => {
    await put({ s: { S: "\u{10000}" }, n: { N: "10" } });
    // In UTF-16 the surrogate D800 stands before FFFF.
    expect(await holds("s > :s AND n > :n", { ":s": { S: "\uffff" }, ":n": { N: "9" } })).toBe(true);
  });

  it("5: sets have no order and no duplicates; an emptied one goes; empty strings may be values, not keys", async () => {
    const Item = { ...Key, v: { NS: ["1", "1.0"] } };
    expect(await refusal("PutItem", { TableName: "Things", Item })).toMatch(/contains duplicates/);
    expect(await refusal("PutItem", { TableName: "Things", Item: { ...Key, v: { SS: [] } } })).toMatch(
      /may not be empty/,
    );
    await put({ v: { SS: ["a", "b"] }, e: { S: "" } });
    expect(await holds("v = :v", { ":v": { SS: ["b", "a"] } })).toBe(true);
    await update("DELETE v :v", { ":v": { SS: ["a", "b"] } });
    expect(await item()).toEqual({ ...Key, e: { S: "" } });
    expect(await refusal("PutItem", { TableName: "Things", Item: { ...Key, pk: { S: "" } } })).toMatch(
      /empty string value. Key: pk/,
    );
  });

  it("6: an update reads the item as it was; lists keep their old indices; an empty one makes the item", async () => {
    await put({ a: { N: "1" }, b: { N: "2" }, l: { L: [{ S: "0" }, { S: "1" }, { S: "2" }] } });
    await update("SET a = b, b = a, l[99] = :x REMOVE l[0], l[1], l[50]", { ":x": { S: "new" } });
    expect(await item()).toMatchObject({ a: { N: "2" }, b: { N: "1" }, l: { L: [{ S: "2" }, { S: "new" }] } });
    await expect(update("SET m.a = :x", { ":x": { S: "" } })).rejects.toThrow(
      /document path provided in the update expression is invalid/,
    );
    await expect(update("SET l = :x REMOVE l[0]", { ":x": { S: "" } })).rejects.toThrow(/Two document paths overlap/);
    await call("DeleteItem", { TableName: "Things", Key });
    await update("REMOVE x.y", {});
    expect(await item()).toBeUndefined();
    await call("UpdateItem", { TableName: "Things", Key });
    expect(await item()).toEqual(Key);
  });

  it("7: ReturnValues gives what was touched, and nothing rather than an empty map", async () => {
    await put({ m: { M: { a: { N: "1" }, b: { N: "2" } } } });
    const { Attributes } = await update("SET m.a = :x", { ":x": { N: "5" } }, { ReturnValues: "UPDATED_NEW" });
    expect(Attributes).toEqual({ m: { M: { a: { N: "5" } } } });
    expect(await update("SET z = :x", { ":x": { N: "5" } }, { ReturnValues: "UPDATED_OLD" })).toEqual({});
    expect(await refusal("PutItem", { TableName: "Things", Item: Key, ReturnValues: "ALL_NEW" })).toMatch(
      /ReturnValues can only be ALL_OLD or NONE/,
    );
  });

  it("8: a failed condition shows the item only when asked; reasons stand in the order of the actions", async () => {
    await put({ v: { NULL: true } });
    expect(await holds("attribute_exists(v)")).toBe(true);
    const conditional = { TableName: "Things", Item: Key, ConditionExpression: "attribute_not_exists(pk)" };
    expect((await harness.failure("PutItem", conditional)).members).toEqual({});
    const shown = { ...conditional, ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
    expect((await harness.failure("PutItem", shown)).members).toEqual({ Item: { ...Key, v: { NULL: true } } });
    const other = { Put: { TableName: "Things", Item: { ...Key, sk: { N: "2" } } } };
    const { members } = await harness.failure("TransactWriteItems", { TransactItems: [other, { Put: conditional }] });
    expect((members.CancellationReasons as { Code: string }[]).map(({ Code }) => Code)).toEqual([
      "None",
      "ConditionalCheckFailed",
    ]);
  });

  it("9: comparisons across types and with nothing are false, except <>", async () => {
    await put({ n: { N: "1" }, s: { S: "1" }, l: { L: [{ N: "1" }] } });
    const one = { ":one": { N: "1" } };
    expect(await holds("s = :one OR s < :one OR absent = :one", one)).toBe(false);
    expect(await holds("s <> :one AND absent <> :one AND absent <> lost", one)).toBe(true);
    expect(await holds("contains(l, :one) AND NOT contains(s, :one)", one)).toBe(true);
    expect(await holds("size(n) = :one", one)).toBe(false);
    await expect(holds("s BETWEEN :b AND :a", { ":a": { S: "a" }, ":b": { S: "b" } })).rejects.toThrow(
      /BETWEEN operator requires upper bound/,
    );
  });

  it("10: NOT binds before AND before OR; keywords in any case, functions not; no needless parentheses", async () => {
    await put({ a: { N: "1" } });
    const one = { ":one": { N: "1" }, ":two": { N: "2" } };
    expect(await holds("a = :one or not a = :one and a = :two", one)).toBe(true);
    await expect(holds("SIZE(a) = :one", { ":one": { N: "1" } })).rejects.toThrow(
      /Invalid function name; function: SIZE/,
    );
    await expect(holds("((a = :one))", { ":one": { N: "1" } })).rejects.toThrow(/redundant parentheses/);
  });

  it("11: key conditions in either order; filters not on keys; a start key fits the schema and need not be there", async () => {
    await put();
    const query = (KeyConditionExpression: string, more: Json = {}) => ({
      TableName: "Things",
      KeyConditionExpression,
      ExpressionAttributeValues: { ":pk": { S: "a" }, ":sk": { N: "0" } },
      ...more,
    });
    expect((await call("Query", query("(sk > :sk) AND (:pk = pk)"))).Count).toBe(1);
    expect(await refusal("Query", query("pk = :pk", { FilterExpression: "sk > :sk" }))).toMatch(
      /Filter Expression can only contain non-primary key attributes/,
    );
    const start = { ExclusiveStartKey: { pk: { S: "a" }, sk: { N: "0.5" } } };
    expect((await call("Query", query("pk = :pk AND sk > :sk", start))).Count).toBe(1);
    const lacking = query("pk = :pk AND sk > :sk", { ExclusiveStartKey: { pk: { S: "a" } } });
    expect(await refusal("Query", lacking)).toMatch(/^The provided starting key is invalid/);
  });

  it("12: Limit counts before the filter, and a page that it ends names its last item", async () => {
    await put();
    const FilterExpression = "attribute_exists(nothing)";
    const answer = await call("Scan", { TableName: "Things", Limit: 1, FilterExpression });
    expect(answer).toMatchObject({ Count: 0, ScannedCount: 1, LastEvaluatedKey: Key });
  });

  it("13: a segment needs their number, and another one's start key is refused", async () => {
    await put();
    expect(await refusal("Scan", { TableName: "Things", Segment: 0 })).toMatch(
      /^The TotalSegments parameter is required/,
    );
    const places = await Promise.all(
      [0, 1].map((Segment) => call("Scan", { TableName: "Things", Segment, TotalSegments: 2 })),
    );
    const wrong = places[0].Count === 1 ? 1 : 0;
    expect(
      await refusal("Scan", { TableName: "Things", Segment: wrong, TotalSegments: 2, ExclusiveStartKey: Key }),
    ).toMatch(/^The provided starting key is (invalid|outside)/);
  });

  it("14: index entries follow their items; no consistent reads of global ones; all attributes need ALL", async () => {
    await put({ g: { S: "x" }, h: { N: "1" }, v: { S: "shown by the local index only" } });
    await call("PutItem", { TableName: "Things", Item: { ...Key, sk: { N: "2" }, g: { S: "x" } } });
    const query = {
      TableName: "Things",
      IndexName: "global",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": { S: "x" } },
    };
    expect((await call("Query", query)).Items).toEqual([{ ...Key, g: { S: "x" }, h: { N: "1" } }]);
    expect(await refusal("Query", { ...query, ConsistentRead: true })).toMatch(
      /Consistent reads are not supported on global secondary indexes/,
    );
    expect(await refusal("Query", { ...query, Select: "ALL_ATTRIBUTES" })).toMatch(
      /Select type ALL_ATTRIBUTES is not supported for global secondary index/,
    );
  });

  it("15: batches refuse duplicates by value and answer with what is left, empty too", async () => {
    const twice = [{ id: { N: "1" } }, { id: { N: "1.0" } }];
    expect(await refusal("BatchGetItem", { RequestItems: { Numbers: { Keys: twice } } })).toBe(
      "Provided list of item keys contains duplicates",
    );
    const put = [{ PutRequest: { Item: { id: { N: "7" } } } }];
    expect(await call("BatchWriteItem", { RequestItems: { Numbers: put } })).toEqual({ UnprocessedItems: {} });
    expect(await refusal("BatchWriteItem", { RequestItems: { Numbers: put, Nowhere: put } })).toBe(
      "Requested resource not found",
    );
  });

  it("16: a transaction is one per item, remembered by its token, and costs double", async () => {
    const action = { Put: { TableName: "Numbers", Item: { id: { N: "9" } } } };
    expect(await refusal("TransactWriteItems", { TransactItems: [action, action] })).toBe(
      "Transaction request cannot include multiple operations on one item",
    );
    const input = { TransactItems: [action], ClientRequestToken: "once", ReturnConsumedCapacity: "TOTAL" };
    expect((await call("TransactWriteItems", input)).ConsumedCapacity).toMatchObject([{ CapacityUnits: 2 }]);
    const other = { ...input, TransactItems: [{ Put: { TableName: "Numbers", Item: { id: { N: "10" } } } }] };
    expect((await harness.failure("TransactWriteItems", other)).code).toBe("IdempotentParameterMismatchException");
  });

  it("17: sizes count names, values and structure", async () => {
    // pk a sk 1: 2+1 and 2+2; l: 1, 3 for the list, 1 an entry; n of three digits: 1 + 3.
    await put({ l: { L: [{ BOOL: true }] }, n: { N: "123" } });
    const before = (await call("DescribeTable", { TableName: "Things" })).Table.TableSizeBytes;
    await call("DeleteItem", { TableName: "Things", Key });
    const after = (await call("DescribeTable", { TableName: "Things" })).Table.TableSizeBytes;
    expect(before - after).toBe(2 + 1 + (2 + 2) + (1 + 3 + 1 + 1) + (1 + 3));
  });

  it("18: capacity rounds up by the item, half for eventual reads, and missing items cost", async () => {
    await put({ v: { S: "x".repeat(5000) } });
    const units = async (more: Json) =>
      (await call("GetItem", { TableName: "Things", Key, ReturnConsumedCapacity: "TOTAL", ...more })).ConsumedCapacity
        .CapacityUnits;
    expect([await units({}), await units({ ConsistentRead: true })]).toEqual([1, 2]);
    expect(await units({ Key: { ...Key, sk: { N: "404" } } })).toBe(0.5);
  });

  it("19: tables begin CREATING; a second one of the name, a no-op and unused attributes are refused", async () => {
    const input = {
      TableName: "Made",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    };
    expect((await call("CreateTable", input)).TableDescription.TableStatus).toBe("CREATING");
    expect((await harness.failure("CreateTable", input)).code).toBe("ResourceInUseException");
    expect(await refusal("UpdateTable", { TableName: "Made" })).toMatch(/^At least one of ProvisionedThroughput, /);
    const more = [...input.AttributeDefinitions, { AttributeName: "x", AttributeType: "S" }];
    expect(await refusal("CreateTable", { ...input, TableName: "Other", AttributeDefinitions: more })).toMatch(
      /Number of attributes in KeySchema does not exactly match/,
    );
  });

  it("20: unknown operations, wrong types, checksums, and CORS stay in the protocol", async () => {
    expect((await post("NoSuchThing", "{}")).body.__type).toMatch(/#UnknownOperationException$/);
    const { body } = await post("GetItem", '{"TableName": 5}');
    expect(body.__type).toBe("com.amazon.coral.service#SerializationException");
    const fine = await post("ListTables", "{}");
    expect(Number(fine.headers.get("x-amz-crc32"))).toBeGreaterThan(0);
    expect(fine.headers.get("x-amzn-requestid")).toMatch(/\S/);
  });

  it("21: statements have texts of their own", async () => {
    expect(await refusal("ExecuteStatement", { Statement: "SLECT" })).toMatch(
      /^Statement wasn't well formed, can't be processed: /,
    );
    await put();
    const { Items } = await db.executeStatement({
      Statement: "SELECT pk FROM Things WHERE pk = ? AND sk = 1",
      Parameters: [{ S: "a" }],
    });
    expect(Items).toEqual([{ pk: { S: "a" } }]);
  });

  it("22: only numbers of the last five years expire", async () => {
    await call("UpdateTimeToLive", {
      TableName: "Numbers",
      TimeToLiveSpecification: { Enabled: true, AttributeName: "at" },
    });
    const seconds = Math.floor(harness.clock.now() / 1000);
    const times = { 101: { N: String(seconds - 60) }, 102: { S: String(seconds - 60) }, 103: { N: "1000" } };
    for (const [id, at] of Object.entries(times))
      await call("PutItem", { TableName: "Numbers", Item: { id: { N: id }, at } });
    harness.clock.advance(120_000);
    const there = async (id: string) =>
      (await call("GetItem", { TableName: "Numbers", Key: { id: { N: id } } })).Item !== undefined;
    await expect.poll(() => there("101")).toBe(false);
    expect([await there("102"), await there("103")]).toEqual([true, true]);
  });

  it("23: error bodies name their namespace, and newer texts begin with the number of errors", async () => {
    const invalid = await post("GetItem", JSON.stringify({ TableName: "Things", Key: {} }));
    expect(invalid.body.__type).toBe("com.amazon.coral.validate#ValidationException");
    const missing = await post("GetItem", JSON.stringify({ TableName: "Nowhere", Key }));
    expect(missing.body.__type).toBe("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
  });

  it("24: nothing leads into key attributes, and index keys are checked by every write", async () => {
    expect(await refusal("GetItem", { TableName: "Things", Key, ProjectionExpression: "pk.a" })).toMatch(
      /Key attributes must be scalars/,
    );
    await expect(update("SET g = :n", { ":n": { N: "1" } })).rejects.toThrow(
      /Type mismatch for Index Key g Expected: S Actual: N IndexName: global/,
    );
    const bad = [{ PutRequest: { Item: { ...Key, g: { S: "" } } } }];
    expect(await refusal("BatchWriteItem", { RequestItems: { Things: bad } })).toMatch(
      /IndexName: global, IndexKey: g/,
    );
  });

  it("25: what is not projected is fetched for local indexes and refused for global ones", async () => {
    await put({ g: { S: "x" }, h: { N: "1" }, v: { S: "whole" } });
    const local = {
      TableName: "Things",
      IndexName: "local",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "a" } },
    };
    expect((await call("Query", { ...local, ProjectionExpression: "v" })).Items).toEqual([{ v: { S: "whole" } }]);
    const global = {
      TableName: "Things",
      IndexName: "global",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": { S: "x" } },
    };
    expect(await refusal("Query", { ...global, ProjectionExpression: "v" })).toMatch(
      /Global secondary index global does not project \[v\]/,
    );
  });

  it("26: what an item's validation says stands at its place among the reasons", async () => {
    const fine = { Put: { TableName: "Numbers", Item: { id: { N: "20" } } } };
    const bad = { Put: { TableName: "Things", Item: { ...Key, g: { N: "1" } } } };
    const { members } = await harness.failure("TransactWriteItems", { TransactItems: [fine, bad, fine].slice(0, 2) });
    expect(members.CancellationReasons).toEqual([
      { Code: "None" },
      { Code: "ValidationError", Message: expect.stringMatching(/Type mismatch for Index Key g/) },
    ]);
  });

  it("27: no stream record for what changes nothing; the Region is the real one", async () => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" };
    const { TableDescription } = await call("UpdateTable", { TableName: "Numbers", StreamSpecification });
    const StreamArn = TableDescription.LatestStreamArn;
    const Item = { id: { N: "30" } };
    await call("PutItem", { TableName: "Numbers", Item });
    await call("PutItem", { TableName: "Numbers", Item });
    const { StreamDescription } = await call("DescribeStream", { StreamArn });
    const { ShardId } = StreamDescription.Shards[0];
    const { ShardIterator } = await call("GetShardIterator", { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    const { Records } = await call("GetRecords", { ShardIterator });
    expect(Records.map(({ eventName, awsRegion }: Answer) => [eventName, awsRegion])).toEqual([
      ["INSERT", "us-west-2"],
    ]);
  });

  it("28: zipped requests are read, within their limit", async () => {
    const { status, body } = await post("ListTables", gzipSync("{}"), { "content-encoding": "gzip" });
    expect([status, Array.isArray(body.TableNames)]).toEqual([200, true]);
    const bomb = await post("ListTables", gzipSync(" ".repeat(17 * 1024 * 1024)), { "content-encoding": "gzip" });
    expect(bomb.status).toBe(413);
    const broken = await post("ListTables", "{}", { "content-encoding": "gzip" });
    expect(broken.body.__type).toBe("com.amazon.coral.service#SerializationException");
  });

  it("29: deep nesting ends in an error at once", async () => {
    let tookMs = Number.POSITIVE_INFINITY;
    // What the machine does besides must not count: the best of five.
    for (let round = 0; round < 5; round++) {
      const started = performance.now();
      await expect(holds(`${"(".repeat(2000)}a = :a${")".repeat(2000)}`, { ":a": { N: "1" } })).rejects.toThrow(
        /Invalid ConditionExpression/,
      );
      tookMs = Math.min(tookMs, performance.now() - started);
    }
    expect(tookMs).toBeLessThan(1000);
  });
});
