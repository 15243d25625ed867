import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";

describe("batches", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable("One", "pk:N");
    await harness.createTable("Two", "pk:S", "sk:B");
  });
  afterEach(() => harness.close());

  const one = (at: number) => ({ pk: { N: String(at) } });
  const put = (Item: unknown) => ({ PutRequest: { Item } });
  const remove = (Key: unknown) => ({ DeleteRequest: { Key } });
  const two = { pk: { S: "a" }, sk: { B: "AA==" } };

  it("write and read several tables", async () => {
    const answer = await harness.call("BatchWriteItem", {
      RequestItems: { One: [1, 2, 3].map((at) => put({ ...one(at), x: { S: String(at) } })), Two: [put(two)] },
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(answer).toEqual({
      UnprocessedItems: {},
      ConsumedCapacity: [
        { TableName: "One", CapacityUnits: 3 },
        { TableName: "Two", CapacityUnits: 1 },
      ],
    });
    await harness.call("BatchWriteItem", { RequestItems: { One: [remove(one(2)), put(one(3))] } });
    const read = await harness.call("BatchGetItem", {
      RequestItems: {
        One: { Keys: [1, 2, 3].map(one) },
        Two: { Keys: [two], ProjectionExpression: "sk", ConsistentRead: true },
      },
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(read).toEqual({
      Responses: { One: [{ ...one(1), x: { S: "1" } }, one(3)], Two: [{ sk: { B: "AA==" } }] },
      UnprocessedKeys: {},
      ConsumedCapacity: [
        { TableName: "One", CapacityUnits: 1.5 },
        { TableName: "Two", CapacityUnits: 1 },
      ],
    });
  });

  it("answer under the table's ARN when it was asked with it", async () => {
    const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/One";
    await harness.call("BatchWriteItem", { RequestItems: { [arn]: [put(one(1))] } });
    const read = await harness.call("BatchGetItem", { RequestItems: { [arn]: { Keys: [one(1)] } } });
    expect(read.Responses).toEqual({ [arn]: [one(1)] });
    expect(
      await harness.refusal("BatchGetItem", { RequestItems: { [arn]: { Keys: [one(1)] }, One: { Keys: [one(1)] } } }),
    ).toBe("A table must not be named both by its name and by its ARN");
  });

  it("return what does not fit the answer as unprocessed, with the request's own parameters", async () => {
    await harness.close();
    harness = await Harness.open({ batchGetBytesMax: 2000 });
    await harness.createTable("One", "pk:N");
    await harness.put("One", ...[0, 1, 2, 3].map((at) => ({ ...one(at), x: { S: "x".repeat(900) } })));
    let RequestItems: Record<string, unknown> = {
      One: { Keys: [0, 1, 2, 3].map(one), ProjectionExpression: "#p", ExpressionAttributeNames: { "#p": "pk" } },
    };
    const first = await harness.call("BatchGetItem", { RequestItems });
    expect(first.Responses.One).toEqual([0, 1, 2].map(one));
    RequestItems = first.UnprocessedKeys;
    expect(RequestItems).toEqual({
      One: { Keys: [one(3)], ProjectionExpression: "#p", ExpressionAttributeNames: { "#p": "pk" } },
    });
    const second = await harness.call("BatchGetItem", { RequestItems });
    expect(second).toMatchObject({ Responses: { One: [one(3)] }, UnprocessedKeys: {} });
  });

  it("refuse duplicates by value", async () => {
    const message = "Provided list of item keys contains duplicates";
    const keys = [{ pk: { N: "1" } }, { pk: { N: "1.0" } }];
    expect(await harness.refusal("BatchGetItem", { RequestItems: { One: { Keys: keys } } })).toBe(message);
    expect(await harness.refusal("BatchWriteItem", { RequestItems: { One: keys.map(put) } })).toBe(message);
    expect(await harness.refusal("BatchWriteItem", { RequestItems: { One: [put(keys[0]), remove(keys[1])] } })).toBe(
      message,
    );
  });

  it("refuse too many requests over all tables", async () => {
    const twenty = Array.from({ length: 20 }, (_, at) => one(at));
    const others = Array.from({ length: 20 }, (_, at) => ({ pk: { S: String(at) }, sk: { B: "" } }));
    expect(
      await harness.refusal("BatchWriteItem", { RequestItems: { One: twenty.map(put), Two: others.map(put) } }),
    ).toBe("Too many items requested for the BatchWriteItem call");
    const hundred = Array.from({ length: 100 }, (_, at) => one(at));
    expect(
      await harness.refusal("BatchGetItem", { RequestItems: { One: { Keys: hundred }, Two: { Keys: [two] } } }),
    ).toBe("Too many items requested for the BatchGetItem call");
  });

  it("write nothing when one request is bad or one table is missing", async () => {
    const mismatch = "One or more parameter values were invalid: Type mismatch for key pk expected: N actual: S";
    expect(
      await harness.refusal("BatchWriteItem", { RequestItems: { One: [put(one(1)), put({ pk: { S: "x" } })] } }),
    ).toBe(mismatch);
    const error = await harness.failure("BatchWriteItem", {
      RequestItems: { One: [put(one(1))], None: [put(one(1))] },
    });
    expect([error.code, error.message]).toEqual(["ResourceNotFoundException", "Requested resource not found"]);
    expect(await harness.call("Scan", { TableName: "One" })).toMatchObject({ Count: 0 });
  });
});
