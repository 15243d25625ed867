import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type Json } from "../harness.js";

describe("Query", () => {
  let harness: Harness;
  const TableName = "Items";
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S", "sk:N");
    const items = ["a", "b", "c"].flatMap((pk) =>
      Array.from({ length: 10 }, (_, at) => ({ pk: { S: pk }, sk: { N: String(at) }, odd: { BOOL: at % 2 === 1 } })),
    );
    await harness.put(TableName, ...items);
  });
  afterEach(() => harness.close());

  const request = (range: string, values: Json = {}, more: Json = {}) => ({
    TableName,
    KeyConditionExpression: range === "" ? "pk = :p" : `pk = :p AND ${range}`,
    ExpressionAttributeValues: { ":p": { S: "b" }, ...values },
    ...more,
  });
  const numbers = (answer: { readonly Items: readonly { readonly sk: { readonly N: string } }[] }) =>
    answer.Items.map(({ sk }) => Number(sk.N));
  const n = (value: number) => ({ N: String(value) });

  it.each([
    ["sk = :x", { ":x": n(3) }, [3]],
    ["sk < :x", { ":x": n(3) }, [0, 1, 2]],
    ["sk <= :x", { ":x": n(3) }, [0, 1, 2, 3]],
    ["sk > :x", { ":x": n(6) }, [7, 8, 9]],
    ["sk >= :x", { ":x": n(6) }, [6, 7, 8, 9]],
    ["sk BETWEEN :x AND :y", { ":x": n(2), ":y": n(4) }, [2, 3, 4]],
    ["sk > :x", { ":x": n(9) }, []],
    ["sk = :x", { ":x": n(0.5) }, []],
  ])("%s with %j", async (range, values, expected) => {
    expect(numbers(await harness.call("Query", request(range, values)))).toEqual(expected);
    const reverse = await harness.call("Query", request(range, values, { ScanIndexForward: false }));
    expect(numbers(reverse)).toEqual(expected.toReversed());
    const paged = await harness.pages("Query", request(range, values, { Limit: 2 }));
    expect(numbers({ Items: paged.items })).toEqual(expected);
  });

  it("begins_with selects by the first bytes", async () => {
    await harness.createTable("Texts", "pk:S", "sk:S");
    const texts = ["", "a", "ab", "ab\0", "abc", "ab\uffff", "ab\u{1f600}", "ac", "b"].slice(1);
    await harness.put("Texts", ...texts.map((sk) => ({ pk: { S: "p" }, sk: { S: sk } })));
    const answer = await harness.call("Query", {
      TableName: "Texts",
      KeyConditionExpression: "pk = :p AND begins_with(sk, :x)",
      ExpressionAttributeValues: { ":p": { S: "p" }, ":x": { S: "ab" } },
    });
    expect(answer.Items.map(({ sk }: { sk: { S: string } }) => sk.S)).toEqual(texts.slice(1, 6));
  });

  it("partitions whose keys begin alike are apart", async () => {
    await harness.createTable("Texts", "pk:S", "sk:S");
    const keys = [
      ["a", "bc"],
      ["ab", "c"],
      ["abc", "x"],
      ["a\0", "bc"],
    ];
    await harness.put("Texts", ...keys.map(([pk, sk]) => ({ pk: { S: pk }, sk: { S: sk } })));
    for (const [pk, sk] of keys) {
      const answer = await harness.call("Query", {
        TableName: "Texts",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: pk } },
      });
      expect(answer.Items).toEqual([{ pk: { S: pk }, sk: { S: sk } }]);
    }
  });

  it.each([1, 3, 7, 10])("pages of %i are complete, disjoint and in order, in both directions", async (Limit) => {
    for (const ScanIndexForward of [true, false]) {
      const { items, pages } = await harness.pages("Query", request("", {}, { Limit, ScanIndexForward }));
      const expected = Array.from({ length: 10 }, (_, at) => at);
      expect(numbers({ Items: items })).toEqual(ScanIndexForward ? expected : expected.toReversed());
      expect(pages).toBe(Math.floor(10 / Limit) + 1);
    }
  });

  it("a page that stops at Limit names its last item even when nothing is left", async () => {
    const answer = await harness.call("Query", request("", {}, { Limit: 10 }));
    expect(answer.LastEvaluatedKey).toEqual({ pk: { S: "b" }, sk: n(9) });
  });

  it("Limit counts what was looked at, before the filter", async () => {
    const answer = await harness.call(
      "Query",
      request("", { ":t": { BOOL: true } }, { FilterExpression: "odd = :t", Limit: 5 }),
    );
    expect(answer).toMatchObject({ Count: 2, ScannedCount: 5, LastEvaluatedKey: { sk: n(4) } });
  });

  it("Select COUNT counts and shows nothing", async () => {
    expect(await harness.call("Query", request("", {}, { Select: "COUNT" }))).toEqual({ Count: 10, ScannedCount: 10 });
  });

  it("KeyConditions and QueryFilter work as before expressions", async () => {
    const answer = await harness.call("Query", {
      TableName,
      KeyConditions: {
        pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "b" }] },
        sk: { ComparisonOperator: "GE", AttributeValueList: [n(5)] },
      },
      QueryFilter: { odd: { ComparisonOperator: "EQ", AttributeValueList: [{ BOOL: true }] } },
      AttributesToGet: ["sk"],
    });
    expect(answer).toEqual({ Items: [{ sk: n(5) }, { sk: n(7) }, { sk: n(9) }], Count: 3, ScannedCount: 5 });
  });

  it("QueryFilter may not look at keys", async () => {
    const filter = { sk: { ComparisonOperator: "GE", AttributeValueList: [n(5)] } };
    const KeyConditions = { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "b" }] } };
    expect(await harness.refusal("Query", { TableName, KeyConditions, QueryFilter: filter })).toBe(
      "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk",
    );
  });

  it("a page ends at its size before projection and filter, with the item that crosses the line on it", async () => {
    await harness.close();
    harness = await Harness.open({ pageBytesMax: 1000 });
    await harness.createTable(TableName, "pk:S", "sk:N");
    const x = { S: "x".repeat(290) };
    await harness.put(TableName, ...[0, 1, 2, 3, 4].map((at) => ({ pk: { S: "b" }, sk: n(at), x })));
    const input = request(
      "",
      { ":none": { S: "" } },
      {
        ProjectionExpression: "sk",
        FilterExpression: "x <> :none",
        ReturnConsumedCapacity: "TOTAL",
      },
    );
    const first = await harness.call("Query", input);
    expect(first).toMatchObject({ Count: 4, ScannedCount: 4, LastEvaluatedKey: { sk: n(3) } });
    expect(first.Items).toEqual([0, 1, 2, 3].map((at) => ({ sk: n(at) })));
    expect(first.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 });
    const second = await harness.call("Query", { ...input, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second).toMatchObject({ Count: 1, ScannedCount: 1 });
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  it("the start key need not be there", async () => {
    const start = { ExclusiveStartKey: { pk: { S: "b" }, sk: n(4.5) } };
    expect(numbers(await harness.call("Query", request("", {}, start)))).toEqual([5, 6, 7, 8, 9]);
    const reverse = request("", {}, { ...start, ScanIndexForward: false });
    expect(numbers(await harness.call("Query", reverse))).toEqual([4, 3, 2, 1, 0]);
  });

  it.each([
    [{ pk: { S: "b" } }, "The provided starting key is invalid: The provided key element does not match the schema"],
    [
      { pk: { S: "b" }, sk: { S: "1" } },
      "The provided starting key is invalid: The provided key element does not match the schema",
    ],
    [
      { pk: { S: "c" }, sk: { N: "1" } },
      "The provided starting key is outside query boundaries based on provided conditions",
    ],
  ])("a start key %j is refused", async (ExclusiveStartKey, message) => {
    expect(await harness.refusal("Query", request("", {}, { ExclusiveStartKey }))).toBe(message);
  });

  it("a start key outside the range is refused", async () => {
    const ExclusiveStartKey = { pk: { S: "b" }, sk: n(1) };
    expect(await harness.refusal("Query", request("sk > :x", { ":x": n(5) }, { ExclusiveStartKey }))).toBe(
      "The provided starting key does not match the range key predicate",
    );
  });

  it("an unknown index, a missing key condition and a filter on the key are refused", async () => {
    expect(await harness.refusal("Query", request("", {}, { IndexName: "absent" }))).toBe(
      "The table does not have the specified index: absent",
    );
    expect(await harness.refusal("Query", { TableName })).toBe(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
    expect(await harness.refusal("Query", request("", { ":x": n(1) }, { FilterExpression: "sk = :x" }))).toContain(
      "Primary key attribute: sk",
    );
  });

  it.each([
    [
      { Select: "ALL_PROJECTED_ATTRIBUTES" },
      "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    ],
    [
      { Select: "ALL_ATTRIBUTES", ProjectionExpression: "sk" },
      "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
    ],
    [
      { Select: "COUNT", ProjectionExpression: "sk" },
      "Cannot specify the ProjectionExpression when choosing to get only the Count",
    ],
    [
      { Select: "SPECIFIC_ATTRIBUTES" },
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ],
  ])("%j is refused", async (more, message) => {
    expect(await harness.refusal("Query", request("", {}, more))).toBe(`1 validation error detected: ${message}`);
  });
});
