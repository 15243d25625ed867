import type { Case, Family } from "../case.js";
import { one, table } from "../case.js";
import { itemOf, number, type Raw, raw } from "../items.js";
import type { Json } from "../json.js";

const TableName = "Values";
const given = {};

const spellings: readonly string[] = [
  ...["0", "-0", "0.0", "00", "007", "-007.50", "+5", ".5", "5.", "1e2", "1E2", "1E+2", "1e-2", "0e5", "0E-500"],
  ...["1E125", "9.9999999999999999999999999999999999999E125", "1E126", "-1E126", "1E-130", "1E-131", "-1E-130"],
  ...["12345678901234567890123456789012345678", "123456789012345678901234567890123456789"],
  ...["1234567890123456789012345678901234567800", "0.00000000000000000000000000000000000000012345"],
  ...["1.0000000000000000000000000000000000000", "1.00000000000000000000000000000000000001"],
  ...["100000000000000000000000000000000000000000000000000", "1E1000", "1E-1000", "-1E99999999999"],
  ...[
    "",
    " ",
    " 1",
    "1 ",
    "abc",
    "1a",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "1_000",
    "1,5",
    "1.2.3",
    "--1",
    "+-1",
    "e5",
  ],
  ...["1e", "1e+", ".", "-", "+", "-.5", "-.5e-1", "١", "1E5.5", "1d", "1f"],
];

const wrong: readonly (readonly [string, Json])[] = [
  ["an empty value", {}],
  ["two types", { S: "a", N: "1" }],
  ["an unknown type", { X: "a" }],
  ["a text, not a value", "a"],
  ["null", null],
  ["a list, not a value", []],
  ["NULL: false", { NULL: false }],
  ["NULL: a text", { NULL: "true" }],
  ["BOOL: a text", { BOOL: "true" }],
  ["BOOL: a number", { BOOL: 1 }],
  ["S: a number", { S: 1 }],
  ["S: null", { S: null }],
  ["N: a number", { N: 1 }],
  ["B: no base64", { B: "!!!!" }],
  ["B: without padding", { B: "YQ" }],
  ["B: a wrong length", { B: "a" }],
  ["B: empty", { B: "" }],
  ["S: empty", { S: "" }],
  ["L: an object", { L: { S: "a" } }],
  ["L: empty", { L: [] }],
  ["L: an empty value", { L: [{}] }],
  ["L: null", { L: [null] }],
  ["M: a list", { M: [] }],
  ["M: empty", { M: {} }],
  ["M: an empty value", { M: { a: {} } }],
  ["M: an empty name", { M: { "": { S: "a" } } }],
  ["SS: empty", { SS: [] }],
  ["NS: empty", { NS: [] }],
  ["BS: empty", { BS: [] }],
  ["SS: an empty text", { SS: [""] }],
  ["BS: empty bytes", { BS: [""] }],
  ["SS: twice", { SS: ["a", "b", "a"] }],
  ["NS: twice", { NS: ["1", "1"] }],
  ["NS: twice by value", { NS: ["1", "1.0", "2"] }],
  ["BS: twice", { BS: ["AQ==", "Ag==", "AQ=="] }],
  ["SS: a text, no list", { SS: "a" }],
  ["SS: a number in it", { SS: [1] }],
  ["SS: null in it", { SS: [null] }],
  ["NS: no number", { NS: ["1", "x"] }],
  ["NS: too long", { NS: ["123456789012345678901234567890123456789"] }],
  ["BS: no base64", { BS: ["!!!!"] }],
  ["NS: spellings", { NS: ["1E2", "0.50", "-0"] }],
  ["nested: a bad number", { L: [{ M: { a: { N: "x" } } }] }],
  ["nested: an empty set", { L: [{ M: { a: { SS: [] } } }] }],
  ["nested: spellings", { L: [{ N: "1E2" }, { M: { a: { N: "0.50" } } }] }],
  ["nested: duplicates", { M: { a: { SS: ["x", "x"] } } }],
  ["31 levels", nest(31)],
  ["32 levels", nest(32)],
  ["33 levels", nest(33)],
];

function nest(levels: number): Json {
  let value: Json = { S: "deep" };
  for (let level = 0; level < levels; level++) value = { L: [value] };
  return value;
}

/** Puts the value in, and reads it back. */
function putAndGet(name: string, value: Raw): Case {
  const Item = itemOf({ pk: "v", v: value });
  return {
    name,
    given,
    steps: [
      { operation: "PutItem", input: { TableName, Item } },
      { operation: "GetItem", input: { TableName, Key: { pk: { S: "v" } } } },
    ],
  };
}

/** Attribute values: every spelling of numbers, and values that are none. */
export const values: Family = {
  name: "values",
  tables: [table(TableName, "pk:S")],
  cases: [
    ...spellings.map((spelling) => putAndGet(`the number '${spelling}'`, number(spelling))),
    ...wrong.map(([name, json]) => putAndGet(name, raw(json))),
    ...wrong.map(([name, json]) =>
      one(`as a placeholder: ${name}`, given, "UpdateItem", {
        TableName,
        Key: { pk: { S: "v" } },
        UpdateExpression: "SET v = :v",
        ExpressionAttributeValues: { ":v": json },
        ReturnValues: "ALL_NEW",
      }),
    ),
  ],
};
