import {
  isReservedWord,
  PlaceholderUse,
  parseCondition,
  parseProjection,
  parseUpdate,
  readExpressionNames,
  readExpressionValues,
} from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

describe("placeholders", () => {
  it("may be used by any expression of a request", () => {
    const use = new PlaceholderUse({ "#a": "x", "#b": "y" }, { ":n": { N: "1" }, ":m": { N: "2" } });
    parseUpdate("SET #a = :n", use);
    parseCondition("#b = :m", "ConditionExpression", use);
    expect(() => use.assertAllUsed()).not.toThrow();
  });

  it("must all be used", () => {
    const names = new PlaceholderUse({ "#a": "x", "#b": "y", "#c": "z" }, { ":n": { N: "1" } });
    parseProjection("#b", names);
    expect(() => names.assertAllUsed()).toThrow(
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}",
    );
    const values = new PlaceholderUse(undefined, { ":n": { N: "1" } });
    expect(() => values.assertAllUsed()).toThrow(
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:n}",
    );
  });

  it("are not looked up on the prototype", () => {
    expect(() => parseProjection("#constructor", new PlaceholderUse({}))).toThrow("attribute name: #constructor");
  });
});

describe("readExpressionValues", () => {
  it("reads values and leaves out what is not given", () => {
    expect(readExpressionValues({ ":a": { N: "1.0" }, ":_0": { S: "" } })).toEqual({
      ":a": { N: "1" },
      ":_0": { S: "" },
    });
    expect(readExpressionValues(undefined)).toBeUndefined();
    expect(readExpressionValues(null)).toBeUndefined();
  });

  const value = "ExpressionAttributeValues contains invalid value:";
  it.each([
    [{}, "ExpressionAttributeValues must not be empty"],
    [{ a: { S: "" } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"'],
    [{ ":": { S: "" } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: ":"'],
    [{ ":é": { S: "" } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: ":é"'],
    [
      { [`:${"a".repeat(255)}`]: { S: "" } },
      "ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long; " +
        "size of key: 256",
    ],
    [
      { ":a": {} },
      `${value} Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a`,
    ],
    [{ ":a": { N: "x" } }, `${value} The parameter cannot be converted to a numeric value: x for key :a`],
    [{ ":a": { N: "" } }, `${value} The parameter cannot be converted to a numeric value for key :a`],
    [{ ":b": { S: 1 } }, "NUMBER_VALUE cannot be converted to String"],
    ["x", "Unexpected field type"],
    [
      [],
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ],
  ])("refuses %j", (json, message) => {
    expect(() => readExpressionValues(json)).toThrow(expect.objectContaining({ message }));
  });
});

describe("readExpressionNames", () => {
  it("reads names", () => {
    expect(readExpressionNames({ "#a": "x.y", "#1": "__proto__" })).toEqual({ "#a": "x.y", "#1": "__proto__" });
  });

  it.each([
    [{}, "ExpressionAttributeNames must not be empty"],
    [{ a: "b" }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    [{ "#a-b": "b" }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'],
    [{ "#a": "" }, "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"],
    [{ "#a": 1 }, "NUMBER_VALUE cannot be converted to String"],
    [[], "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"],
  ])("refuses %j", (json, message) => {
    expect(() => readExpressionNames(json)).toThrow(expect.objectContaining({ message }));
  });
});

describe("reserved words", () => {
  it("are known in any case", () => {
    for (const word of ["ABORT", "Zone", "size", "inNter", "flattern", "timezone"])
      expect(isReservedWord(word)).toBe(true);
    for (const word of ["pk", "id", "titles", "x".repeat(5000)]) expect(isReservedWord(word)).toBe(false);
  });
});
