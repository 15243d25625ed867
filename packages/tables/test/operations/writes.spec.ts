import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";

describe("conditional writes and updates", () => {
  let harness: Harness;
  const TableName = "Items";
  const Key = { pk: { S: "a" } };
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
  });
  afterEach(() => harness.close());

  const item = async () => (await harness.call("GetItem", { TableName, Key })).Item;

  it("of many writers at once who want to be the first, one is", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, at) =>
        harness.call("PutItem", {
          TableName,
          Item: { ...Key, by: { N: String(at) } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    const winners = outcomes.flatMap(({ status }, at) => (status === "fulfilled" ? [at] : []));
    expect(winners).toHaveLength(1);
    expect((await item()).by).toEqual({ N: String(winners[0]) });
  });

  it("200 increments at once end at 200", async () => {
    await Promise.all(
      Array.from({ length: 200 }, () =>
        harness.call("UpdateItem", {
          TableName,
          Key,
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      ),
    );
    expect((await item()).n).toEqual({ N: "200" });
  });

  it("200 optimistic increments, retried until they succeed, end at 200", async () => {
    await harness.put(TableName, { ...Key, n: { N: "0" } });
    const increment = async () => {
      for (;;) {
        const { n } = await item();
        try {
          return await harness.call("UpdateItem", {
            TableName,
            Key,
            UpdateExpression: "SET n = :next",
            ConditionExpression: "n = :seen",
            ExpressionAttributeValues: { ":seen": n, ":next": { N: String(Number(n.N) + 1) } },
          });
        } catch (error) {
          expect(error).toMatchObject({ code: "ConditionalCheckFailedException" });
        }
      }
    };
    const workers = Array.from({ length: 20 }, async () => {
      for (let round = 0; round < 10; round++) await increment();
    });
    await Promise.all(workers);
    expect((await item()).n).toEqual({ N: "200" });
  });

  it("a failed condition shows the item only when asked", async () => {
    await harness.put(TableName, { ...Key, x: { S: "1" } });
    const input = { TableName, Key, ConditionExpression: "attribute_not_exists(pk)" };
    const plain = await harness.failure("DeleteItem", input);
    expect([plain.code, plain.message]).toEqual(["ConditionalCheckFailedException", "The conditional request failed"]);
    expect(plain.members).toEqual({});
    const shown = await harness.failure("DeleteItem", { ...input, ReturnValuesOnConditionCheckFailure: "ALL_OLD" });
    expect(shown.members).toEqual({ Item: { ...Key, x: { S: "1" } } });
    const missing = await harness.failure("DeleteItem", {
      TableName,
      Key: { pk: { S: "b" } },
      ConditionExpression: "attribute_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    expect(missing.members).toEqual({});
    expect(await item()).toEqual({ ...Key, x: { S: "1" } });
  });

  it("Expected works as conditions did before expressions", async () => {
    await harness.call("PutItem", { TableName, Item: Key, Expected: { pk: { Exists: false } } });
    const error = await harness.failure("PutItem", { TableName, Item: Key, Expected: { pk: { Exists: false } } });
    expect(error.code).toBe("ConditionalCheckFailedException");
    await harness.call("UpdateItem", {
      TableName,
      Key,
      AttributeUpdates: { n: { Action: "ADD", Value: { N: "3" } }, s: { Value: { S: "x" } } },
      Expected: { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "a" }] } },
    });
    expect(await item()).toEqual({ ...Key, n: { N: "3" }, s: { S: "x" } });
  });

  it("an update of nothing makes an item with its key, one that only removes makes none", async () => {
    await harness.call("UpdateItem", { TableName, Key: { pk: { S: "r" } }, UpdateExpression: "REMOVE x" });
    await harness.call("UpdateItem", { TableName, Key });
    expect(await harness.call("Scan", { TableName })).toMatchObject({ Count: 1, Items: [Key] });
  });

  it.each([
    ["NONE", undefined],
    ["ALL_OLD", { ...Key, a: { N: "1" }, b: { S: "x" } }],
    ["UPDATED_OLD", { a: { N: "1" } }],
    ["ALL_NEW", { ...Key, a: { N: "2" }, b: { S: "x" }, c: { S: "new" } }],
    ["UPDATED_NEW", { a: { N: "2" }, c: { S: "new" } }],
  ])("UpdateItem with ReturnValues %s", async (ReturnValues, Attributes) => {
    await harness.put(TableName, { ...Key, a: { N: "1" }, b: { S: "x" } });
    const answer = await harness.call("UpdateItem", {
      TableName,
      Key,
      UpdateExpression: "SET a = a + :one, c = :c",
      ExpressionAttributeValues: { ":one": { N: "1" }, ":c": { S: "new" } },
      ReturnValues,
    });
    expect(answer).toEqual(Attributes === undefined ? {} : { Attributes });
  });

  it("the key cannot be updated", async () => {
    expect(
      await harness.refusal("UpdateItem", {
        TableName,
        Key,
        UpdateExpression: "SET pk = :x",
        ExpressionAttributeValues: { ":x": { S: "x" } },
      }),
    ).toBe("One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key");
  });

  it("an update that makes the item too large leaves it as it was", async () => {
    await harness.put(TableName, { ...Key, x: { S: "x".repeat(300_000) } });
    expect(
      await harness.refusal("UpdateItem", {
        TableName,
        Key,
        UpdateExpression: "SET y = x",
      }),
    ).toBe("Item size to update has exceeded the maximum allowed size");
    expect(Object.keys(await item())).toEqual(["pk", "x"]);
  });

  it("writes that race with the deletion of their table hear that it is gone, or come before it", async () => {
    const writes = Array.from({ length: 20 }, (_, at) =>
      harness.call("PutItem", { TableName, Item: { pk: { S: String(at) } } }),
    );
    const deletion = harness.call("DeleteTable", { TableName });
    const later = Array.from({ length: 5 }, () => harness.call("PutItem", { TableName, Item: Key }));
    const outcomes = await Promise.allSettled([...writes, ...later]);
    await deletion;
    expect(outcomes.slice(0, 20).every(({ status }) => status === "fulfilled")).toBe(true);
    for (const outcome of outcomes.slice(20)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ResourceNotFoundException" } });
    }
    await harness.createTable(TableName, "pk:S");
    expect(await harness.call("Scan", { TableName })).toMatchObject({ Count: 0 });
  });
});
