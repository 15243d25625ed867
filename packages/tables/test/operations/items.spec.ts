import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

const b64 = (...bytes: number[]) => Buffer.from(bytes).toString("base64");

/** Keys of each type in DynamoDB's order. */
const ordered: Readonly<Record<string, readonly Json[]>> = {
  S: ["", "0", "10", "9", "A", "a", "aa", "b", "é", "\uffff", "\u{1f600}"].slice(1).map((S) => ({ S })),
  N: ["-100000", "-10", "-9", "-1.5", "-1", "-0.001", "0", "0.001", "1", "1.5", "9", "10", "100000"].map((N) => ({
    N,
  })),
  B: [b64(0), b64(0, 0), b64(0, 1), b64(1), b64(1, 2), b64(127), b64(128), b64(255), b64(255, 255)].map((B) => ({ B })),
};

describe("items", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
  });
  afterEach(() => harness.close());

  const types = ["S", "N", "B"];
  it.each(types)("live under hash keys of type %s, also after the tables were opened again", async (type) => {
    await harness.createTable("Items", `pk:${type}`);
    const items = ordered[type]!.map((pk, at) => ({
      pk,
      n: { N: String(at) },
      l: { L: [{ S: "ü" }, { NULL: true }] },
    }));
    await harness.put("Items", ...items);
    await harness.reopen();
    for (const item of items) {
      expect(await harness.call("GetItem", { TableName: "Items", Key: { pk: item.pk } })).toEqual({ Item: item });
    }
    const { items: all } = await harness.pages("Scan", { TableName: "Items", Limit: 3 });
    expect(all.toSorted((x, y) => Number(x.n.N) - Number(y.n.N))).toEqual(items);
    const { Table } = await harness.call("DescribeTable", { TableName: "Items" });
    expect(Table.ItemCount).toBe(items.length);
  });

  it.each(types.flatMap((hash) => types.map((range) => [hash, range] as const)))(
    "live under hash keys of type %s with range keys of type %s, in the order of the latter",
    async (hash, range) => {
      await harness.createTable("Items", `pk:${hash}`, `sk:${range}`);
      const partitions = ordered[hash]!.slice(0, 4);
      const sorted = ordered[range]!;
      await harness.put("Items", ...partitions.flatMap((pk) => sorted.toReversed().map((sk) => ({ pk, sk }))));
      for (const pk of partitions) {
        const request = {
          TableName: "Items",
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": pk },
          Limit: 4,
        };
        const forward = await harness.pages("Query", request);
        expect(forward.items.map(({ sk }) => sk)).toEqual(sorted);
        const backward = await harness.pages("Query", { ...request, ScanIndexForward: false });
        expect(backward.items.map(({ sk }) => sk)).toEqual(sorted.toReversed());
        for (const sk of sorted) {
          const { Item } = await harness.call("GetItem", { TableName: "Items", Key: { pk, sk } });
          expect(Item).toEqual({ pk, sk });
        }
      }
    },
  );

  it("are replaced by PutItem and removed by DeleteItem, and the totals follow", async () => {
    await harness.createTable("Items", "pk:S");
    const TableName = "Items";
    const pk = { S: "a" };
    await harness.call("PutItem", { TableName, Item: { pk, x: { S: "long".repeat(100) } } });
    const replaced = await harness.call("PutItem", {
      TableName,
      Item: { pk, y: { N: "1.50" } },
      ReturnValues: "ALL_OLD",
    });
    expect(replaced).toEqual({ Attributes: { pk, x: { S: "long".repeat(100) } } });
    expect(await harness.call("GetItem", { TableName, Key: { pk } })).toEqual({ Item: { pk, y: { N: "1.5" } } });
    const { Table } = await harness.call("DescribeTable", { TableName });
    expect(Table.ItemCount).toBe(1);
    expect(Table.TableSizeBytes).toBeLessThan(20);
    expect(await harness.call("DeleteItem", { TableName, Key: { pk }, ReturnValues: "ALL_OLD" })).toEqual({
      Attributes: { pk, y: { N: "1.5" } },
    });
    expect(await harness.call("DeleteItem", { TableName, Key: { pk }, ReturnValues: "ALL_OLD" })).toEqual({});
    expect(await harness.call("GetItem", { TableName, Key: { pk } })).toEqual({});
    expect((await harness.call("DescribeTable", { TableName })).Table).toMatchObject({
      ItemCount: 0,
      TableSizeBytes: 0,
    });
  });

  it("of every size come back byte for byte, one read after the other", async () => {
    await harness.createTable("Items", "pk:N");
    const sizes = [0, 1, 1_000, 4_000, 8_100, 16_000, 65_000, 140_000, 409_000];
    const items = sizes.map((size, at) => ({
      pk: { N: String(at) },
      x: { S: "ü\u{1f600}x".repeat(size / 7) + "y".repeat(at) },
    }));
    await harness.put("Items", ...items);
    for (const item of [...items, ...items.toReversed(), items[8]!, items[0]!, items[8]!]) {
      expect(await harness.call("GetItem", { TableName: "Items", Key: { pk: item.pk } })).toEqual({ Item: item });
    }
    const { items: all } = await harness.pages("Scan", { TableName: "Items" });
    expect(all.toSorted((a, b) => Number(a.pk.N) - Number(b.pk.N))).toEqual(items);
  });

  it("keep attributes named like JavaScript's own", async () => {
    await harness.createTable("Items", "pk:S");
    const Item = JSON.parse(
      '{"pk":{"S":"a"},"__proto__":{"S":"p"},"constructor":{"N":"1"},"toString":{"M":{"__proto__":{"S":"q"}}}}',
    );
    await harness.call("PutItem", { TableName: "Items", Item });
    const got = await harness.call("GetItem", { TableName: "Items", Key: { pk: { S: "a" } } });
    expect(JSON.stringify(got.Item)).toBe(JSON.stringify(Item));
    const absent = await harness.call("Scan", {
      TableName: "Items",
      FilterExpression: "attribute_exists(valueOf) OR attribute_exists(hasOwnProperty)",
    });
    expect(absent).toMatchObject({ Count: 0, ScannedCount: 1 });
    const updated = await harness.call("UpdateItem", {
      TableName: "Items",
      Key: { pk: { S: "a" } },
      UpdateExpression: "SET #p = :v",
      ExpressionAttributeNames: { "#p": "__proto__" },
      ExpressionAttributeValues: { ":v": { N: "2" } },
      ReturnValues: "UPDATED_NEW",
    });
    expect(JSON.stringify(updated)).toBe('{"Attributes":{"__proto__":{"N":"2"}}}');
  });

  it("are gone with their table, and a table of the same name starts empty", async () => {
    await harness.createTable("Items", "pk:S");
    await harness.put("Items", ...Array.from({ length: 50 }, (_, at) => ({ pk: { S: String(at) } })));
    await harness.call("DeleteTable", { TableName: "Items" });
    await harness.createTable("Items", "pk:S");
    expect(await harness.call("Scan", { TableName: "Items" })).toMatchObject({ Count: 0 });
    await harness.reopen();
    expect(await harness.call("Scan", { TableName: "Items" })).toMatchObject({ Count: 0 });
  });

  it("of tables with one name in two Regions are apart", async () => {
    await harness.createTable("Items", "pk:S");
    await harness.call(
      "CreateTable",
      {
        TableName: "Items",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      },
      { region: "eu-west-1" },
    );
    await harness.put("Items", { pk: { S: "a" } });
    expect(await harness.call("Scan", { TableName: "Items" }, { region: "eu-west-1" })).toMatchObject({ Count: 0 });
  });

  it("projections return the named parts", async () => {
    await harness.createTable("Items", "pk:S");
    const Item = {
      pk: { S: "a" },
      x: { S: "1" },
      m: { M: { a: { N: "1" }, b: { N: "2" } } },
      l: { L: [{ S: "0" }, { S: "1" }] },
    };
    await harness.put("Items", Item);
    const Key = { pk: { S: "a" } };
    expect(
      await harness.call("GetItem", { TableName: "Items", Key, ProjectionExpression: "x, m.b, l[1], absent" }),
    ).toEqual({ Item: { x: { S: "1" }, m: { M: { b: { N: "2" } } }, l: { L: [{ S: "1" }] } } });
    expect(await harness.call("GetItem", { TableName: "Items", Key, AttributesToGet: ["x"] })).toEqual({
      Item: { x: { S: "1" } },
    });
  });

  it("capacity is counted as documented", async () => {
    await harness.createTable("Items", "pk:S");
    const TableName = "Items";
    const Key = { pk: { S: "a" } };
    const units = async (name: string, input: Json) => {
      const { ConsumedCapacity } = await harness.call(name, { TableName, ReturnConsumedCapacity: "TOTAL", ...input });
      expect(ConsumedCapacity.TableName).toBe(TableName);
      return ConsumedCapacity.CapacityUnits;
    };
    expect(await units("GetItem", { Key })).toBe(0.5);
    expect(await units("PutItem", { Item: { ...Key, x: { S: "x".repeat(5000) } } })).toBe(5);
    expect(await units("GetItem", { Key })).toBe(1);
    expect(await units("GetItem", { Key, ConsistentRead: true })).toBe(2);
    expect(await units("PutItem", { Item: Key })).toBe(5);
    expect(await units("DeleteItem", { Key })).toBe(1);
    expect(await harness.call("GetItem", { TableName, Key, ReturnConsumedCapacity: "INDEXES" })).toEqual({
      ConsumedCapacity: { TableName, CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } },
    });
    expect(await harness.call("GetItem", { TableName, Key, ReturnConsumedCapacity: "NONE" })).toEqual({});
  });

  describe("are refused", () => {
    beforeEach(() => harness.createTable("Items", "pk:S", "sk:N"));
    const TableName = "Items";
    const good = { pk: { S: "a" }, sk: { N: "1" } };

    it.each([
      [{ pk: { S: "a" } }, "One or more parameter values were invalid: Missing the key sk in the item"],
      [
        { ...good, sk: { S: "1" } },
        "One or more parameter values were invalid: Type mismatch for key sk expected: N actual: S",
      ],
      [
        { ...good, pk: { S: "" } },
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
      ],
      [
        { ...good, pk: { S: "x".repeat(2049) } },
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
      ],
      [{ ...good, x: { S: "x".repeat(409_600) } }, "Item size has exceeded the maximum allowed size"],
    ])("by PutItem when the item is bad (%#)", async (Item, message) => {
      expect(await harness.refusal("PutItem", { TableName, Item })).toBe(message);
    });

    it("by PutItem with ReturnValues other than NONE and ALL_OLD", async () => {
      expect(await harness.refusal("PutItem", { TableName, Item: good, ReturnValues: "ALL_NEW" })).toBe(
        "ReturnValues can only be ALL_OLD or NONE",
      );
    });

    it.each([[{ pk: { S: "a" } }], [{ ...good, x: { S: "more" } }], [{ pk: { S: "a" }, sk: { S: "1" } }]])(
      "by GetItem when the key does not fit (%#)",
      async (Key) => {
        const message = "The provided key element does not match the schema";
        expect(await harness.refusal("GetItem", { TableName, Key })).toBe(message);
        expect(await harness.refusal("DeleteItem", { TableName, Key })).toBe(message);
        expect(await harness.refusal("UpdateItem", { TableName, Key })).toBe(message);
      },
    );

    it("when the table is not there", async () => {
      const error = await harness.failure("GetItem", { TableName: "Other", Key: good });
      expect([error.code, error.message]).toEqual(["ResourceNotFoundException", "Requested resource not found"]);
    });

    it("when the table's name cannot be one", async () => {
      expect(await harness.refusal("GetItem", { TableName: "a!", Key: good })).toBe(
        "1 validation error detected: Value 'a!' at 'tableName' failed to satisfy constraint: " +
          "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      );
    });

    it("with a mix of old and new parameters", async () => {
      expect(
        await harness.refusal("PutItem", {
          TableName,
          Item: good,
          Expected: {},
          ConditionExpression: "attribute_exists(pk)",
        }),
      ).toBe(
        "Can not use both expression and non-expression parameters in the same request: " +
          "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
      );
      expect(await harness.refusal("GetItem", { TableName, Key: good, ExpressionAttributeNames: { "#a": "a" } })).toBe(
        "ExpressionAttributeNames can only be specified when using expressions",
      );
      expect(
        await harness.refusal("UpdateItem", { TableName, Key: good, ExpressionAttributeValues: { ":a": { S: "a" } } }),
      ).toBe(
        "ExpressionAttributeValues can only be specified when using expressions: " +
          "UpdateExpression and ConditionExpression are null",
      );
    });
  });
});
