import {
  attributeNamesOf,
  decodeItem,
  decodeRequest,
  decodeValue,
  encodeItem,
  encodePutItemRequest,
  encodeValue,
  encodeWithLists,
  itemListId,
  requestListIds,
} from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { schemaOf } from "./support/vectors.js";

const schema = schemaOf("tblSS");
const key = Buffer.from("617073", "hex");

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

describe("attribute values", () => {
  it.each([
    ["6178", { S: "x" }],
    ["60", { S: "" }],
    ["44deadbeef", { B: "3q2+7w==" }],
    ["40", { B: "" }],
    ["f4", { BOOL: false }],
    ["f5", { BOOL: true }],
    ["f6", { NULL: true }],
    ["820102", { L: [{ N: "1" }, { N: "2" }] }],
    ["80", { L: [] }],
    ["a1616101", { M: { a: { N: "1" } } }],
    ["a16001", { M: { "": { N: "1" } } }],
    ["d90cf9816161", { SS: ["a"] }],
    ["d90cfa820102", { NS: ["1", "2"] }],
    ["d90cfb814101", { BS: ["AQ=="] }],
  ])("%s is read and written", (hex, value) => {
    expect(decodeValue(bytes(hex))).toEqual(value);
    expect(encodeValue(value as Parameters<typeof encodeValue>[0]).toString("hex")).toBe(hex);
  });

  it("named like members of every object are only names", () => {
    const hex = `a2 69${Buffer.from("__proto__").toString("hex")} 01 6b${Buffer.from("constructor").toString("hex")} 02`;
    const value = decodeValue(bytes(hex)) as { M: Record<string, unknown> };
    expect(Object.keys(value.M)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value.M)).toBeNull();
    expect(encodeValue(value as Parameters<typeof encodeValue>[0])).toEqual(bytes(hex));
  });

  it("of 32 levels are read, of 33 refused", () => {
    const nested = (levels: number) => Buffer.concat([Buffer.alloc(levels, 0x81), Buffer.of(1)]);
    expect(decodeValue(nested(32))).toHaveProperty("L");
    const message =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
    expect(() => decodeValue(nested(33))).toThrow(message);
    expect(() => decodeValue(nested(5_000_000))).toThrow(message);
  });

  it("of more parts than fit into an item are refused before they are all built", () => {
    const list = (count: number) =>
      Buffer.concat([bytes("9a"), Buffer.of(0, count >> 16, count >> 8, count), Buffer.alloc(count)]);
    expect(decodeValue(list(204_799))).toHaveProperty("L.length", 204_799);
    expect(() => decodeValue(list(204_800))).toThrow("Item size has exceeded the maximum allowed size");
    const set = Buffer.concat([bytes("d90cfa"), list(204_800)]);
    expect(() => decodeValue(set)).toThrow("Item size has exceeded the maximum allowed size");
  });

  it.each([
    ["f7", "an attribute value is of no known type"],
    ["e0", "an attribute value is of no known type"],
    ["d903e861 61", "a number has the tag 1000"],
    ["d90cf9 a0", "a set is not an array"],
    ["d90cf9 8101", "a string is not a text"],
    ["d90cfb 816161", "a binary is not a byte string"],
    ["62ff", "a string is cut off"],
    ["61ff", "a string is not valid UTF-8"],
    ["7f6161ff", "a string is a string of indefinite length"],
    ["a2616101616102", "the map key `a` is there twice"],
    ["a10101", "a map's key is not a text"],
    ["9bffffffffffffffff", "a list is cut off"],
    ["bb0000ffffffffffff", "a map is cut off"],
    ["9f01", "an open-ended array or map has no end"],
    ["0101", "there is something behind an attribute value"],
    ["1c", "a number is not CBOR"],
  ])("%s is refused: %s", (hex, message) => {
    expect(() => decodeValue(bytes(hex))).toThrow(`Malformed request: ${message}`);
  });
});

describe("items", () => {
  it("have the values of their list's names in the list's order, and the key from the key bytes", () => {
    const item = decodeItem(schema, key, ["zeta", "a"], bytes("07 01 6161"));
    expect(item).toEqual({ pk: { S: "p" }, sk: { S: "s" }, zeta: { N: "1" }, a: { S: "a" } });
  });

  it("without attributes have list 1", () => {
    expect(decodeItem(schema, key, [], bytes("01"))).toEqual({ pk: { S: "p" }, sk: { S: "s" } });
    const nothing = () => {
      throw new Error("the empty list needs no id");
    };
    expect(encodeItem(schema, { pk: { S: "p" }, sk: { S: "s" } }, nothing)).toEqual(bytes("01"));
  });

  it("are written with sorted names and without their key", () => {
    const item = { zeta: { N: "1" }, pk: { S: "p" }, Beta: { N: "2" }, sk: { S: "s" }, _x: { N: "5" } };
    expect(attributeNamesOf(schema, item)).toEqual(["Beta", "_x", "zeta"]);
    expect(encodeItem(schema, item, () => 300)).toEqual(bytes("19012c 02 05 01"));
  });

  it.each([
    [["a", "b"], "07 01", "an item has fewer values than its attribute list has names"],
    [["a"], "07 01 02", "an item has more values than its attribute list has names"],
    [["pk"], "07 01", "the attribute `pk` is in the item twice"],
    [["a", "a"], "07 01 02", "the attribute `a` is in the item twice"],
  ])("with the list %j cannot be %s", (names, hex, message) => {
    expect(() => decodeItem(schema, key, names, bytes(hex))).toThrow(`Malformed request: ${message}`);
  });

  it.each([
    ["00", "there is no attribute list with the id 0"],
    ["20", "there is no attribute list with the id -1"],
    ["6161", "an attribute list id is not an integer"],
    ["", "an attribute list id is missing"],
    ["1bffffffffffffffff", "an attribute list id is out of range"],
  ])("cannot start with %s", (hex, message) => {
    expect(() => itemListId(bytes(hex))).toThrow(`Malformed request: ${message}`);
  });

  it("tell which lists a request needs", () => {
    const put = decodeRequest(encodePutItemRequest("t", key, bytes("07 01")));
    expect(requestListIds(put)).toEqual([7]);
    const bare = decodeRequest(encodePutItemRequest("t", key, bytes("01")));
    expect(requestListIds(bare)).toEqual([]);
  });

  it("are encoded again when their lists have ids", () => {
    const ids = new Map([['["a"]', 2]]);
    const items = [
      { pk: { S: "p" }, sk: { S: "s" }, a: { N: "1" } },
      { pk: { S: "p" }, sk: { S: "s" }, b: { N: "2" } },
      { pk: { S: "p" }, sk: { S: "s" }, b: { N: "3" } },
    ];
    const attempt = () =>
      encodeWithLists(
        (names) => ids.get(JSON.stringify(names)),
        (listIdOf) => Buffer.concat(items.map((item) => encodeItem(schema, item, listIdOf))),
      );
    expect(attempt()).toEqual({ missing: [["b"]] });
    ids.set('["b"]', 3);
    expect(attempt()).toEqual({ bytes: bytes("0201 0302 0303") });
    ids.set('["b"]', 1);
    expect(attempt).toThrow("1 cannot be an attribute list's id");
  });
});
