import { type Content, one } from "../case.js";
import { byteSet, bytes, itemOf, type ShortMap, set, shortValue } from "../items.js";
import type { Json, JsonObject } from "../json.js";

/** Attributes of every type, nested ones too. */
export const rich: ShortMap = {
  pk: "rich",
  s: "hello",
  e: "",
  n: 5,
  neg: -2.5,
  b: bytes("AQID"),
  t: true,
  f: false,
  nil: null,
  l: [1, "two", [3, { deep: "x" }], null],
  m: { a: 1, b: "bee", c: { d: [10, 20, 30] }, "a.b": "dotted" },
  ss: set("a", "b", "c"),
  ns: set(1, 2, 3),
  bs: byteSet("AQ==", "Ag=="),
  name: "reserved",
};

/** ExpressionAttributeValues (`:x`) and ExpressionAttributeNames (`#x`) from one short map. */
export function placeholders(short: ShortMap | undefined): JsonObject {
  const entries = Object.entries(short ?? {});
  const names = entries.filter(([name]) => name.startsWith("#"));
  const values = entries.filter(([name]) => !name.startsWith("#"));
  return {
    ...(names.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(names) as JsonObject }),
    ...(values.length === 0
      ? {}
      : { ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [name, shortValue(value)])) }),
  };
}

/** A row of a table of expressions: the text, then placeholders. */
export type Row = readonly [text: string, placeholders?: ShortMap];

/** A case's name from its row. */
export function rowName([text, short]: Row): string {
  const name = short === undefined ? text : `${text} with ${JSON.stringify(placeholders(short))}`;
  return name.length <= 160 ? name : `${name.slice(0, 150)}… (${name.length})`;
}

/** Cases of one operation from rows. */
export function cases(
  rows: readonly Row[],
  given: Content,
  operation: string,
  input: (text: string, placeholders: JsonObject) => Json,
) {
  return rows.map((row) => one(rowName(row), given, operation, input(row[0], placeholders(row[1]))));
}

/** A table's content from short items. */
export function content(table: string, ...items: readonly ShortMap[]): Content {
  return { [table]: items.map(itemOf) };
}
