import type { ConditionKind } from "@hotkeep/attributes";
import { PlaceholderUse, parseCondition, parseProjection, parseUpdate } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const condition = (text: string, kind: ConditionKind = "FilterExpression") =>
  parseCondition(text, kind, new PlaceholderUse());

function syntaxError(kind: string, token: string, near: string) {
  const message = `Invalid ${kind}: Syntax error; token: "${token}", near: "${near}"`;
  return expect.objectContaining({ code: "ValidationException", message });
}

describe("syntax errors of conditions", () => {
  // The tokens and their surroundings were observed on DynamoDB Local.
  it.each([
    ["a", "<EOF>", "a"],
    ["a =", "<EOF>", "="],
    ["= :a", "=", "= :a"],
    ["  = :a", "=", "  = :a"],
    ["   ", "<EOF>", "   "],
    ["a = :a b", "b", ":a b"],
    ["a = :a b   ", "b", ":a b   "],
    ["a = :a AND", "<EOF>", "AND"],
    ["a == :a", "=", "== :a"],
    ["(a = :a", "<EOF>", ":a"],
    ["a = :a)", ")", ":a)"],
    ["a[b] = :a", "b", "[b]"],
    ["a[-1] = :a", "-", "[-1"],
    ["a[01]= :a", "1", "01]"],
    ["a.b. = :a", "=", ". = :a"],
    ["1a = :a", "1", "1a"],
    ["_a = :a", "_", "_a"],
    ["a$ = :a", "$", "a$ ="],
    ["a = 'x'", "'", "= 'x"],
    ["a = 5", "5", "= 5"],
    ["a BETWEEN :a", "<EOF>", ":a"],
    ["a BETWEEN :n OR :n", "OR", ":n OR :n"],
    ["a BETWEEN :n AND :n AND :n", "<EOF>", ":n"],
    ["a IN ()", ")", "()"],
    ["a IN (:a,)", ")", ",)"],
    ["a IN :n", ":n", "IN :n"],
    ["a IN ((:n, :n))", ",", ":n, :n"],
    ["NOT", "<EOF>", "NOT"],
    ["not = :n", "=", "not = :n"],
    ["a NOT IN (:n)", "NOT", "a NOT IN"],
    ["a = :a OR OR b = :a", "OR", "OR OR b"],
    ["a and b", "and", "a and b"],
    ["a = :n OR b", "<EOF>", "b"],
    ["a = :n AND (b)", "<EOF>", ")"],
    ["(a)", "<EOF>", ")"],
    ["()", ")", "()"],
    ["contains(a", "<EOF>", "a"],
    ["contains(a,)", ")", ",)"],
    ["contains()", ")", "()"],
    ["contains(a, b = c)", "=", "b = c"],
    ["contains((a,b))", ",", "a,b"],
    ["attribute_exists a", "a", "attribute_exists a"],
    ["a = :", ":", "= :"],
    ["a = #b.#", "#", ".#"],
    ["a.0b = :a", "0", ".0b"],
    ["a.[0] = :a", "[", ".[0"],
    ["a[0]b = :a", "b", "]b ="],
    ["aé = :a", "é", "aé ="],
    ["a = 😀", "😀", "= 😀"],
    ["a = :a;", ";", ":a;"],
    ["a = :a -- x", "-", ":a --"],
    ["(a.b).c = :a", ".", ").c"],
    ["(a = b) = :n", "=", ") = :n"],
    ["a = b = c", "=", "b = c"],
    ["a = (b = :n)", "=", "b = :n"],
    ["a = NOT b", "NOT", "= NOT b"],
    [":n.a = b", ".", ":n.a"],
    ["((a) = :n))", ")", "))"],
    ["x.and = :a", "and", ".and ="],
    ["set = :a", "set", "set ="],
    ["a = :a\n AND b =\n\n c d e f g", "d", "c d e"],
  ])("of %j name the token and its neighbours", (text, token, near) => {
    expect(() => condition(text)).toThrow(syntaxError("FilterExpression", token, near));
  });

  it("name the parameter", () => {
    expect(() => condition("a", "ConditionExpression")).toThrow(syntaxError("ConditionExpression", "<EOF>", "a"));
    expect(() => condition("a", "KeyConditionExpression")).toThrow(syntaxError("KeyConditionExpression", "<EOF>", "a"));
  });

  it("come in linear time and without a stack overflow", () => {
    const depth = 2000;
    const kind = "FilterExpression";
    expect(() => condition("(".repeat(depth))).toThrow(syntaxError(kind, "<EOF>", "("));
    expect(() => condition(`${"(".repeat(depth)}a`)).toThrow(syntaxError(kind, "<EOF>", "a"));
    expect(() => condition(`a = ${"(".repeat(depth)}a${")".repeat(depth)}`)).toThrow("redundant parentheses");
    expect(() => condition(`${"(".repeat(depth)}a = :a${")".repeat(depth)}`)).toThrow("redundant parentheses");
    expect(() => condition(`${"NOT ".repeat(1000)}a = :a`)).toThrow("too many operators; operator count: 301");
    expect(() => condition("a(".repeat(depth))).toThrow("too many operators; operator count: 301");
    expect(() => condition(`${"(NOT ".repeat(600)}a = b${")".repeat(600)}`)).toThrow("too many operators");
    expect(() => condition(`a = b${" OR a = b".repeat(400)}`)).toThrow("too many operators");
    expect(() => condition(`a${".a".repeat(2000)} = :a`)).toThrow("nesting levels: 2001");
  });
});

describe("syntax errors of updates", () => {
  it.each([
    ["SET", "<EOF>", "SET"],
    ["SET a", "<EOF>", "a"],
    ["SET a =", "<EOF>", "="],
    ["SET a = :a,", "<EOF>", ","],
    ["SET a = :a b = :a", "b", ":a b ="],
    ["REMOVE a b", "b", "a b"],
    ["ADD a b", "b", "a b"],
    ["ADD a :a + :a", "+", ":a + :a"],
    ["SET a = a + :a + :a", "+", ":a + :a"],
    ["SET a = (b + :n) + :n", "+", ") + :n"],
    ["SET (a) = :a", "(", "SET (a"],
    ["REMOVE (a)", "(", "REMOVE (a"],
    ["SET a = - :a", "-", "= - :a"],
    ["FOO a", "FOO", "FOO a"],
    ["SET a = :a garbage", "garbage", ":a garbage"],
    ["SET a = :a REMOVE", "<EOF>", "REMOVE"],
    ["SET a = if_not_exists(a, b + :a)", "+", "b + :a"],
    ["SET a = (:a", "<EOF>", ":a"],
    ["SET a = (:a b)", "b", ":a b)"],
    ["SET between = :n", "between", "SET between ="],
  ])("of %j name the token and its neighbours", (text, token, near) => {
    expect(() => parseUpdate(text, new PlaceholderUse())).toThrow(syntaxError("UpdateExpression", token, near));
  });
});

describe("syntax errors of projections", () => {
  it.each([
    ["a,", "<EOF>", ","],
    ["a,,b", ",", ",,b"],
    ["a b", "b", "a b"],
    ["(a)", "(", "(a"],
    ["a.", "<EOF>", "."],
    ["a[]", "]", "[]"],
    ["*", "*", "*"],
    ["a, :b", ":b", ", :b"],
  ])("of %j name the token and its neighbours", (text, token, near) => {
    expect(() => parseProjection(text, new PlaceholderUse())).toThrow(syntaxError("ProjectionExpression", token, near));
  });
});

describe("the size of expressions", () => {
  it("is at least one character", () => {
    expect(() => condition("")).toThrow("Invalid FilterExpression: The expression can not be empty;");
    expect(() => parseUpdate("", new PlaceholderUse())).toThrow(
      "Invalid UpdateExpression: The expression can not be empty;",
    );
    expect(() => parseProjection("", new PlaceholderUse())).toThrow(
      "Invalid ProjectionExpression: The expression can not be empty;",
    );
  });

  it("is at most 4 KB", () => {
    const text = "attribute_exists(a)";
    expect(condition(text.padEnd(4096))).toBeDefined();
    expect(() => condition(text.padEnd(4097))).toThrow(
      "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
    );
  });
});
