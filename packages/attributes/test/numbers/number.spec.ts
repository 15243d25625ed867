import { addNumbers, compareNumbers, normalizeNumber, subtractNumbers } from "@hotkeep/attributes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, exactOf, numberText } from "../arbitraries.js";

const overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const underflow = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const digits = "Attempting to store more than 38 significant digits in a Number";
const nines = "9".repeat(38);

describe("normalizeNumber", () => {
  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["+3", "3"],
    ["007", "7"],
    ["-007.50", "-7.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e2", "100"],
    ["1E+2", "100"],
    ["12.5e-1", "1.25"],
    ["1e-5", "0.00001"],
    ["0e999999", "0"],
    ["1.0", "1"],
    ["-1.50e1", "-15"],
    [nines, nines],
    [`0.${nines}`, `0.${nines}`],
    [`${nines}000`, `${nines}000`],
    ["1e125", `1${"0".repeat(125)}`],
    ["1e-130", `0.${"0".repeat(129)}1`],
    ["9.9999999999999999999999999999999999999e125", `${nines}${"0".repeat(88)}`],
    [`0.${"0".repeat(500)}`, "0"],
    ["123456789012345", "123456789012345"],
    ["-1234567890123456", "-1234567890123456"],
  ])("writes %s as %s", (text, canonical) => {
    expect(normalizeNumber(text)).toBe(canonical);
  });

  it.each([
    ["", "The parameter cannot be converted to a numeric value"],
    ...["abc", "-", "+", ".", "1e", "1e+", " 1", "1 ", "0x10", "1_0", "--1", "1.2.3", "NaN", "Infinity", "١"].map(
      (text) => [text, `The parameter cannot be converted to a numeric value: ${text}`],
    ),
    ["1e99999999999", "The parameter cannot be converted to a numeric value: 1e99999999999"],
    ["1e126", overflow],
    ["-1e126", overflow],
    ["1e-131", underflow],
    ["1e2147483647", overflow],
    [`${nines}9`, digits],
    [`1.${"0".repeat(38)}1`, digits],
  ])("refuses %j", (text, message) => {
    expect(() => normalizeNumber(text)).toThrow(expect.objectContaining({ code: "ValidationException", message }));
  });

  it("gives equal numbers one text", () => {
    check(
      fc.property(numberText, (text) => {
        const canonical = normalizeNumber(text);
        expect(canonical).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
        expect(canonical).not.toBe("-0");
        expect(normalizeNumber(canonical)).toBe(canonical);
        expect(exactOf(canonical)).toBe(exactOf(text));
      }),
    );
  });
});

describe("arithmetic", () => {
  it("orders as whole numbers of the smallest unit do", () => {
    check(
      fc.property(numberText, numberText, (left, right) => {
        const [a, b] = [normalizeNumber(left), normalizeNumber(right)];
        const difference = exactOf(a) - exactOf(b);
        expect(Math.sign(compareNumbers(a, b))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });

  it("adds and subtracts exactly or refuses", () => {
    check(
      fc.property(numberText, numberText, fc.boolean(), (left, right, add) => {
        const [a, b] = [normalizeNumber(left), normalizeNumber(right)];
        const exact = add ? exactOf(a) + exactOf(b) : exactOf(a) - exactOf(b);
        let result: string;
        try {
          result = add ? addNumbers(a, b) : subtractNumbers(a, b);
        } catch (error) {
          // Only results that do not fit may be refused.
          const significant = String(exact).replace(/^-|0+$/g, "");
          const fits = significant.length <= 38 && String(exact).replace("-", "").length <= 126 + 200;
          expect(fits, `${a} and ${b}: ${(error as Error).message}`).toBe(false);
          return;
        }
        expect(exactOf(result)).toBe(exact);
        expect(normalizeNumber(result)).toBe(result);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["1", "2", "3"],
    ["999999999999999", "1", "1000000000000000"],
    ["999999999999999", "999999999999999", "1999999999999998"],
    ["-5", "5", "0"],
    ["0", "1.5", "1.5"],
    ["0.1", "0.2", "0.3"],
    ["99999999999999999999999999999999999999", "1", `1${"0".repeat(38)}`],
    ["-0.5", "0.5", "0"],
  ])("%s + %s = %s", (a, b, total) => {
    expect(addNumbers(a, b)).toBe(total);
    expect(subtractNumbers(total, b)).toBe(a);
  });

  it.each([
    [nines, "0.1", digits],
    [normalizeNumber("9.9e125"), normalizeNumber("9.9e125"), overflow],
    [normalizeNumber("1.1e-129"), normalizeNumber("-1e-129"), undefined],
    [normalizeNumber("1.01e-129"), normalizeNumber("-1e-129"), underflow],
  ])("%s + %s is within bounds or refused", (a, b, message) => {
    if (message === undefined) expect(addNumbers(a, b)).toBe(normalizeNumber("1e-130"));
    else expect(() => addNumbers(a, b)).toThrow(message);
  });
});
