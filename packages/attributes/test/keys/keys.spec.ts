import type { AttributeValue, Item, KeyCondition, KeyRangeCondition, KeySchema, KeyType } from "@hotkeep/attributes";
import {
  checkKey,
  decodeKey,
  decodeKeyBytes,
  encodeHashPrefix,
  encodeKey,
  encodeKeyBytes,
  keyOf,
  keyRange,
  matchesKeyCondition,
  segmentRange,
} from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64, canonicalNumber, check, exactOf, wellFormedText } from "../arbitraries.js";

const schema = (range?: KeyType, hash: KeyType = "S"): KeySchema => ({
  hash: { name: "pk", type: hash },
  ...(range === undefined ? {} : { range: { name: "sk", type: range } }),
});

const rangeValues: Readonly<Record<KeyType, fc.Arbitrary<AttributeValue>>> = {
  S: wellFormedText.map((S) => ({ S })),
  N: canonicalNumber.map((N) => ({ N })),
  B: base64.map((B) => ({ B })),
};

describe("key bytes", () => {
  it("of numbers sort as the numbers, begin no others and decode", () => {
    check(
      fc.property(canonicalNumber, canonicalNumber, (a, b) => {
        const left = encodeKeyBytes({ N: a }, "N");
        const right = encodeKeyBytes({ N: b }, "N");
        const difference = exactOf(a) - exactOf(b);
        expect(left.compare(right)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
        if (difference !== 0n) expect(left.subarray(0, right.length).equals(right)).toBe(false);
        expect(left.length).toBeLessThanOrEqual(22);
        expect(decodeKeyBytes(left, "N")).toEqual({ N: a });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["-1e125", "-1e-130", "0", "1e-130", "1e125"],
    ["-100", "-99.99", "-10", "-1", "-0.1", "0", "0.01", "0.1", "0.11", "1", "1.01", "1.1", "9", "10", "99", "100"],
  ])("of numbers sort over the whole range", (...numbers) => {
    const encoded = numbers.map((text) => encodeKeyBytes({ N: text }, "N"));
    expect([...encoded].sort(Buffer.compare)).toEqual(encoded);
  });

  it("of the largest number take 22 bytes", () => {
    expect(encodeKeyBytes({ N: `-0.${"9".repeat(38)}` }, "N")).toHaveLength(22);
  });

  it("are no numbers when they are something else", () => {
    expect(() => decodeKeyBytes(Buffer.from([9]), "N")).toThrow("these bytes are no encoded number");
  });
});

describe("encoded keys", () => {
  for (const type of ["S", "N", "B"] as const) {
    const key = fc.record({ pk: fc.constantFrom("a", "ab", "", "b").map((S) => ({ S })), sk: rangeValues[type] });

    it(`keep partitions apart and sort keys of type ${type} in order`, () => {
      const spec = schema(type);
      check(
        fc.property(key, key, (a, b) => {
          const left = encodeKey(spec, a);
          const prefix = encodeHashPrefix(spec, b.pk);
          expect(left.subarray(0, prefix.length).equals(prefix)).toBe(a.pk.S === b.pk.S);
          if (a.pk.S === b.pk.S) {
            const expected = encodeKeyBytes(a.sk, type).compare(encodeKeyBytes(b.sk, type));
            expect(left.compare(encodeKey(spec, b))).toBe(expected);
          }
          expect(decodeKey(spec, left)).toEqual(a);
        }),
      );
    });

    it(`of type ${type} stand in a range exactly when the key condition selects them`, () => {
      const spec = schema(type);
      const value = rangeValues[type];
      const operators =
        type === "N" ? (["=", "<", "<=", ">", ">="] as const) : (["=", "<", "<=", ">", ">=", "begins_with"] as const);
      const range: fc.Arbitrary<KeyRangeCondition | undefined> = fc.oneof(
        fc.constant(undefined),
        fc.tuple(fc.constantFrom(...operators), value).map(([operator, each]) => ({ operator, value: each })),
        fc.tuple(value, value).map(([low, high]) => ({ operator: "between" as const, low, high })),
      );
      check(
        fc.property(key, range, (each, condition) => {
          const selects: KeyCondition =
            condition === undefined ? { hash: { S: "a" } } : { hash: { S: "a" }, range: condition };
          const { from, to } = keyRange(selects, spec);
          const encoded = encodeKey(spec, each);
          const within = encoded.compare(from) >= 0 && (to === undefined || encoded.compare(to) < 0);
          expect(within).toBe(matchesKeyCondition(each, selects, spec));
        }),
        { numRuns: 500 },
      );
    });
  }

  it("shorten long partition keys and keep sort keys whole", () => {
    const spec = schema("S");
    const pk = { S: "x".repeat(2048) };
    const [a, b] = ["a", "b".repeat(1024)].map((S) => encodeKey(spec, { pk, sk: { S } })) as [Buffer, Buffer];
    const prefix = encodeHashPrefix(spec, pk);
    expect(a.subarray(0, prefix.length).equals(prefix)).toBe(true);
    expect(b.length).toBeLessThan(1978);
    expect(a.compare(b)).toBe(-1);
    expect(decodeKey(spec, a)).toBeUndefined();
    expect(encodeHashPrefix(spec, { S: "x".repeat(2047) }).equals(prefix)).toBe(false);
  });

  it("of tables without sort key are their prefix", () => {
    expect(encodeKey(schema(), { pk: { S: "a" } }).equals(encodeHashPrefix(schema(), { S: "a" }))).toBe(true);
    expect(decodeKey(schema(undefined, "N"), encodeKey(schema(undefined, "N"), { pk: { N: "-1.5" } }))).toEqual({
      pk: { N: "-1.5" },
    });
  });

  it("stand in exactly one segment, whatever their number", () => {
    const key = fc.string().map((S) => encodeHashPrefix(schema(), { S }));
    check(
      fc.property(key, fc.constantFrom(1, 2, 3, 7, 1000, 65_536, 100_000), (encoded, total) => {
        let found = 0;
        for (let segment = 0; segment < total; segment++) {
          const { from, to } = segmentRange(segment, total);
          if (encoded.compare(from) >= 0 && (to === undefined || encoded.compare(to) < 0)) found++;
        }
        expect(found).toBe(1);
      }),
      { numRuns: 20 },
    );
  });

  it("spread over the segments", () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const encoded = encodeHashPrefix(schema(), { S: `user#${i}` });
      counts[encoded[0]! >> 6]! += 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });
});

const mismatch = "The provided key element does not match the schema";
const parameter = "One or more parameter values were invalid:";
const emptyKey =
  "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty";

describe("key attributes", () => {
  const item = (members: Item): Item => members;

  it("are taken from items", () => {
    const key = keyOf({ pk: { S: "a" }, other: { N: "1" }, sk: { N: "2" } }, schema("N"));
    expect(key).toEqual({ pk: { S: "a" }, sk: { N: "2" } });
    expect("toString" in key).toBe(false);
  });

  it.each<[Item, string]>([
    [item({ sk: { S: "a" } }), `${parameter} Missing the key pk in the item`],
    [item({ pk: { S: "a" } }), `${parameter} Missing the key sk in the item`],
    [item({ pk: { N: "1" }, sk: { S: "a" } }), `${parameter} Type mismatch for key pk expected: S actual: N`],
    [item({ pk: { S: "" }, sk: { S: "a" } }), `${emptyKey} string value. Key: pk`],
    [item({ pk: { S: "a" }, sk: { S: "" } }), `${emptyKey} string value. Key: sk`],
    [
      item({ pk: { S: "é".repeat(1025) }, sk: { S: "a" } }),
      `${parameter} Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ],
    [
      item({ pk: { S: "a" }, sk: { S: "a".repeat(1025) } }),
      `${parameter} Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
    ],
  ])("of an item are checked", (members, message) => {
    expect(() => keyOf(members, schema("S"))).toThrow(
      expect.objectContaining({ code: "ValidationException", message }),
    );
  });

  it.each<[Item, string]>([
    [item({}), mismatch],
    [item({ pk: { S: "a" } }), mismatch],
    [item({ pk: { S: "a" }, other: { B: "AQ==" } }), mismatch],
    [item({ pk: { S: "a" }, sk: { S: "a" } }), mismatch],
    [item({ pk: { S: "a" }, sk: { B: "AQ==" }, other: { S: "a" } }), mismatch],
    [item({ pk: { S: "a" }, sk: { B: "" } }), `${emptyKey} binary value. Key: sk`],
  ])("of a Key parameter are checked", (members, message) => {
    expect(() => checkKey(members, schema("B"))).toThrow(message);
  });

  it("are not looked up on the prototype", () => {
    const spec: KeySchema = { hash: { name: "constructor", type: "S" } };
    expect(() => keyOf({ a: { S: "x" } }, spec)).toThrow("Missing the key constructor in the item");
  });
});
