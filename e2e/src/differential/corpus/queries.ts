import type { Case, Family } from "../case.js";
import { one, table } from "../case.js";
import { bytes, itemOf, number, type ShortMap, set } from "../items.js";
import type { JsonObject } from "../json.js";
import { cases, content, type Row, rowName } from "./shared.js";

const [texts, numbers, binaries] = ["QueryTexts", "QueryNumbers", "QueryBinaries"] as const;

const given = {
  ...content(
    texts,
    ...["", "A", "B", "a", "aa", "ab", "b", "é", "中", "😀", "\uffff"].map((sk, at) => ({
      pk: "p",
      sk: sk === "" ? " " : sk,
      n: at,
      parity: at % 2 === 0 ? "even" : "odd",
      m: { at },
    })),
    { pk: "q", sk: "only" },
  ),
  ...content(
    numbers,
    ...["-1E20", "-10", "-1.5", "-0.001", "0", "1E-100", "0.5", "2", "10", "99999999999999999999", "1E125"].map(
      (sk): ShortMap => ({ pk: 1, sk: number(sk), sk2: "x" }),
    ),
  ),
  ...content(
    binaries,
    ...["AA==", "AQ==", "AQI=", "fw==", "gA==", "/w==", "/wA="].map(
      (sk): ShortMap => ({ pk: bytes("AQ=="), sk: bytes(sk) }),
    ),
  ),
};

const p: ShortMap = { ":p": "p" };
const keyConditions: readonly Row[] = [
  ["pk = :p", p],
  ["pk = :p", { ":p": "nobody" }],
  [":p = pk", p],
  ["(pk = :p)", p],
  ["((pk = :p))", p],
  ["(pk = :p) AND (sk = :s)", { ...p, ":s": "a" }],
  ["(pk = :p AND sk = :s)", { ...p, ":s": "a" }],
  ["pk = :p AND sk = :s", { ...p, ":s": "a" }],
  ["sk = :s AND pk = :p", { ...p, ":s": "a" }],
  ["pk = :p AND :s < sk", { ...p, ":s": "a" }],
  ["pk = :p AND sk < :s", { ...p, ":s": "a" }],
  ["pk = :p AND sk <= :s", { ...p, ":s": "a" }],
  ["pk = :p AND sk > :s", { ...p, ":s": "é" }],
  ["pk = :p AND sk >= :s", { ...p, ":s": "é" }],
  ["pk = :p AND sk BETWEEN :s AND :t", { ...p, ":s": "a", ":t": "b" }],
  ["pk = :p AND sk BETWEEN :s AND :t", { ...p, ":s": "b", ":t": "a" }],
  ["sk BETWEEN :s AND :t AND pk = :p", { ...p, ":s": "a", ":t": "b" }],
  ["pk = :p AND begins_with(sk, :s)", { ...p, ":s": "a" }],
  ["pk = :p AND begins_with(sk, :s)", { ...p, ":s": "\uffff" }],
  ["begins_with(sk, :s) AND pk = :p", { ...p, ":s": "😀" }],
  ["pk = :p AND sk = :s", { ...p, ":s": 1 }],
  ["pk = :p", { ":p": 1 }],
  ["pk = :p", { ":p": "" }],
  ["pk = :p AND sk = :s", { ...p, ":s": "" }],
  ["pk = :p AND begins_with(sk, :s)", { ...p, ":s": "" }],
  ["pk = :p AND begins_with(sk, :s)", { ...p, ":s": 1 }],
  ["pk = :p AND sk <> :s", { ...p, ":s": "a" }],
  ["pk < :p", p],
  ["pk <> :p", p],
  ["begins_with(pk, :p)", p],
  ["pk BETWEEN :p AND :p", p],
  ["pk IN (:p)", p],
  ["sk = :s", { ":s": "a" }],
  ["n = :n", { ":n": 1 }],
  ["pk = :p AND n = :n", { ...p, ":n": 1 }],
  ["pk = :p AND pk = :p", p],
  ["pk = :p AND sk > :s AND sk < :t", { ...p, ":s": "a", ":t": "b" }],
  ["pk = :p OR sk = :s", { ...p, ":s": "a" }],
  ["pk = :p AND NOT sk = :s", { ...p, ":s": "a" }],
  ["NOT pk = :p", p],
  ["pk = :p AND attribute_exists(sk)", p],
  ["pk = :p AND contains(sk, :s)", { ...p, ":s": "a" }],
  ["pk = :p AND size(sk) = :s", { ...p, ":s": 1 }],
  ["pk = sk"],
  ["pk = :p AND sk = n", p],
  ["pk.a = :p", p],
  ["pk[0] = :p", p],
  ["pk = :p AND sk.a = :s", { ...p, ":s": "a" }],
  ["#p = :p", { ...p, "#p": "pk" }],
  ["#p = :p AND #s = :s", { ...p, "#p": "pk", "#s": "sk", ":s": "a" }],
  ["#p = :p", { ...p, "#p": "pk", "#x": "unused" }],
  ["pk = :p", { ...p, ":x": "unused" }],
  ["pk = :q", p],
  ["#q = :p", { ...p, "#p": "pk" }],
  ["pk = :p AND", p],
  ["pk :p", p],
  [""],
  ["pk = :p AND sk = :s", { ...p, ":s": set("a") }],
  ["pk = :p AND sk = :s", { ...p, ":s": null }],
  ["pk = :p AND sk = :s AND n = :n", { ...p, ":s": "a", ":n": 1 }],
  ["Pk = :p", p],
];

const query = (TableName: string) => (KeyConditionExpression: string, placeholders: JsonObject) => ({
  TableName,
  KeyConditionExpression,
  ...placeholders,
});

const numeric: readonly Row[] = [
  ["pk = :p", { ":p": number("1.0") }],
  ["pk = :p AND sk > :s", { ":p": 1, ":s": 0 }],
  ["pk = :p AND sk < :s", { ":p": 1, ":s": number("-0.0") }],
  ["pk = :p AND sk = :s", { ":p": 1, ":s": number("10.00") }],
  ["pk = :p AND sk = :s", { ":p": 1, ":s": number("1E+1") }],
  ["pk = :p AND sk BETWEEN :s AND :t", { ":p": 1, ":s": -10, ":t": 0.5 }],
  ["pk = :p AND sk BETWEEN :s AND :t", { ":p": 1, ":s": 10, ":t": 9 }],
  ["pk = :p AND begins_with(sk, :s)", { ":p": 1, ":s": 1 }],
  ["pk = :p AND sk >= :s", { ":p": 1, ":s": number("99999999999999999999.0") }],
];

const binary: readonly Row[] = [
  ["pk = :p", { ":p": bytes("AQ==") }],
  ["pk = :p AND sk > :s", { ":p": bytes("AQ=="), ":s": bytes("fw==") }],
  ["pk = :p AND sk < :s", { ":p": bytes("AQ=="), ":s": bytes("gA==") }],
  ["pk = :p AND begins_with(sk, :s)", { ":p": bytes("AQ=="), ":s": bytes("/w==") }],
  ["pk = :p AND begins_with(sk, :s)", { ":p": bytes("AQ=="), ":s": bytes("AQ==") }],
  ["pk = :p AND sk BETWEEN :s AND :t", { ":p": bytes("AQ=="), ":s": bytes("AQI="), ":t": bytes("gA==") }],
];

const base = { TableName: texts, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: itemOf(p) };

const options: readonly (readonly [string, JsonObject])[] = [
  ["backwards", { ScanIndexForward: false }],
  ["backwards from the middle", { ScanIndexForward: false, ExclusiveStartKey: itemOf({ pk: "p", sk: "b" }) }],
  ["a consistent read", { ConsistentRead: true }],
  ["a limit", { Limit: 3 }],
  ["a limit as large as the partition", { Limit: 11 }],
  ["a limit above the partition", { Limit: 12 }],
  ["a limit of zero", { Limit: 0 }],
  ["a negative limit", { Limit: -1 }],
  ["a limit from a place", { Limit: 2, ExclusiveStartKey: itemOf({ pk: "p", sk: "aa" }) }],
  ["from the last", { ExclusiveStartKey: itemOf({ pk: "p", sk: "\uffff" }) }],
  ["from a place between items", { ExclusiveStartKey: itemOf({ pk: "p", sk: "aaa" }) }],
  ["from another partition", { ExclusiveStartKey: itemOf({ pk: "q", sk: "a" }) }],
  ["from half a key", { ExclusiveStartKey: itemOf({ pk: "p" }) }],
  ["from a key of the wrong type", { ExclusiveStartKey: itemOf({ pk: "p", sk: 1 }) }],
  ["from a key with more", { ExclusiveStartKey: itemOf({ pk: "p", sk: "a", n: 1 }) }],
  ["from an empty key", { ExclusiveStartKey: {} }],
  ["only the count", { Select: "COUNT" }],
  ["only the count of a page", { Select: "COUNT", Limit: 4 }],
  ["all attributes", { Select: "ALL_ATTRIBUTES" }],
  ["projected attributes without an index", { Select: "ALL_PROJECTED_ATTRIBUTES" }],
  ["specific attributes without naming them", { Select: "SPECIFIC_ATTRIBUTES" }],
  ["specific attributes", { Select: "SPECIFIC_ATTRIBUTES", ProjectionExpression: "n" }],
  ["a count with a projection", { Select: "COUNT", ProjectionExpression: "n" }],
  ["all attributes with a projection", { Select: "ALL_ATTRIBUTES", ProjectionExpression: "n" }],
  ["an unknown Select", { Select: "SOME" }],
  ["a projection", { ProjectionExpression: "n, m.#at", ExpressionAttributeNames: { "#at": "at" } }],
  ["an index that is not there", { IndexName: "nope" }],
  ["an unknown ReturnConsumedCapacity", { ReturnConsumedCapacity: "SOME" }],
  ["a table that is not there", { TableName: "Nowhere" }],
  ["a table's name that cannot be", { TableName: "a b" }],
  ["key conditions of both kinds", { KeyConditions: {} }],
  ["a legacy filter beside an expression", { QueryFilter: { n: { ComparisonOperator: "NULL" } } }],
  ["an operator beside an expression", { ConditionalOperator: "AND" }],
  ["attributes in the old way beside an expression", { AttributesToGet: ["n"] }],
];

const filters: readonly Row[] = [
  ["parity = :v", { ":v": "even" }],
  ["n > :v", { ":v": 5 }],
  ["m.#at = :v", { "#at": "at", ":v": 3 }],
  ["attribute_not_exists(n)"],
  ["pk = :v", { ":v": "p" }],
  ["sk > :v", { ":v": "a" }],
  ["attribute_exists(sk)"],
  ["n = sk"],
  ["sk.a = :v", { ":v": 1 }],
  ["n = "],
  [""],
];

function filtered(row: Row): readonly Case[] {
  const [input] = cases([row], given, "Query", (FilterExpression, placeholders) => ({
    ...base,
    FilterExpression,
    ...placeholders,
    ExpressionAttributeValues: {
      ...base.ExpressionAttributeValues,
      ...(placeholders.ExpressionAttributeValues as JsonObject | undefined),
    },
  }));
  const whole = input!.steps[0]!;
  const page = { ...(whole.input as JsonObject), Limit: 4 };
  return [
    { name: `filter ${rowName(row)}`, given, steps: [whole] },
    { name: `filter and limit ${rowName(row)}`, given, steps: [{ ...whole, input: page }] },
  ];
}

const paged = (name: string, input: JsonObject): Case => ({
  name: `all pages: ${name}`,
  given,
  steps: [{ operation: "Query", input: { ...base, ...input }, allPages: true }],
});

/** Query on tables whose sort keys are texts, numbers and bytes. */
export const queries: Family = {
  name: "queries",
  tables: [table(texts, "pk:S", "sk:S"), table(numbers, "pk:N", "sk:N"), table(binaries, "pk:B", "sk:B")],
  cases: [
    ...cases(keyConditions, given, "Query", query(texts)),
    ...cases(numeric, given, "Query", query(numbers)).map((it) => ({ ...it, name: `numbers: ${it.name}` })),
    ...cases(binary, given, "Query", query(binaries)).map((it) => ({ ...it, name: `bytes: ${it.name}` })),
    ...options.map(([name, input]) => one(name, given, "Query", { ...base, ...input })),
    ...filters.flatMap(filtered),
    paged("one by one", { Limit: 1 }),
    paged("three by three", { Limit: 3 }),
    paged("backwards", { Limit: 4, ScanIndexForward: false }),
    paged("counted", { Limit: 2, Select: "COUNT" }),
    paged("filtered", { Limit: 2, FilterExpression: "attribute_exists(m)" }),
    one("no key condition", given, "Query", { TableName: texts }),
    one("no table", given, "Query", { KeyConditionExpression: "pk = :p" }),
  ],
};
