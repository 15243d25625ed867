import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";

describe("Scan", () => {
  let harness: Harness;
  const TableName = "Items";
  const size = 60;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S", "sk:N");
    const items = Array.from({ length: size }, (_, at) => ({
      pk: { S: `p${at % 20}` },
      sk: { N: String(at) },
      even: { BOOL: at % 2 === 0 },
    }));
    await harness.put(TableName, ...items);
  });
  afterEach(() => harness.close());

  const numbers = (items: readonly { readonly sk: { readonly N: string } }[]) =>
    items.map(({ sk }) => Number(sk.N)).toSorted((a, b) => a - b);
  const all = Array.from({ length: size }, (_, at) => at);

  it.each([1, 7, 60, 1000])("pages of %i are complete and disjoint", async (Limit) => {
    const { items } = await harness.pages("Scan", { TableName, Limit });
    expect(numbers(items)).toEqual(all);
  });

  it.each([1, 2, 3, 16])("%i segments are complete and disjoint, page by page", async (TotalSegments) => {
    const found = [];
    for (let Segment = 0; Segment < TotalSegments; Segment++) {
      const { items } = await harness.pages("Scan", { TableName, Segment, TotalSegments, Limit: 4 });
      const again = await harness.pages("Scan", { TableName, Segment, TotalSegments });
      expect(again.items).toEqual(items);
      found.push(...items);
    }
    expect(numbers(found)).toEqual(all);
  });

  it("filters, counts and keeps items of a partition together and in order", async () => {
    const answer = await harness.call("Scan", {
      TableName,
      FilterExpression: "even = :t",
      ExpressionAttributeValues: { ":t": { BOOL: true } },
    });
    expect(answer).toMatchObject({ Count: size / 2, ScannedCount: size });
    const { Items } = await harness.call("Scan", { TableName });
    const partitions = Items.map(({ pk }: { pk: { S: string } }) => pk.S);
    expect(partitions.filter((pk: string, at: number) => pk !== partitions[at - 1])).toHaveLength(20);
    const legacy = await harness.call("Scan", {
      TableName,
      ScanFilter: { even: { ComparisonOperator: "EQ", AttributeValueList: [{ BOOL: true }] } },
      Select: "COUNT",
    });
    expect(legacy).toEqual({ Count: size / 2, ScannedCount: size });
  });

  it("does not see items of other tables", async () => {
    await harness.createTable("Next", "pk:S");
    await harness.put("Next", { pk: { S: "x" } });
    expect(await harness.call("Scan", { TableName: "Next" })).toMatchObject({ Count: 1, Items: [{ pk: { S: "x" } }] });
    expect(await harness.call("Scan", { TableName })).toMatchObject({ Count: size });
  });

  it.each([
    [
      { Segment: 0 },
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    ],
    [
      { TotalSegments: 2 },
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    ],
    [
      { Segment: 2, TotalSegments: 2 },
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than " +
        "TotalSegments: 2",
    ],
    [
      { ExclusiveStartKey: { pk: { S: "p1" } } },
      "The provided starting key is invalid: The provided key element does not match the schema",
    ],
    [{ IndexName: "absent" }, "The table does not have the specified index: absent"],
  ])("%j is refused", async (more, message) => {
    expect(await harness.refusal("Scan", { TableName, ...more })).toBe(message);
  });

  it("a start key of another segment is refused", async () => {
    const TotalSegments = 4;
    const { Items } = await harness.call("Scan", { TableName, Segment: 0, TotalSegments });
    const { pk, sk } = Items[0];
    expect(await harness.refusal("Scan", { TableName, Segment: 1, TotalSegments, ExclusiveStartKey: { pk, sk } })).toBe(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct " +
        "Segment. TotalSegments: 4 Segment: 1",
    );
  });
});
