import { decodeKey, decodeValue, encodeKey, encodeValue } from "@hotkeep/dax-wire";
import { describe, expect, it } from "vitest";
import {
  decodeLexicographicDecimal,
  encodeLexicographicDecimal,
  isCanonicalLexicographicDecimal,
} from "../src/values/lexicographic-decimal.js";
import { randomIntegers } from "./support/random.js";

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

describe("numbers from clients", () => {
  it.each([
    ["00", "0"],
    ["1818", "24"],
    ["3818", "-25"],
    ["1b0000000100000000", "4294967296"],
    ["1b001fffffffffffff", "9007199254740991"],
    ["3b001fffffffffffff", "-9007199254740992"],
    ["c2 47 20000000000000", "9007199254740992"],
    ["1bffffffffffffffff", "18446744073709551615"],
    ["3bffffffffffffffff", "-18446744073709551616"],
    ["c3 48 7fffffffffffffff", "-9223372036854775808"],
    ["c2 50 4b3b4ca85a86c47a098a223fffffffff", "9".repeat(38)],
    ["c2 40", "0"],
    ["c3 40", "-1"],
    ["fb 3ff8000000000000", "1.5"],
    ["fb 3fb999999999999a", "0.1"],
    ["fb 8000000000000000", "0"],
    ["fa 3fc00000", "1.5"],
    ["f9 3e00", "1.5"],
    ["f9 0001", "0.00000005960464477539063"],
    ["c4 82 20 0f", "1.5"],
    ["c4 82 21 186e", "1.1"],
    ["c4 82 20 00", "0"],
    ["c4 82 02 01", "100"],
    ["c4 82 26 01", "0.0000001"],
    ["fb 444b1ae4d6e2ef50", "1000000000000000000000"],
    ["c4 82 187d 01", `1${"0".repeat(125)}`],
    ["c4 82 3881 01", `0.${"0".repeat(129)}1`],
    ["c4 82 3825 c2 50 0949b0f6f0023313c4499050de38f34e", "0.12345678901234567890123456789012345678"],
    ["c4 82 20 c3 49 00ffffffffffffffff", "-1844674407370955161.6"],
  ])("%s is %s", (hex, text) => {
    expect(decodeValue(bytes(hex))).toEqual({ N: text });
  });

  it.each([
    ["fb 7ff0000000000000", "infinite or not a number"],
    ["f9 7e00", "infinite or not a number"],
    ["c4 81 01", "not a pair of exponent and mantissa"],
    ["c4 9f 0001 ff", "not a pair of exponent and mantissa"],
    ["c4 82 01 61 31", "a decimal's mantissa is not an integer"],
    ["c4 82 fb0000000000000000 01", "a decimal's exponent is not an integer"],
    ["c5 82 01 01", "a number has the tag 5"],
    [`c2 5841 ${"01".repeat(65)}`, "an integer is longer than 64 bytes"],
    ["c2 61 31", "a large integer is not a byte string"],
  ])("%s is refused", (hex, message) => {
    expect(() => decodeValue(bytes(hex))).toThrow(message);
  });

  it.each([
    ["too many digits", "c4 82 3826 c2 51 01000000000000000000000000000000ff"],
    ["too large", "c4 82 187e 01"],
    ["too large by far", "c4 82 1b001fffffffffffff 01"],
    ["too small", "c4 82 3882 01"],
    ["too small by far", "c4 82 3b001fffffffffffff 01"],
  ])("a number that is %s is a ValidationException", (_, hex) => {
    expect(() => decodeValue(bytes(hex))).toThrow(expect.objectContaining({ code: "ValidationException" }));
  });
});

describe("numbers to clients", () => {
  it.each([
    ["0", "00"],
    ["1", "01"],
    ["-1", "20"],
    ["100", "1864"],
    ["999999999999999", "1b00038d7ea4c67fff"],
    ["9223372036854775807", "1b7fffffffffffffff"],
    ["-9223372036854775808", "3b7fffffffffffffff"],
    ["9223372036854775808", "c48200c2488000000000000000"],
    ["-9223372036854775809", "c48200c3488000000000000000"],
    ["123456789012345678901234567890", "c48200c24d018ee90ff6c373e0ee4e3f0ad2"],
    ["9".repeat(38), "c48200c2504b3b4ca85a86c47a098a223fffffffff"],
    [`1${"0".repeat(37)}`, `c48200c250${(10n ** 37n).toString(16).padStart(32, "0")}`],
    [`1${"0".repeat(38)}`, "c482182601"],
    ["1.5", "c482200f"],
    ["-0.05", "c4822124"],
    ["0.00000015", "c482270f"],
    [`1${"0".repeat(125)}`, "c482187d01"],
    [`0.${"0".repeat(129)}1`, "c482388101"],
    ["-1844674407370955161.6", "c48220c348ffffffffffffffff"],
  ])("%s is %s", (text, hex) => {
    expect(encodeValue({ N: text }).toString("hex")).toBe(hex);
  });
});

describe("numbers in range keys", () => {
  it.each([
    ["0", "80"],
    ["1", "c11c0000"],
    ["1.5", "c1288010"],
    ["100", "c31c0020"],
    ["999", "c3fcc020"],
    ["1000", "c41c00c000"],
    ["0.00001", "bc1c0000"],
    ["-1", "3ee3fff0"],
    ["-7.25", "3e47bfd0"],
    ["-999", "3c033fd0"],
    ["-1000", "3be3ff3ffc"],
    [`1${"0".repeat(125)}`, "fe8000007e1c0000"],
    [`-1${"0".repeat(125)}`, "017fffff81e3fff0"],
    [`0.${"0".repeat(129)}1`, "817fffff7f1c0000"],
    [`-0.${"0".repeat(129)}1`, "7e80000080e3fff0"],
    [`1${"0".repeat(61)}`, "fe8000003e1c0000"],
    [`0.${"0".repeat(62)}1`, "821c0000"],
    [`0.${"0".repeat(63)}1`, "817fffffc11c0000"],
  ])("%s is %s in both directions", (text, hex) => {
    expect(encodeLexicographicDecimal(text).toString("hex")).toBe(hex);
    expect(decodeLexicographicDecimal(bytes(hex), 0, hex.length / 2)).toBe(text);
    expect(isCanonicalLexicographicDecimal(bytes(hex), 0, hex.length / 2)).toBe(true);
  });

  it.each([
    ["1.0", "c11c0010", "1"],
    ["1e2", "c31c0000", "100"],
    ["1 with padding that is not zero", "c11c0001", "1"],
  ])("%s is read, but is not canonical", (_, hex, text) => {
    expect(isCanonicalLexicographicDecimal(bytes(hex), 0, hex.length / 2)).toBe(false);
    expect(decodeLexicographicDecimal(bytes(hex), 0, hex.length / 2)).toBe(text);
  });

  it("an exponent in the long form where the short one would do is not canonical", () => {
    const long = bytes("fe8000003c1c0000");
    expect(decodeLexicographicDecimal(long, 0, long.length)).toBe(`1${"0".repeat(59)}`);
    expect(isCanonicalLexicographicDecimal(long, 0, long.length)).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["no value", "00"],
    ["negative zero", "7f"],
    ["a header alone", "c1"],
    ["no terminator", "c11cc30c"],
    ["digits behind the terminator", "c11c000000"],
    ["a zero digit group with two digits cut off that are not zero", "c1288000"],
    ["a unit that is no group", "c1008010"],
    ["a cut off exponent", "fe800000"],
    ["a large exponent that is small", "fe7fffff001c0000"],
  ])("%s is refused", (_, hex) => {
    expect(() => decodeLexicographicDecimal(bytes(hex), 0, hex.length / 2)).toThrow(
      /^Malformed request: a number in a key /,
    );
  });

  it("their byte order is the numbers' order", () => {
    const random = randomIntegers(7);
    const numbers = Array.from({ length: 400 }, () => {
      const digits = String(random(1_000_000) + 1).slice(random(3));
      const exponent = random(200) - 100;
      return { text: `${random(2) === 0 ? "-" : ""}${Number(digits)}e${exponent}`, value: 0 };
    }).filter(({ text }) => Number(text) !== 0);
    const entries = numbers.map(({ text }) => ({ value: Number(text), bytes: encodeLexicographicDecimal(text) }));
    const byBytes = [...entries].sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map((entry) => entry.value);
    expect(byBytes).toEqual([...byBytes].sort((a, b) => a - b));
  });

  it("come back from random digits and exponents, and only one form of each is canonical", () => {
    const random = randomIntegers(11);
    const schema = { hash: { name: "h", type: "S" }, range: { name: "r", type: "N" } } as const;
    for (let i = 0; i < 2_000; i++) {
      const digits = String(random(1_000_000_000) + 1);
      const text = `${random(2) === 0 ? "-" : ""}${digits}e${random(230) - 120}`;
      const key = Buffer.concat([Buffer.from("6161", "hex"), encodeLexicographicDecimal(text)]);
      const decoded = decodeKey(schema, key);
      expect(Number((decoded.r as { N: string }).N)).toBe(Number(text));
      const again = encodeKey(schema, decoded).subarray(2);
      expect(isCanonicalLexicographicDecimal(again, 0, again.length)).toBe(true);
      expect(isCanonicalLexicographicDecimal(key, 2, key.length)).toBe(again.equals(key.subarray(2)));
    }
  });
});
