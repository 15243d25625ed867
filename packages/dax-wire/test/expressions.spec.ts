import { AwsError } from "@hotkeep/core";
import { describe, expect, it } from "vitest";
import { decodeCondition } from "../src/expressions/condition.js";
import { decodeProjection } from "../src/expressions/projection.js";
import { decodeUpdate } from "../src/expressions/update.js";

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

const condition = (hex: string) => decodeCondition("FilterExpression", bytes(hex));

describe("condition trees", () => {
  it("take value and path nodes as operands", () => {
    expect(condition("83 01 83 00 82126161 821100 81 01")).toEqual({
      kind: "compare",
      operator: "=",
      left: { kind: "path", path: ["a"] },
      right: { kind: "value", value: { N: "1" } },
    });
  });

  it("know 3 as >= and 5 as <=", () => {
    expect(condition("83 01 83 03 82126161 821100 81 01")).toMatchObject({ operator: ">=" });
    expect(condition("83 01 83 05 82126161 821100 81 01")).toMatchObject({ operator: "<=" });
  });

  it("keep names with dots and brackets in one piece, and list indexes apart from names", () => {
    expect(condition("83 01 82 0b 84 12 63612e62 d90cfc02 6132 80")).toEqual({
      kind: "attribute_exists",
      path: ["a.b", 2, "2"],
    });
  });

  it.each([
    ["83 01 82 10 82126161 80", "The function is not allowed to be used this way in an expression; function: size"],
    ["83 01 82 12 6161 80", "The function is not allowed to be used this way in an expression; function: path"],
    [
      "83 01 83 17 82126161 821100 81 01",
      "The function is not allowed to be used this way in an expression; function: if_not_exists",
    ],
    [
      "83 01 83 00 82126161 82 0b 82126161 80",
      "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ],
    ["83 01 82 0b 821100 81 01", "The function is not allowed to be used this way in an expression; function: value"],
    [
      "83 01 83 00 83 10 82126161 82126162 821100 81 01",
      "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
    ],
    [
      "83 01 84 0f 82126161 82126162 821100 81 01",
      "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 3",
    ],
    [
      "83 01 82 06 82 0b 82126161 80",
      "Incorrect number of operands for operator or function; operator or function: AND, number of operands: 1",
    ],
  ])("%s is refused in DynamoDB's words", (hex, message) => {
    expect(() => condition(hex)).toThrow(
      expect.objectContaining({ code: "ValidationException", message: `Invalid FilterExpression: ${message}` }),
    );
  });

  it.each([
    ["82 01 80", "FilterExpression has a wrong number of parts"],
    ["83 02 82 0b 82126161 80", "FilterExpression has the unknown version 2"],
    ["83 01 83 00 82126161 821101 81 01", "FilterExpression refers to a value that is not there"],
    ["83 01 83 00 82126161 821120 81 01", "FilterExpression refers to a value that is not there"],
    ["83 01 82 1863 82126161 80", "FilterExpression has the unknown function 99"],
    ["83 01 80 80", "FilterExpression has an empty part"],
    ["83 01 82 0b 8112 80", "FilterExpression has an empty path"],
    ["83 01 82 0b 8212d90cfc00 80", "an attribute name in a path is not a text"],
    ["83 01 82 0b 83126161d90cfc20 80", "a list index is negative"],
    ["83 01 82 0b 83126161d90cfd00 80", "a path has an unknown tag"],
    ["83 01 82 0b 82126161 80 00", "there is something behind FilterExpression"],
    ["83 01 9f 0b 82126161 ff 80", "FilterExpression has an empty part"],
    ["61 61", "FilterExpression is not an array"],
    ["", "FilterExpression is missing"],
  ])("%s is malformed: %s", (hex, message) => {
    expect(() => condition(hex)).toThrow(`Malformed request: ${message}`);
  });

  it("as deep as DynamoDB's 300 operators are read, and deep ones are refused without harm", () => {
    const nested = (levels: number) =>
      Buffer.concat([bytes("8301"), Buffer.concat(Array(levels).fill(bytes("8208"))), bytes("820b8212616180")]);
    expect(decodeCondition("FilterExpression", nested(300))).toHaveProperty("kind", "not");
    for (const levels of [600, 1_000_000]) {
      expect(() => decodeCondition("FilterExpression", nested(levels))).toThrow(
        "Invalid FilterExpression: The expression contains too many operators or functions",
      );
    }
  });

  it("with paths of more than 32 elements are refused", () => {
    const path = (count: number) =>
      bytes(`82 01 81 98${count + 1 < 16 ? "0" : ""}${(count + 1).toString(16)} 12 ${"6161".repeat(count)}`);
    expect(decodeProjection(path(32))[0]).toHaveLength(32);
    expect(() => decodeProjection(path(33))).toThrow(
      "Invalid ProjectionExpression: The document path has too many nesting levels; nesting levels: 33",
    );
  });

  it("longer than 4 MB are refused unread", () => {
    expect(() => decodeCondition("FilterExpression", Buffer.alloc(4 * 1024 * 1024 + 1, 0x80))).toThrow(
      "Invalid FilterExpression: Expression size has exceeded the maximum allowed size",
    );
  });

  it("with very many parts are refused", () => {
    const parts = Array(10_000).fill(bytes("82126161"));
    const wide = Buffer.concat([bytes("8301830a82126161 992710"), ...parts, bytes("80")]);
    expect(() => decodeCondition("FilterExpression", wide)).toThrow("too many operators or functions");
  });
});

describe("update trees", () => {
  it("keep the actions of all sections in their order", () => {
    const update = decodeUpdate(bytes("83 01 83 83 13 82126161 821100 82 16 82126178 83 14 8212616e 821101 82 01 02"));
    expect(update).toEqual([
      { kind: "set", path: ["a"], value: { kind: "value", value: { N: "1" } } },
      { kind: "remove", path: ["x"] },
      { kind: "add", path: ["n"], value: { N: "2" } },
    ]);
  });

  it.each([
    [
      "83 01 81 83 14 82126161 82126162 80",
      "The function is not allowed to be used this way in an expression; function: path",
    ],
    [
      "83 01 81 82 0b 82126161 80",
      "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ],
    [
      "83 01 81 83 13 82126161 82 10 82126161 80",
      "The function is not allowed to be used this way in an expression; function: size",
    ],
    [
      "83 01 81 82 13 82126161 80",
      "Incorrect number of operands for operator or function; operator or function: SET, number of operands: 1",
    ],
  ])("%s is refused in DynamoDB's words", (hex, message) => {
    expect(() => decodeUpdate(bytes(hex))).toThrow(`Invalid UpdateExpression: ${message}`);
  });
});

describe("projection trees", () => {
  it("are paths in their order", () => {
    expect(decodeProjection(bytes("82 01 83 8412616d6179617a 84126163d90cfc026164 83126163d90cfc00"))).toEqual([
      ["m", "y", "z"],
      ["c", 2, "d"],
      ["c", 0],
    ]);
  });

  it("of anything but paths are refused", () => {
    const error = (() => {
      try {
        return decodeProjection(bytes("82 01 81 821100"));
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(AwsError);
    expect((error as AwsError).message).toContain("Invalid ProjectionExpression");
    expect(() => decodeProjection(bytes("82 01 80 00"))).toThrow("there is something behind ProjectionExpression");
  });
});
