import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, Harness, type Json } from "../harness.js";

describe("indexes", () => {
  let harness: Harness;
  const TableName = "Items";
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.call("CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk:S", "sk:S", "g:S", "n:N", "b:B"].map((text) => {
        const [AttributeName, AttributeType] = text.split(":");
        return { AttributeName, AttributeType };
      }),
      KeySchema: schema("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName: "byG", KeySchema: schema("g"), Projection: { ProjectionType: "KEYS_ONLY" } },
        { IndexName: "byGN", KeySchema: schema("g", "n"), Projection: { ProjectionType: "ALL" } },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "byB",
          KeySchema: schema("pk", "b"),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x"] },
        },
      ],
    });
  });
  afterEach(() => harness.close());

  function schema(hash: string, range?: string) {
    const elements = [{ AttributeName: hash, KeyType: "HASH" }];
    return range === undefined ? elements : [...elements, { AttributeName: range, KeyType: "RANGE" }];
  }
  const item = (sk: string, more: Json = {}): Answer => ({ pk: { S: "p" }, sk: { S: sk }, ...more });
  const query = (IndexName: string, more: Json = {}) => ({
    TableName,
    IndexName,
    KeyConditionExpression: IndexName === "byB" ? "pk = :h" : "g = :h",
    ExpressionAttributeValues: { ":h": { S: IndexName === "byB" ? "p" : "a" } },
    ...more,
  });
  const order = (items: readonly { readonly sk: { readonly S: string } }[]) => items.map(({ sk }) => sk.S);

  it("hold the items that have their keys, in their order, and follow every change", async () => {
    await harness.put(
      TableName,
      item("1", { g: { S: "a" }, n: { N: "10" }, x: { S: "x" } }),
      item("2", { g: { S: "a" }, n: { N: "9" } }),
      item("3", { g: { S: "b" }, n: { N: "1" } }),
      item("4", { g: { S: "a" } }),
      item("5"),
    );
    expect(order((await harness.call("Query", query("byGN"))).Items)).toEqual(["2", "1"]);
    expect(order((await harness.call("Query", query("byGN", { ScanIndexForward: false }))).Items)).toEqual(["1", "2"]);
    expect(order((await harness.call("Query", query("byG"))).Items).sort()).toEqual(["1", "2", "4"]);
    await harness.call("UpdateItem", {
      TableName,
      Key: item("1"),
      UpdateExpression: "SET n = :n REMOVE x",
      ExpressionAttributeValues: { ":n": { N: "-1" } },
    });
    expect(order((await harness.call("Query", query("byGN"))).Items)).toEqual(["1", "2"]);
    await harness.call("UpdateItem", { TableName, Key: item("1"), UpdateExpression: "REMOVE n" });
    await harness.call("DeleteItem", { TableName, Key: item("4") });
    await harness.put(TableName, item("2", { g: { S: "b" } }));
    expect(order((await harness.call("Query", query("byGN"))).Items)).toEqual([]);
    expect(order((await harness.call("Query", query("byG"))).Items)).toEqual(["1"]);
    await harness.reopen();
    expect(order((await harness.call("Scan", { TableName, IndexName: "byG" })).Items).sort()).toEqual(["1", "2", "3"]);
    const { Table } = await harness.call("DescribeTable", { TableName });
    const counts = [...Table.GlobalSecondaryIndexes, ...Table.LocalSecondaryIndexes].map(({ IndexName, ItemCount }) => [
      IndexName,
      ItemCount,
    ]);
    expect(counts).toEqual([
      ["byG", 3],
      ["byGN", 1],
      ["byB", 0],
    ]);
  });

  it("show what is projected into them", async () => {
    const full = item("1", { g: { S: "a" }, n: { N: "1" }, b: { B: "AA==" }, x: { S: "x" }, y: { S: "y" } });
    await harness.put(TableName, full);
    const keys = { pk: full.pk, sk: full.sk, g: full.g };
    expect((await harness.call("Query", query("byG"))).Items).toEqual([keys]);
    expect((await harness.call("Query", query("byGN"))).Items).toEqual([full]);
    const { pk, sk, b, x } = full;
    expect((await harness.call("Query", query("byB"))).Items).toEqual([{ pk, sk, b, x }]);
    expect((await harness.call("Query", query("byB", { Select: "ALL_ATTRIBUTES" }))).Items).toEqual([full]);
    expect((await harness.call("Query", query("byB", { ProjectionExpression: "y" }))).Items).toEqual([{ y: full.y }]);
    expect(await harness.refusal("Query", query("byG", { Select: "ALL_ATTRIBUTES" }))).toBe(
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary " +
        "index byG because its projection type is not ALL",
    );
    expect(await harness.refusal("Query", query("byG", { ProjectionExpression: "sk, y, x" }))).toBe(
      "One or more parameter values were invalid: Global secondary index byG does not project [x, y]",
    );
    expect(await harness.refusal("Query", query("byG", { ConsistentRead: true }))).toBe(
      "Consistent reads are not supported on global secondary indexes",
    );
  });

  it("page completely through many items of equal index keys, with all keys in LastEvaluatedKey", async () => {
    const names = Array.from({ length: 25 }, (_, at) => String(at).padStart(2, "0"));
    await harness.put(TableName, ...names.map((sk) => item(sk, { g: { S: "a" }, n: { N: "1" } })));
    for (const ScanIndexForward of [true, false]) {
      const { items } = await harness.pages("Query", query("byGN", { Limit: 4, ScanIndexForward }));
      expect(order(items).toSorted()).toEqual(names);
    }
    const { items } = await harness.pages("Scan", { TableName, IndexName: "byG", Limit: 7 });
    expect(order(items).toSorted()).toEqual(names);
    const first = await harness.call("Query", query("byGN", { Limit: 1 }));
    expect(Object.keys(first.LastEvaluatedKey).sort()).toEqual(["g", "n", "pk", "sk"]);
    const { g, n } = first.LastEvaluatedKey;
    expect(await harness.refusal("Query", query("byGN", { ExclusiveStartKey: { g, n } }))).toBe(
      "The provided starting key is invalid",
    );
  });

  it("hold keys of the greatest length", async () => {
    const long = (letter: string, bytes: number) => ({ S: letter.repeat(bytes) });
    const zeros = (bytes: number) => ({ B: Buffer.alloc(bytes).toString("base64") });
    const big = { pk: long("p", 2048), sk: long("s", 1024), g: long("g", 2048), n: { N: "1" }, b: zeros(1024) };
    await harness.put(TableName, big, { ...big, sk: long("t", 1024) });
    const { items } = await harness.pages("Query", {
      ...query("byB", { ExpressionAttributeValues: { ":h": big.pk } }),
      Limit: 1,
    });
    expect(items.map(({ sk }) => sk.S[0]).sort()).toEqual(["s", "t"]);
    const other = await harness.pages("Query", {
      ...query("byG", { ExpressionAttributeValues: { ":h": big.g } }),
      Limit: 1,
    });
    expect(other.items).toHaveLength(2);
    expect(await harness.refusal("PutItem", { TableName, Item: { ...big, g: long("g", 2049) } })).toBe(
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes " +
        "IndexName: byG, IndexKey: g",
    );
  });

  it("of the local kind count towards the size of an item", async () => {
    const large = item("1", { x: { S: "x".repeat(300_000) } });
    await harness.put(TableName, large);
    const inIndex = { ...large, b: { B: "AA==" } };
    expect(await harness.refusal("PutItem", { TableName, Item: inIndex })).toBe(
      "Item size has exceeded the maximum allowed size",
    );
    const update = {
      TableName,
      Key: item("1"),
      UpdateExpression: "SET b = :b",
      ExpressionAttributeValues: { ":b": { B: "AA==" } },
    };
    expect(await harness.refusal("UpdateItem", update)).toBe(
      "Item size to update has exceeded the maximum allowed size",
    );
  });

  it("refuse key attributes of a wrong type or without a value, in every kind of write", async () => {
    const mismatch =
      "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: byG";
    const bad = item("1", { g: { N: "1" } });
    expect(await harness.refusal("PutItem", { TableName, Item: bad })).toBe(mismatch);
    expect(
      await harness.refusal("BatchWriteItem", { RequestItems: { [TableName]: [{ PutRequest: { Item: bad } }] } }),
    ).toBe(mismatch);
    expect(
      await harness.refusal("UpdateItem", {
        TableName,
        Key: item("1"),
        UpdateExpression: "SET g = :g",
        ExpressionAttributeValues: { ":g": { N: "1" } },
      }),
    ).toBe(mismatch);
    expect(await harness.refusal("PutItem", { TableName, Item: item("1", { g: { S: "" } }) })).toBe(
      "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
        "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byG, IndexKey: g",
    );
  });

  it("have keys that no path leads into; filters are complained about before projections", async () => {
    const scalars = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";
    const scan = { TableName, FilterExpression: "attribute_exists(n.x)", ProjectionExpression: "g.x" };
    expect(await harness.refusal("Scan", scan)).toBe(`${scalars}: IndexKey: n`);
    expect(await harness.refusal("Scan", { TableName, ProjectionExpression: "n.x, g.x" })).toBe(
      `${scalars}: IndexKey: g`,
    );
    expect(await harness.refusal("Scan", { TableName, ProjectionExpression: "g.x", Select: "COUNT" })).toBe(
      "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count",
    );
  });

  it("are charged apart, and local ones report their collections", async () => {
    const answer = await harness.call("PutItem", {
      TableName,
      Item: item("1", { g: { S: "a" }, n: { N: "1" }, b: { B: "AA==" } }),
      ReturnConsumedCapacity: "INDEXES",
      ReturnItemCollectionMetrics: "SIZE",
    });
    expect(answer).toEqual({
      ConsumedCapacity: {
        TableName,
        CapacityUnits: 4,
        Table: { CapacityUnits: 1 },
        LocalSecondaryIndexes: { byB: { CapacityUnits: 1 } },
        GlobalSecondaryIndexes: { byG: { CapacityUnits: 1 }, byGN: { CapacityUnits: 1 } },
      },
      ItemCollectionMetrics: { ItemCollectionKey: { pk: { S: "p" } }, SizeEstimateRangeGB: [0, 1] },
    });
  });

  it("cost nothing when what they show stays the same, in whatever order it is written", async () => {
    const g = { S: "a" };
    const ns = ["1", "2"];
    await harness.put(TableName, { g, ns: { NS: ns }, ...item("1") });
    const put = { TableName, Item: { ...item("1"), ns: { NS: ["2.0", "1"] }, g }, ReturnConsumedCapacity: "INDEXES" };
    expect((await harness.call("PutItem", put)).ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 1,
      Table: { CapacityUnits: 1 },
    });
  });
});
