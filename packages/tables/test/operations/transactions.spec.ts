import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

describe("transactions", () => {
  let harness: Harness;
  const TableName = "Items";
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
    await harness.createTable("Other", "pk:N");
  });
  afterEach(() => harness.close());

  const key = (name: string) => ({ pk: { S: name } });
  const Put = (name: string, more: Json = {}, attributes: Json = {}) => ({
    Put: { TableName, Item: { ...key(name), ...attributes }, ...more },
  });
  const write = (...TransactItems: readonly Json[]) => ({ TransactItems });
  const names = async () =>
    (await harness.call("Scan", { TableName })).Items.map(({ pk }: { pk: { S: string } }) => pk.S).sort();

  it("carry out all actions together", async () => {
    await harness.put(TableName, { ...key("u"), n: { N: "1" } }, key("d"), key("c"));
    const answer = await harness.call("TransactWriteItems", {
      ...write(
        Put("p"),
        {
          Update: {
            TableName,
            Key: key("u"),
            UpdateExpression: "SET n = n + :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          },
        },
        { Delete: { TableName, Key: key("d") } },
        { ConditionCheck: { TableName, Key: key("c"), ConditionExpression: "attribute_exists(pk)" } },
        { Put: { TableName: "Other", Item: { pk: { N: "1" } } } },
      ),
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(answer.ConsumedCapacity).toEqual([
      { TableName, CapacityUnits: 8, WriteCapacityUnits: 8 },
      { TableName: "Other", CapacityUnits: 2, WriteCapacityUnits: 2 },
    ]);
    expect(await names()).toEqual(["c", "p", "u"]);
    const read = await harness.call("TransactGetItems", {
      TransactItems: [
        { Get: { TableName, Key: key("u"), ProjectionExpression: "n" } },
        { Get: { TableName, Key: key("d") } },
        { Get: { TableName: "Other", Key: { pk: { N: "1.0" } } } },
      ],
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(read).toEqual({
      Responses: [{ Item: { n: { N: "2" } } }, {}, { Item: { pk: { N: "1" } } }],
      ConsumedCapacity: [
        { TableName, CapacityUnits: 4, ReadCapacityUnits: 4 },
        { TableName: "Other", CapacityUnits: 2, ReadCapacityUnits: 2 },
      ],
    });
  });

  it("carry out nothing when a condition fails, and say which and, when asked, on what", async () => {
    await harness.put(TableName, { ...key("b"), x: { S: "1" } });
    const fails = { ConditionExpression: "attribute_not_exists(pk)" };
    const error = await harness.failure(
      "TransactWriteItems",
      write(Put("a"), Put("b", { ...fails, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }), {
        ConditionCheck: { TableName, Key: key("c"), ConditionExpression: "attribute_exists(pk)" },
      }),
    );
    expect([error.code, error.message]).toEqual([
      "TransactionCanceledException",
      "Transaction cancelled, please refer cancellation reasons for specific reasons " +
        "[None, ConditionalCheckFailed, ConditionalCheckFailed]",
    ]);
    expect(error.members).toEqual({
      CancellationReasons: [
        { Code: "None" },
        {
          Code: "ConditionalCheckFailed",
          Message: "The conditional request failed",
          Item: { ...key("b"), x: { S: "1" } },
        },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
      ],
    });
    expect(await names()).toEqual(["b"]);
  });

  it("report the first validation error of an item by its place and look no further", async () => {
    const bad = { Put: { TableName, Item: { pk: { N: "7" } } } };
    const fails = Put("a", { ConditionExpression: "attribute_exists(pk)" });
    const error = await harness.failure("TransactWriteItems", write(Put("x"), bad, bad, fails));
    expect(error.members).toEqual({
      CancellationReasons: [
        { Code: "None" },
        {
          Code: "ValidationError",
          Message: "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N",
        },
        { Code: "None" },
        { Code: "None" },
      ],
    });
    const update = {
      Update: {
        TableName,
        Key: key("u"),
        UpdateExpression: "SET n = n + :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    };
    const missing = await harness.failure("TransactWriteItems", write(Put("x"), update));
    expect(missing.message).toContain("[None, ValidationError]");
    const get = await harness.failure("TransactGetItems", { TransactItems: [{ Get: { TableName, Key: {} } }] });
    expect(get.message).toContain("[ValidationError]");
    expect(await names()).toEqual([]);
  });

  it("concurrent transfers never lose or make money", async () => {
    const accounts = ["a", "b", "c", "d"];
    await harness.put(TableName, ...accounts.map((name) => ({ ...key(name), n: { N: "100" } })));
    const move = (from: string, to: string, amount: number) => {
      const change = (name: string, sign: string, condition?: string) => ({
        Update: {
          TableName,
          Key: key(name),
          UpdateExpression: `SET n = n ${sign} :x`,
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
          ExpressionAttributeValues: { ":x": { N: String(amount) } },
        },
      });
      return harness.call("TransactWriteItems", write(change(from, "-", "n >= :x"), change(to, "+")));
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, at) => move(accounts[at % 4]!, accounts[(at * 7 + 1) % 4]!, (at * 13) % 90)),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["fulfilled", "rejected"]));
    const { Items } = await harness.call("Scan", { TableName });
    const balances = Items.map(({ n }: { n: { N: string } }) => Number(n.N));
    expect(balances.reduce((sum: number, n: number) => sum + n, 0)).toBe(400);
    expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
  });

  it("a token makes a repeated request a read for ten minutes, also across a restart", async () => {
    const request = {
      ...write({
        Update: {
          TableName,
          Key: key("n"),
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        },
      }),
      ClientRequestToken: "token",
      ReturnConsumedCapacity: "TOTAL",
    };
    const value = async () => (await harness.call("GetItem", { TableName, Key: key("n") })).Item.n.N;
    const all = await Promise.all([1, 2, 3].map(() => harness.call("TransactWriteItems", request)));
    expect(all.map(({ ConsumedCapacity }) => Object.keys(ConsumedCapacity[0])[2])).toEqual([
      "WriteCapacityUnits",
      "ReadCapacityUnits",
      "ReadCapacityUnits",
    ]);
    await harness.reopen();
    harness.clock.advance(10 * 60 * 1000 - 1);
    await harness.call("TransactWriteItems", request);
    expect(await value()).toBe("1");
    const mismatch = await harness.failure("TransactWriteItems", { ...request, ...write(Put("n")) });
    expect(mismatch.code).toBe("IdempotentParameterMismatchException");
    harness.clock.advance(1);
    await harness.call("TransactWriteItems", request);
    expect(await value()).toBe("2");
  });

  it("refuse several actions on one item, none or several in one element, and too large ones", async () => {
    const same = { ConditionCheck: { TableName, Key: key("a"), ConditionExpression: "attribute_exists(pk)" } };
    const twice = "Transaction request cannot include multiple operations on one item";
    expect(await harness.refusal("TransactWriteItems", write(Put("a"), same))).toBe(twice);
    const Get = { Get: { TableName, Key: key("a") } };
    expect(await harness.refusal("TransactGetItems", write(Get, Get))).toBe(twice);
    const one = "TransactItems can only contain one of Check, Put, Update or Delete";
    expect(await harness.refusal("TransactWriteItems", write({}))).toBe(
      "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
    );
    expect(await harness.refusal("TransactWriteItems", write({ ...Put("a"), ...same }))).toBe(one);
    const large = Array.from({ length: 11 }, (_, at) => Put(String(at), {}, { x: { S: "x".repeat(400_000) } }));
    expect(await harness.refusal("TransactWriteItems", write(...large))).toBe(
      "Transaction payload size cannot exceed 4194304 bytes",
    );
  });

  it("concern a missing table as a whole", async () => {
    const error = await harness.failure(
      "TransactWriteItems",
      write(Put("a"), { Put: { TableName: "None", Item: {} } }),
    );
    expect(error.code).toBe("ResourceNotFoundException");
    expect(await names()).toEqual([]);
  });
});
