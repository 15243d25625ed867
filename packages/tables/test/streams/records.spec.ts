import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, Harness, region } from "../harness.js";
import { enableStream, iteratorOf, readAll, summary } from "./stream-reader.js";

const TableName = "Items";
const pk = (name: string) => ({ pk: { S: name } });

describe("the records of a stream", () => {
  let harness: Harness;
  let arn: string;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
    arn = await enableStream(harness, TableName);
  });
  afterEach(() => harness.close());

  it("tell what a write found and what it left", async () => {
    await harness.put(TableName, { ...pk("a"), n: { N: "1" } });
    await harness.put(TableName, { ...pk("a"), n: { N: "2" }, b: { B: "AAE=" } });
    await harness.call("DeleteItem", { TableName, Key: pk("a") });
    const records = await readAll(harness, arn);
    const common = { eventVersion: "1.1", eventSource: "aws:dynamodb", awsRegion: region };
    const at = { ApproximateCreationDateTime: harness.clock.now() / 1000, StreamViewType: "NEW_AND_OLD_IMAGES" };
    expect(records).toMatchObject([
      {
        ...{ ...common, eventName: "INSERT" },
        dynamodb: { ...at, Keys: pk("a"), NewImage: { ...pk("a"), n: { N: "1" } }, SizeBytes: 3 + 6 },
      },
      {
        ...{ ...common, eventName: "MODIFY" },
        dynamodb: {
          ...{ ...at, Keys: pk("a"), SizeBytes: 3 + 6 + 9 },
          NewImage: { ...pk("a"), n: { N: "2" }, b: { B: "AAE=" } },
          OldImage: { ...pk("a"), n: { N: "1" } },
        },
      },
      {
        ...{ ...common, eventName: "REMOVE" },
        dynamodb: { ...at, Keys: pk("a"), OldImage: { ...pk("a"), n: { N: "2" }, b: { B: "AAE=" } } },
      },
    ]);
    expect(records[0].dynamodb.OldImage).toBeUndefined();
    expect(records[2].dynamodb.NewImage).toBeUndefined();
    expect(records.every(({ userIdentity }) => userIdentity === undefined)).toBe(true);
  });

  it("have ids of their own and numbers of 21 digits that grow", async () => {
    for (const name of ["a", "b", "c"]) await harness.put(TableName, pk(name));
    const records = await readAll(harness, arn);
    const numbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber as string);
    expect(numbers.every((number) => /^\d{21,40}$/.test(number))).toBe(true);
    expect(numbers).toEqual([...numbers].sort());
    expect(new Set([...numbers, ...records.map(({ eventID }) => eventID)]).size).toBe(6);
    expect(await readAll(harness, arn)).toEqual(records);
  });

  it.each([
    ["KEYS_ONLY", { Keys: pk("a") }],
    ["NEW_IMAGE", { Keys: pk("a"), NewImage: { ...pk("a"), n: { N: "2" } } }],
    ["OLD_IMAGE", { Keys: pk("a"), OldImage: { ...pk("a"), n: { N: "1" } } }],
  ])("show of an item what %s says", async (view, shown) => {
    await harness.createTable("Other", "pk:S");
    const other = await enableStream(harness, "Other", view);
    await harness.put("Other", { ...pk("a"), n: { N: "1" } });
    await harness.put("Other", { ...pk("a"), n: { N: "2" } });
    const { Keys, NewImage, OldImage, StreamViewType } = (await readAll(harness, other))[1].dynamodb;
    expect(JSON.parse(JSON.stringify({ Keys, NewImage, OldImage }))).toEqual(shown);
    expect(StreamViewType).toBe(view);
  });

  it("are not made for writes that change nothing", async () => {
    const item = { ...pk("a"), n: { N: "1" }, s: { SS: ["x", "y"] } };
    await harness.put(TableName, item);
    await harness.put(TableName, { s: { SS: ["y", "x"] }, n: { N: "1.0" }, ...pk("a") });
    const set = { UpdateExpression: "SET n = :n", ExpressionAttributeValues: { ":n": { N: "1" } } };
    await harness.call("UpdateItem", { TableName, Key: pk("a"), ...set });
    await harness.call("UpdateItem", { TableName, Key: pk("none"), UpdateExpression: "REMOVE n" });
    await harness.call("DeleteItem", { TableName, Key: pk("none") });
    const failed = { TableName, Item: pk("a"), ConditionExpression: "attribute_not_exists(pk)" };
    expect((await harness.failure("PutItem", failed)).code).toBe("ConditionalCheckFailedException");
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT a"]);
  });

  it("are made by every kind of write, in the order of the writes", async () => {
    await harness.call("BatchWriteItem", {
      RequestItems: { [TableName]: [{ PutRequest: { Item: pk("a") } }, { PutRequest: { Item: pk("b") } }] },
    });
    const set = { UpdateExpression: "SET n = :n", ExpressionAttributeValues: { ":n": { N: "1" } } };
    await harness.call("TransactWriteItems", {
      TransactItems: [
        { Update: { TableName, Key: pk("a"), ...set } },
        { Delete: { TableName, Key: pk("b") } },
        { ConditionCheck: { TableName, Key: pk("x"), ConditionExpression: "attribute_not_exists(pk)" } },
        { Put: { TableName, Item: pk("c") } },
      ],
    });
    await harness.call("ExecuteStatement", { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'd'}` });
    await harness.call("ExecuteTransaction", {
      TransactStatements: [
        { Statement: `UPDATE "${TableName}" SET n = 2 WHERE pk = 'a'` },
        { Statement: `DELETE FROM "${TableName}" WHERE pk = 'd'` },
      ],
    });
    await harness.call("BatchExecuteStatement", {
      Statements: [{ Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'e'}` }],
    });
    expect(summary(await readAll(harness, arn))).toEqual([
      ...["INSERT a", "INSERT b", "MODIFY a", "REMOVE b", "INSERT c", "INSERT d", "MODIFY a", "REMOVE d", "INSERT e"],
    ]);
  });

  it("are not made by a transaction that is cancelled or repeated", async () => {
    const ClientRequestToken = "once";
    const put = { ClientRequestToken, TransactItems: [{ Put: { TableName, Item: pk("a") } }] };
    await harness.call("TransactWriteItems", put);
    await harness.call("TransactWriteItems", put);
    const cancelled = {
      TransactItems: [
        { Put: { TableName, Item: pk("b") } },
        { ConditionCheck: { TableName, Key: pk("c"), ConditionExpression: "attribute_exists(pk)" } },
      ],
    };
    expect((await harness.failure("TransactWriteItems", cancelled)).code).toBe("TransactionCanceledException");
    expect(summary(await readAll(harness, arn))).toEqual(["INSERT a"]);
  });

  it("name the service as the one who deletes an expired item", async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: "ttl" };
    await harness.call("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
    await harness.put(TableName, { ...pk("a"), ttl: { N: String(Math.floor(harness.clock.now() / 1000)) } });
    harness.clock.advance(60_000);
    await expect
      .poll(async () => summary(await readAll(harness, arn)), { interval: 2 })
      .toEqual(["INSERT a", "REMOVE a"]);
    const [inserted, removed] = await readAll(harness, arn);
    expect(inserted.userIdentity).toBeUndefined();
    expect(removed.userIdentity).toEqual({ PrincipalId: "dynamodb.amazonaws.com", Type: "Service" });
    expect(removed.dynamodb.OldImage).toMatchObject(pk("a"));
  });

  it("carry both keys of a table with a sort key", async () => {
    await harness.createTable("Ranged", "pk:S", "sk:N");
    const ranged = await enableStream(harness, "Ranged", "KEYS_ONLY");
    await harness.put("Ranged", { ...pk("a"), sk: { N: "1" }, more: { S: "x" } });
    expect((await readAll(harness, ranged))[0].dynamodb.Keys).toEqual({ ...pk("a"), sk: { N: "1" } });
  });

  it("come page by page, up to a thousand or one megabyte", async () => {
    await harness.put(TableName, ...Array.from({ length: 1_005 }, (_, at) => pk(`k${at}`)));
    const first = await harness.call("GetRecords", { ShardIterator: await iteratorOf(harness, arn) });
    expect(first.Records).toHaveLength(1_000);
    const second = await harness.call("GetRecords", { ShardIterator: first.NextShardIterator, Limit: 3 });
    expect(second.Records).toHaveLength(3);
    const third = await harness.call("GetRecords", { ShardIterator: second.NextShardIterator });
    expect(third.Records).toHaveLength(2);
    const large = { S: "x".repeat(300_000) };
    for (const name of ["x", "y", "z", "w"]) await harness.put(TableName, { ...pk(name), large });
    const fourth = await harness.call("GetRecords", { ShardIterator: third.NextShardIterator });
    expect(summary(fourth.Records)).toEqual(["INSERT x", "INSERT y", "INSERT z"]);
    const fifth = await harness.call("GetRecords", { ShardIterator: fourth.NextShardIterator });
    expect(summary(fifth.Records)).toEqual(["INSERT w"]);
    expect(fifth.NextShardIterator).toBeDefined();
  });

  it("stand under the ARN of table and stream", () => {
    expect(arn).toMatch(
      new RegExp(
        `^arn:aws:dynamodb:${region}:${account}:table/${TableName}/stream/\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}$`,
      ),
    );
  });
});
