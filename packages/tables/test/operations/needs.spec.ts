import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, Harness, type Json, region } from "../harness.js";

const arn = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;

describe("what a caller must be allowed", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable("Books", "pk:N", "sk:S");
    await harness.createTable("Bins", "pk:B");
  });
  afterEach(() => harness.close());

  const Key = { pk: { N: "1.0" }, sk: { S: "s" } };
  const one = async (name: string, input: Json) => {
    const needs = await harness.needs(name, input);
    expect(needs).toHaveLength(1);
    return needs[0]!;
  };

  it("GetItem, with and without a projection", async () => {
    expect(await one("GetItem", { TableName: "Books", Key })).toEqual({
      action: "dynamodb:GetItem",
      resource: arn("Books"),
      context: {
        "dynamodb:LeadingKeys": ["1"],
        "dynamodb:Select": "ALL_ATTRIBUTES",
        "dynamodb:ReturnConsumedCapacity": "NONE",
      },
    });
    const { context } = await one("GetItem", {
      TableName: "Books",
      Key,
      ProjectionExpression: "#t, author.address[0]",
      ExpressionAttributeNames: { "#t": "title" },
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(context).toEqual({
      "dynamodb:LeadingKeys": ["1"],
      "dynamodb:Attributes": ["pk", "sk", "title", "author"],
      "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
      "dynamodb:ReturnConsumedCapacity": "TOTAL",
    });
  });

  it("PutItem, UpdateItem and DeleteItem", async () => {
    expect(
      await one("PutItem", {
        TableName: "Bins",
        Item: { pk: { B: "AAE=" }, x: { S: "x" } },
        ConditionExpression: "size(y) > :z OR x = z",
        ExpressionAttributeValues: { ":z": { N: "1" } },
        ReturnValues: "ALL_OLD",
      }),
    ).toEqual({
      action: "dynamodb:PutItem",
      resource: arn("Bins"),
      context: {
        "dynamodb:LeadingKeys": ["AAE="],
        "dynamodb:Attributes": ["pk", "x", "y", "z"],
        "dynamodb:ReturnValues": "ALL_OLD",
        "dynamodb:ReturnConsumedCapacity": "NONE",
      },
    });
    const update = await one("UpdateItem", {
      TableName: "Books",
      Key,
      UpdateExpression: "SET a = if_not_exists(b, :v) + c REMOVE d[0] ADD e :v DELETE f :s",
      ExpressionAttributeValues: { ":v": { N: "1" }, ":s": { SS: ["x"] } },
    });
    expect(update.action).toBe("dynamodb:UpdateItem");
    expect(update.context?.["dynamodb:Attributes"]?.toString().split(",").toSorted()).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
      "f",
      "pk",
      "sk",
    ]);
    expect(update.context?.["dynamodb:ReturnValues"]).toBe("NONE");
    expect((await one("DeleteItem", { TableName: "Books", Key })).action).toBe("dynamodb:DeleteItem");
  });

  it("Query of a table, and of an index only the index", async () => {
    const input = {
      TableName: "Books",
      KeyConditionExpression: ":p = pk AND sk > :s",
      FilterExpression: "price < :m",
      ExpressionAttributeValues: { ":p": { N: "5" }, ":s": { S: "a" }, ":m": { N: "9" } },
    };
    expect(await one("Query", input)).toEqual({
      action: "dynamodb:Query",
      resource: arn("Books"),
      context: {
        "dynamodb:LeadingKeys": ["5"],
        "dynamodb:Attributes": ["pk", "sk", "price"],
        "dynamodb:Select": "ALL_ATTRIBUTES",
        "dynamodb:ReturnConsumedCapacity": "NONE",
      },
    });
    const index = await one("Query", { ...input, IndexName: "byPrice", Select: "COUNT" });
    expect(index.resource).toBe(`${arn("Books")}/index/byPrice`);
    expect(index.context?.["dynamodb:Select"]).toBe("COUNT");
    const legacy = await one("Query", {
      TableName: "Books",
      KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ N: "05" }] } },
      AttributesToGet: ["x"],
    });
    expect(legacy.context).toMatchObject({
      "dynamodb:LeadingKeys": ["5"],
      "dynamodb:Attributes": ["pk", "x"],
      "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
    });
  });

  it("Scan has no leading keys", async () => {
    expect(await one("Scan", { TableName: "Books", IndexName: "byPrice" })).toEqual({
      action: "dynamodb:Scan",
      resource: `${arn("Books")}/index/byPrice`,
      context: { "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES", "dynamodb:ReturnConsumedCapacity": "NONE" },
    });
  });

  it("batches name each table once, with all its keys", async () => {
    const keys = [Key, { ...Key, sk: { S: "t" } }, { pk: { N: "2" }, sk: { S: "t" } }];
    const get = await harness.needs("BatchGetItem", {
      RequestItems: { Books: { Keys: keys }, Bins: { Keys: [{ pk: { B: "AA==" } }] } },
    });
    expect(get.map(({ action, resource, context }) => [action, resource, context?.["dynamodb:LeadingKeys"]])).toEqual([
      ["dynamodb:BatchGetItem", arn("Books"), ["1", "2"]],
      ["dynamodb:BatchGetItem", arn("Bins"), ["AA=="]],
    ]);
    const write = await harness.needs("BatchWriteItem", {
      RequestItems: {
        Books: [{ PutRequest: { Item: { ...Key, x: { S: "x" } } } }, { DeleteRequest: { Key: keys[2] } }],
      },
    });
    expect(write).toEqual([
      {
        action: "dynamodb:BatchWriteItem",
        resource: arn("Books"),
        context: {
          "dynamodb:LeadingKeys": ["1", "2"],
          "dynamodb:Attributes": ["pk", "sk", "x"],
          "dynamodb:ReturnConsumedCapacity": "NONE",
        },
      },
    ]);
  });

  it("transactions need each element's own permission, which knows the enclosing operation", async () => {
    const ConditionExpression = "attribute_exists(pk)";
    const needs = await harness.needs("TransactWriteItems", {
      TransactItems: [
        { Put: { TableName: "Books", Item: Key, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
        { Update: { TableName: "Books", Key, UpdateExpression: "REMOVE x" } },
        { Delete: { TableName: "Bins", Key: { pk: { B: "AA==" } } } },
        { ConditionCheck: { TableName: "Bins", Key: { pk: { B: "AA==" } }, ConditionExpression } },
      ],
    });
    expect(needs.map(({ action, resource }) => [action, resource])).toEqual([
      ["dynamodb:PutItem", arn("Books")],
      ["dynamodb:UpdateItem", arn("Books")],
      ["dynamodb:DeleteItem", arn("Bins")],
      ["dynamodb:ConditionCheckItem", arn("Bins")],
    ]);
    expect(needs[0]!.context).toEqual({
      "dynamodb:LeadingKeys": ["1"],
      "dynamodb:Attributes": ["pk", "sk"],
      "dynamodb:ReturnValues": "ALL_OLD",
      "dynamodb:EnclosingOperation": "TransactWriteItems",
      "dynamodb:ReturnConsumedCapacity": "NONE",
    });
    const [get] = await harness.needs("TransactGetItems", { TransactItems: [{ Get: { TableName: "Books", Key } }] });
    expect([get!.action, get!.context?.["dynamodb:EnclosingOperation"]]).toEqual([
      "dynamodb:GetItem",
      "TransactGetItems",
    ]);
  });

  it("is asked for tables that are not there, too, without leading keys", async () => {
    const need = await one("GetItem", { TableName: "Absent", Key });
    expect(need.resource).toBe(arn("Absent"));
    expect(need.context).not.toHaveProperty("dynamodb:LeadingKeys");
  });

  it("follows an input object that its caller changes and uses again", async () => {
    const input: Record<string, unknown> = { TableName: "Books", Key };
    await harness.call("GetItem", input);
    input.TableName = "Bins";
    input.Key = { pk: { B: "AA==" } };
    expect((await one("GetItem", input)).resource).toBe(arn("Bins"));
    input.Key = { pk: { B: "AAE=" } };
    expect((await one("GetItem", input)).context?.["dynamodb:LeadingKeys"]).toEqual(["AAE="]);
    expect(await harness.call("GetItem", input)).toEqual({});
  });

  it("is not asked for requests that cannot be understood", async () => {
    await expect(harness.needs("GetItem", { TableName: "Books", Key, ProjectionExpression: "a..b" })).rejects.toThrow(
      /Invalid ProjectionExpression/,
    );
  });
});
