import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

const TableName = "Items";

describe("reading a local index costs", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
    const projection = (ProjectionType: string, more: Json = {}) => ({ Projection: { ProjectionType, ...more } });
    const KeySchema = [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "t", KeyType: "RANGE" },
    ];
    await harness.call("CreateTable", {
      ...{ TableName, BillingMode: "PAY_PER_REQUEST" },
      AttributeDefinitions: ["pk", "sk", "t"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
      KeySchema: [KeySchema[0], { AttributeName: "sk", KeyType: "RANGE" }],
      LocalSecondaryIndexes: [
        { IndexName: "keys", KeySchema, ...projection("KEYS_ONLY") },
        { IndexName: "some", KeySchema, ...projection("INCLUDE", { NonKeyAttributes: ["a"] }) },
      ],
    });
    const bigText = { S: "x".repeat(5_000) };
    const item = (at: string) => ({ pk: { S: "p" }, sk: { S: at }, t: { S: at }, a: { S: "a" }, bigText });
    await harness.put(TableName, item("1"), item("2"), item("3"));
  });
  afterAll(() => harness.close());

  const units = async (name: "Query" | "Scan", IndexName: string, more: Json = {}) => {
    const where =
      name === "Scan" ? {} : { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "p" } } };
    const input = { TableName, IndexName, ReturnConsumedCapacity: "INDEXES", ...where, ...more };
    const { ConsumedCapacity } = await harness.call(name, input);
    return [ConsumedCapacity.Table.CapacityUnits, ConsumedCapacity.LocalSecondaryIndexes[IndexName].CapacityUnits];
  };

  it.each(["Query", "Scan"] as const)("%s: what it holds, and each item that is fetched for more", async (name) => {
    expect(await units(name, "keys")).toEqual([0, 0.5]);
    expect(await units(name, "keys", { Select: "COUNT" })).toEqual([0, 0.5]);
    expect(await units(name, "keys", { Select: "ALL_ATTRIBUTES" })).toEqual([3, 0.5]);
    expect(await units(name, "keys", { Select: "ALL_ATTRIBUTES", ConsistentRead: true })).toEqual([6, 1]);
    expect(await units(name, "keys", { Select: "ALL_ATTRIBUTES", Limit: 2 })).toEqual([2, 0.5]);
    expect(await units(name, "keys", { ProjectionExpression: "sk" })).toEqual([0, 0.5]);
    expect(await units(name, "some", { ProjectionExpression: "a" })).toEqual([0, 0.5]);
    expect(await units(name, "some", { ProjectionExpression: "bigText" })).toEqual([3, 0.5]);
  });

  it("a Scan's filter on what it does not show fetches the items, too", async () => {
    expect(await units("Scan", "some", { FilterExpression: "attribute_exists(a)" })).toEqual([0, 0.5]);
    expect(await units("Scan", "some", { FilterExpression: "attribute_exists(bigText)" })).toEqual([3, 0.5]);
  });
});
