import type { Case, Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf, number } from "../items.js";
import type { JsonObject } from "../json.js";
import { cases, content, type Row } from "./shared.js";

const TableName = "Scans";
const given = content(
  TableName,
  ...Array.from({ length: 12 }, (_, at) => ({
    pk: `p${at}`,
    n: number(`${at}.50`),
    group: at % 3 === 0 ? "third" : "other",
    ...(at % 2 === 0 ? { even: true } : {}),
  })),
);

const filters: readonly Row[] = [
  ["n > :v", { ":v": 5 }],
  ["n BETWEEN :a AND :b", { ":a": 2, ":b": 4.5 }],
  ["attribute_exists(even) AND #g = :g", { "#g": "group", ":g": "third" }],
  ["pk = :v", { ":v": "p3" }],
  ["begins_with(pk, :v)", { ":v": "p1" }],
  ["pk.a = :v", { ":v": 1 }],
  ["even.a = :v", { ":v": 1 }],
  ["n = :missing"],
  ["group = :g", { ":g": "third" }],
  [""],
];

const options: readonly (readonly [string, JsonObject])[] = [
  ["everything", {}],
  ["a consistent read", { ConsistentRead: true }],
  ["only the count", { Select: "COUNT" }],
  ["an unknown Select", { Select: "count" }],
  ["projected attributes without an index", { Select: "ALL_PROJECTED_ATTRIBUTES" }],
  ["specific attributes without naming them", { Select: "SPECIFIC_ATTRIBUTES" }],
  ["a projection", { ProjectionExpression: "n" }],
  ["a count with a projection into the key", { Select: "COUNT", ProjectionExpression: "pk[0]" }],
  ["a count with a projection", { Select: "COUNT", ProjectionExpression: "n" }],
  ["AttributesToGet", { AttributesToGet: ["n", "even"] }],
  ["AttributesToGet, empty", { AttributesToGet: [] }],
  ["a limit", { Limit: 5 }],
  ["a limit of zero", { Limit: 0 }],
  ["a limit above all", { Limit: 100 }],
  ["segment 0 of 1", { Segment: 0, TotalSegments: 1 }],
  ["a segment without a total", { Segment: 0 }],
  ["a total without a segment", { TotalSegments: 2 }],
  ["a segment too high", { Segment: 2, TotalSegments: 2 }],
  ["a negative segment", { Segment: -1, TotalSegments: 2 }],
  ["no segments", { Segment: 0, TotalSegments: 0 }],
  ["too many segments", { Segment: 0, TotalSegments: 1_000_001 }],
  ["an empty starting key", { ExclusiveStartKey: {} }],
  ["a starting key of the wrong type", { ExclusiveStartKey: itemOf({ pk: 1 }) }],
  ["a starting key with more", { ExclusiveStartKey: itemOf({ pk: "p1", n: 1 }) }],
  ["a starting key of other attributes", { ExclusiveStartKey: itemOf({ n: 1 }) }],
  ["an index that is not there", { IndexName: "nope" }],
  ["an index name that cannot be", { IndexName: "x" }],
  ["unused names", { ExpressionAttributeNames: { "#a": "n" } }],
  ["a key condition", { KeyConditionExpression: "pk = :p" }],
  ["a legacy filter beside an expression", { FilterExpression: "attribute_exists(n)", ScanFilter: {} }],
  ["an operator without a filter", { ConditionalOperator: "OR" }],
  ["a limit that is a text", { Limit: "5" }],
  ["a broken limit", { Limit: 2.5 }],
];

const paged = (name: string, input: JsonObject): Case => ({
  name: `all pages: ${name}`,
  given,
  steps: [{ operation: "Scan", input: { TableName, ...input }, allPages: true }],
});

/** Scan, whole and in pages and segments. */
export const scans: Family = {
  name: "scans",
  tables: [table(TableName, "pk:S")],
  cases: [
    ...cases(filters, given, "Scan", (FilterExpression, placeholders) => ({
      TableName,
      FilterExpression,
      ...placeholders,
    })),
    ...options.map(([name, input]) => one(name, given, "Scan", { TableName, ...input })),
    paged("one by one", { Limit: 1 }),
    paged("five by five", { Limit: 5 }),
    paged("filtered", { Limit: 5, FilterExpression: "attribute_exists(even)" }),
    paged("counted", { Limit: 5, Select: "COUNT" }),
  ],
};
