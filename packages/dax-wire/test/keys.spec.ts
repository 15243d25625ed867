import type { KeySchema, KeyType } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { canonicalKey, decodeKey, encodeKey, isCanonicalKey } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import { schemaOf } from "./support/vectors.js";

const hashes = { S: { S: "alpha" }, N: { N: "42" }, B: { B: "AP8Q" } } as const;
const ranges = { S: { S: "r1" }, N: { N: "-7.25" }, B: { B: "yv4=" } } as const;

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

function isCanonical(schema: KeySchema, key: Buffer): boolean {
  // In the middle of other bytes, as in a frame.
  return isCanonicalKey(schema, Buffer.concat([Buffer.of(1, 2), key, Buffer.of(3, 4)]), 2, 2 + key.length);
}

describe("key bytes", () => {
  it.each([
    ["S", "616c706861"],
    ["N", "182a"],
    ["B", "00ff10"],
    ["SS", "65616c706861 7231"],
    ["SN", "65616c706861 3e47bfd0"],
    ["SB", "65616c706861 cafe"],
    ["NS", "182a 7231"],
    ["NN", "182a 3e47bfd0"],
    ["NB", "182a cafe"],
    ["BS", "4300ff10 7231"],
    ["BN", "4300ff10 3e47bfd0"],
    ["BB", "4300ff10 cafe"],
  ])("of a table of type %s are %s", (types, hex) => {
    const [hash, range] = types.split("") as [KeyType, KeyType | undefined];
    const schema = schemaOf(`tbl${types}`);
    const key = { pk: hashes[hash], ...(range === undefined ? {} : { sk: ranges[range] }) };
    expect(encodeKey(schema, { ...key, other: { N: "1" } })).toEqual(bytes(hex));
    expect(decodeKey(schema, bytes(hex))).toEqual(key);
    expect(isCanonical(schema, bytes(hex))).toBe(true);
    expect(canonicalKey(schema, bytes(hex))).toEqual(bytes(hex));
  });

  it.each([
    ["N", "190064", "1864", "a longer header"],
    ["N", "c4820201", "1864", "a decimal"],
    ["N", "fb4059000000000000", "1864", "a float"],
    ["N", "c24164", "1864", "a large integer"],
    ["N", "c482200a", "01", "a decimal with a zero"],
    ["NS", "1b0000000000000001 61", "01 61", "an 8-byte integer"],
    ["SS", "7801 61 62", "61 61 62", "a longer length of the partition key"],
    ["BB", "590001 61 62", "41 61 62", "a longer length of a binary partition key"],
    ["SN", "61 61 c11c0010", "61 61 c11c0000", "a sort key with a zero behind the point"],
    ["SN", "61 61 c31c0000", "61 61 c31c0020", "a sort key of 1e2"],
  ])("of table type %s: %s has the canonical form %s", (types, written, canonical, _) => {
    const schema = schemaOf(`tbl${types}`);
    expect(isCanonical(schema, bytes(written))).toBe(false);
    expect(canonicalKey(schema, bytes(written))).toEqual(bytes(canonical));
    expect(decodeKey(schema, bytes(written))).toEqual(decodeKey(schema, bytes(canonical)));
  });

  it("that are canonical come back as the same buffer, not as a copy", () => {
    const key = bytes("61 61 c11c0000");
    expect(canonicalKey(schemaOf("tblSN"), key)).toBe(key);
  });

  it("of fractions as partition keys have one canonical form, though only decoding tells", () => {
    const schema = schemaOf("tblN");
    expect(canonicalKey(schema, bytes("fb3ff8000000000000"))).toEqual(bytes("c482200f"));
    expect(canonicalKey(schema, bytes("c4822118 96"))).toEqual(bytes("c482200f"));
    expect(isCanonical(schema, bytes("c482200f"))).toBe(false);
  });

  it("may hold an empty partition key: the table refuses it, not the protocol", () => {
    expect(decodeKey(schemaOf("tblSS"), bytes("60 78"))).toEqual({ pk: { S: "" }, sk: { S: "x" } });
    expect(decodeKey(schemaOf("tblS"), bytes(""))).toEqual({ pk: { S: "" } });
  });

  it.each([
    ["N", "616c706861", "The provided key element does not match the schema"],
    ["SS", "182a7231", "The provided key element does not match the schema"],
    ["NS", "61617231", "The provided key element does not match the schema"],
    ["BS", "61617231", "The provided key element does not match the schema"],
    ["SS", "6561", "The provided key element does not match the schema"],
    ["SS", "", "The provided key element does not match the schema"],
    ["N", "", "Malformed request: a value is missing"],
    ["N", "1800ff", "The provided key element does not match the schema"],
    ["SN", "6161", "Malformed request: a number in a key does not begin as one"],
    ["SN", "6161ff", "Malformed request: a number in a key does not begin as one"],
    ["S", "ff", "Malformed request: a key is not valid UTF-8"],
    ["SS", "6161ff", "Malformed request: a key is not valid UTF-8"],
  ])("of table type %s: %s is refused", (types, hex, message) => {
    let error: unknown;
    try {
      canonicalKey(schemaOf(`tbl${types}`), bytes(hex));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ code: "ValidationException", message });
  });

  it("are not made from an item whose key attribute is missing or of another type", () => {
    const schema = schemaOf("tblSN");
    const message = "The provided key element does not match the schema";
    expect(() => encodeKey(schema, { pk: { S: "a" } })).toThrow(message);
    expect(() => encodeKey(schema, { pk: { S: "a" }, sk: { S: "1" } })).toThrow(message);
  });
});
