import type { AttributeValue } from "@hotkeep/attributes";
import {
  checkItemSize,
  compareValues,
  equalValues,
  itemBytesMax,
  itemSizeBytes,
  readValue,
  typeOf,
  valueSizeBytes,
} from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeValue, canonicalNumber, check, exactOf, wellFormedText } from "../arbitraries.js";

describe("sizes", () => {
  it.each<[AttributeValue, number]>([
    [{ S: "héé" }, 5],
    [{ S: "😀" }, 4],
    [{ B: "AQID" }, 3],
    [{ B: "AQ==" }, 1],
    [{ BOOL: true }, 1],
    [{ NULL: true }, 1],
    [{ N: "0" }, 1],
    [{ N: "1" }, 2],
    [{ N: "12" }, 2],
    [{ N: "123" }, 3],
    [{ N: "100" }, 2],
    [{ N: "-1" }, 3],
    [{ N: "1.5" }, 3],
    [{ N: "0.01" }, 2],
    [{ SS: ["a", "bb"] }, 3],
    [{ NS: ["1", "22"] }, 4],
    [{ BS: ["AQ==", "AQI="] }, 3],
    [{ L: [] }, 3],
    [{ L: [{ S: "a" }, { S: "b" }] }, 7],
    [{ M: { ab: { S: "cd" } } }, 8],
  ])("%j takes %d bytes", (value, bytes) => {
    expect(valueSizeBytes(value)).toBe(bytes);
  });

  it("counts names in UTF-8", () => {
    expect(itemSizeBytes({ é: { S: "a" }, b: { BOOL: true } })).toBe(5);
  });

  it("stops items above 400 KB", () => {
    const item = { a: { S: "x".repeat(itemBytesMax - 1) } };
    expect(checkItemSize(item)).toBe(itemBytesMax);
    const larger = { a: { S: "x".repeat(itemBytesMax) } };
    expect(() => checkItemSize(larger)).toThrow("Item size has exceeded the maximum allowed size");
    expect(() => checkItemSize(larger, "update")).toThrow("Item size to update has exceeded the maximum allowed size");
  });
});

describe("equality and order", () => {
  it("takes sets without order and lists with it", () => {
    expect(equalValues({ SS: ["a", "b"] }, { SS: ["b", "a"] })).toBe(true);
    expect(equalValues({ SS: ["a", "b"] }, { SS: ["b", "c"] })).toBe(false);
    expect(equalValues({ L: [{ N: "1" }, { N: "2" }] }, { L: [{ N: "2" }, { N: "1" }] })).toBe(false);
    expect(equalValues({ M: { a: { N: "1" }, b: { N: "2" } } }, { M: { b: { N: "2" }, a: { N: "1" } } })).toBe(true);
    expect(equalValues({ M: { a: { N: "1" } } }, { M: { constructor: { N: "1" } } })).toBe(false);
    expect(equalValues({ S: "1" }, { N: "1" })).toBe(false);
  });

  it("is equal to a copy of itself", () => {
    check(
      fc.property(attributeValue, (value) => {
        expect(equalValues(value, readValue(value))).toBe(true);
      }),
    );
  });

  it("orders strings by UTF-8 bytes", () => {
    check(
      fc.property(wellFormedText, wellFormedText, (a, b) => {
        expect(Math.sign(compareValues({ S: a }, { S: b })!)).toBe(Buffer.from(a).compare(Buffer.from(b)));
      }),
    );
    expect(compareValues({ S: "\uffff" }, { S: "😀" })).toBeLessThan(0);
    expect(compareValues({ S: "a" }, { S: "ab" })).toBeLessThan(0);
  });

  it("orders numbers by value and binaries by unsigned bytes", () => {
    check(
      fc.property(canonicalNumber, canonicalNumber, (a, b) => {
        expect(compareValues({ N: a }, { N: b })! < 0).toBe(exactOf(a) < exactOf(b));
      }),
    );
    expect(compareValues({ B: "fw==" }, { B: "gA==" })).toBeLessThan(0);
  });

  it("does not order other or different types", () => {
    expect(compareValues({ S: "1" }, { N: "1" })).toBeUndefined();
    expect(compareValues({ BOOL: true }, { BOOL: false })).toBeUndefined();
    expect(compareValues({ SS: ["a"] }, { SS: ["b"] })).toBeUndefined();
  });

  it("names types", () => {
    expect(typeOf({ NULL: true })).toBe("NULL");
  });
});
