import { describe, expect, it } from "vitest";
import { wildcard } from "../src/describe/wildcard.js";

describe("a filter's value", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["abc", "abc", true],
    ["abc", "abcd", false],
    ["*", "", true],
    ["**", "anything\nat all", true],
    ["a*", "a", true],
    ["*c", "abc", true],
    ["*c", "abd", false],
    ["a*b*c", "a1b2b3c", true],
    ["a*b*c", "a1c2b", false],
    ["o?n", "own", true],
    ["o?n", "on", false],
    ["?*", "", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["\\?x\\\\", "?x\\", true],
    ["a\\", "a\\", true],
    ["a.c", "abc", false],
    ["(*[", "(x[", true],
  ])("%j and %j: %s", (pattern, value, expected) => {
    expect(wildcard(pattern)(value)).toBe(expected);
  });

  it("can be longer than a regular expression, and have more stars than one could try", () => {
    expect(wildcard("(".repeat(100_000))("(")).toBe(false);
    expect(wildcard(`${"*a".repeat(200)}b`)("a".repeat(2_000))).toBe(false);
    expect(wildcard(`${"a*".repeat(200)}b`)(`${"a".repeat(2_000)}b`)).toBe(true);
  });
});
