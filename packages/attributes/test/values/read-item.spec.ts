import { readItem, readValue } from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeValue, check } from "../arbitraries.js";

const empty = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
const several =
  "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
const nesting =
  "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
const invalid = "One or more parameter values were invalid:";

function nest(levels: number, list: boolean): unknown {
  let value: unknown = { S: "x" };
  for (let i = 1; i < levels; i++) value = list ? { L: [value] } : { M: { a: value } };
  return value;
}

describe("readValue", () => {
  it.each([
    [{ N: "1.50" }, { N: "1.5" }],
    [{ L: [{ N: "1e2" }, { M: { z: { N: "-0" } } }] }, { L: [{ N: "100" }, { M: { z: { N: "0" } } }] }],
    [{ S: "" }, { S: "" }],
    [{ B: "" }, { B: "" }],
    [{ SS: [""] }, { SS: [""] }],
    [{ NS: ["2", "1.0"] }, { NS: ["2", "1"] }],
    [{ L: [] }, { L: [] }],
    [{ M: {} }, { M: {} }],
    [{ BOOL: "yes" }, { BOOL: true }],
    [{ NULL: "true" }, { NULL: true }],
    [{ S: "a", X: 1 }, { S: "a" }],
    [{ N: "1", S: null }, { N: "1" }],
    [{ S: "a\ud800b" }, { S: "a\ufffdb" }],
  ])("reads %j", (json, value) => {
    expect(readValue(json)).toEqual(value);
  });

  it.each([
    [{}, empty],
    [{ X: "1" }, empty],
    [{ s: "1" }, empty],
    [{ S: null }, empty],
    [null, empty],
    [{ S: "a", N: "1" }, several],
    [{ S: "a", N: "1", B: "" }, several],
    [{ L: [{}] }, empty],
    [{ M: { a: {} } }, empty],
    [{ N: "x" }, "The parameter cannot be converted to a numeric value: x"],
    [{ NULL: false }, `${invalid} Null attribute value types must have the value of true`],
    [{ SS: [] }, `${invalid} An string set  may not be empty`],
    [{ NS: [] }, `${invalid} An number set  may not be empty`],
    [{ BS: [] }, `${invalid} Binary sets should not be empty`],
    [{ SS: ["a", "b", "a"] }, `${invalid} Input collection [a, b, a] contains duplicates.`],
    [{ NS: ["1", "1.0"] }, "Input collection contains duplicates"],
    [{ BS: ["Yg==", "Yg=="] }, `${invalid} Input collection [Yg==, Yg==]of type BS contains duplicates.`],
    [{ SS: ["a", null] }, `${invalid} An string set may not have a null string as a member`],
    [{ M: { "": { S: "a" } } }, "Empty attribute name"],
    [nest(33, true), nesting],
    [nest(33, false), nesting],
  ])("refuses %j", (json, message) => {
    expect(() => readValue(json)).toThrow(expect.objectContaining({ code: "ValidationException", message }));
  });

  it.each([
    ["x", "Unexpected value type in payload"],
    [1, "Unexpected value type in payload"],
    [[], "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"],
    [{ S: 1 }, "NUMBER_VALUE cannot be converted to String"],
    [{ S: 1.5 }, "DECIMAL_VALUE cannot be converted to String"],
    [{ N: 1 }, "NUMBER_VALUE cannot be converted to String"],
    [{ S: true }, "TRUE_VALUE cannot be converted to String"],
    [{ S: false }, "FALSE_VALUE cannot be converted to String"],
    [{ S: [] }, "Unrecognized collection type class java.lang.String"],
    [{ S: {} }, "Start of structure or map found where not expected"],
    [{ BOOL: 1 }, "NUMBER_VALUE cannot be converted to Boolean"],
    [{ BOOL: "maybe" }, "Unexpected token received from parser"],
    [{ B: 1 }, "only base-64-encoded strings are convertible to bytes"],
    [{ B: "AQ" }, "Base64 encoded length is expected a multiple of 4 bytes but found: 2"],
    [{ B: "AR==" }, "Invalid last non-pad Base64 character dectected"],
    [{ B: "####" }, "Invalid last non-pad Base64 character dectected"],
    [{ B: "-_==" }, "Invalid last non-pad Base64 character dectected"],
    [{ SS: "a" }, "Unexpected field type"],
    [{ SS: [1] }, "NUMBER_VALUE cannot be converted to String"],
    [{ L: {} }, "Start of structure or map found where not expected"],
    [{ M: "a" }, "Unexpected field type"],
    [
      { M: [] },
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ],
  ])("cannot read %j", (json, message) => {
    expect(() => readValue(json)).toThrow(expect.objectContaining({ code: "SerializationException", message }));
  });

  it("takes 32 levels", () => {
    expect(readValue(nest(32, true))).toEqual(nest(32, true));
    expect(readValue(nest(32, false))).toBeDefined();
  });

  it("refuses 1,000 levels without a stack overflow", () => {
    expect(() => readValue(nest(100_000, true))).toThrow(nesting);
  });

  it("leaves canonical values as they are", () => {
    check(
      fc.property(attributeValue, (value) => {
        expect(readValue(JSON.parse(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });
});

describe("readItem", () => {
  it("makes objects that inherit nothing and keeps __proto__", () => {
    const item = readItem(JSON.parse('{"__proto__":{"M":{"__proto__":{"S":"x"}}},"constructor":{"S":"y"}}'));
    expect("toString" in item).toBe(false);
    expect(Object.keys(item)).toEqual(["__proto__", "constructor"]);
    expect(JSON.stringify(item)).toBe('{"__proto__":{"M":{"__proto__":{"S":"x"}}},"constructor":{"S":"y"}}');
  });

  it.each([
    [{ "": { S: "a" } }, "Empty attribute name"],
    [{ ["a".repeat(65_536)]: { S: "a" } }, "Attribute name is too large, must be less than 65536 bytes"],
    [{ ["é".repeat(32_768)]: { S: "a" } }, "Attribute name is too large, must be less than 65536 bytes"],
    ["x", "Unexpected field type"],
    [null, "Unexpected field type"],
  ])("refuses a wrong item", (json, message) => {
    expect(() => readItem(json)).toThrow(message);
  });

  it("takes the longest name", () => {
    expect(Object.keys(readItem({ ["a".repeat(65_535)]: { S: "a" } }))).toHaveLength(1);
  });
});
