import { expect, test } from "vitest";
import { globTest, markWildcards } from "../src/glob.js";
import { bestOf } from "./best-of.js";

const rows: readonly (readonly [string, string, boolean])[] = [
  ["", "", true],
  ["", "a", false],
  ["a", "a", true],
  ["a", "A", false],
  ["*", "", true],
  ["*", "a/b:c", true],
  ["**", "", true],
  ["**", "abc", true],
  ["?", "", false],
  ["?", "a", true],
  ["?", "ab", false],
  ["??", "ab", true],
  ["a*", "a", true],
  ["a*", "abc", true],
  ["a*", "ba", false],
  ["*a", "a", true],
  ["*a", "bca", true],
  ["*a", "ab", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a*a", "aba", true],
  ["ab*ba", "aba", false],
  ["ab*ba", "abba", true],
  ["*b*", "abc", true],
  ["*b*", "ac", false],
  ["*?*", "", false],
  ["*?*", "x", true],
  ["a?c*e", "abcde", true],
  ["a?c*e", "abce", true],
  ["a?c*e", "ace", false],
  ["*a?b*", "xxaabxaxb", true],
  ["*a?b*", "xxabxaxc", false],
  ["*ab*ab*", "abab", true],
  ["*ab*ab*", "aab", false],
  ["?*?", "ab", true],
  ["?*?", "a", false],
  ["a*b?d", "axxbbcd", true],
  ["a*b?d", "axxbcde", false],
  ["*.com", "a.com.com", true],
  ["[a]", "a", false],
  ["a.c", "abc", false],
  ["a\\*c", "abc", false],
  ["(a+)+$", "(a+)+$", true],
];

test.each(rows)("pattern %j on %j is %j", (pattern, text, matches) => {
  expect(globTest(markWildcards(pattern))(text)).toBe(matches);
});

test("patterns made to explode end at once", () => {
  const long = "a".repeat(100_000);
  const tookMs = bestOf(5, () => {
    expect(globTest(markWildcards("a*a*a*a*b"))(long)).toBe(false);
    expect(globTest(markWildcards(`${"a*".repeat(1000)}b*`))(long)).toBe(false);
    expect(globTest(markWildcards(`${"*a?".repeat(50)}b*`))(long)).toBe(false);
    expect(globTest(markWildcards(`${"?*".repeat(500)}`))(long)).toBe(true);
  });
  expect(tookMs).toBeLessThan(2000);
});
