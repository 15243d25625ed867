import type { AttributeValue } from "@hotkeep/attributes";
import { PlaceholderUse, parseCondition, validateCondition } from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const values: Readonly<Record<string, AttributeValue>> = {
  ":s": { S: "1" },
  ":n": { N: "1" },
  ":m2": { N: "2" },
  ":b": { B: "AQI=" },
  ":t": { BOOL: true },
  ":z": { NULL: true },
  ":l": { L: [] },
  ":m": { M: {} },
  ":ss": { SS: ["a"] },
  ":ns": { NS: ["1"] },
  ":bs": { BS: ["AQ=="] },
};
const use = () => new PlaceholderUse({ "#a": "a", "#dot": "x.y" }, values);
const parse = (text: string) => parseCondition(text, "FilterExpression", use());

const operand = (name: string, type: string) =>
  `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;
const distinct = (name: string, path: string) =>
  "The first operand must be distinct from the remaining operands for this operator or function; " +
  `operator: ${name}, first operand: ${path}`;
const misused = (name: string) => `The function is not allowed to be used this way in an expression; function: ${name}`;
const count = (name: string, operands: number) =>
  "Incorrect number of operands for operator or function; " +
  `operator or function: ${name}, number of operands: ${operands}`;
const pathNeeded = (name: string) => `Operator or function requires a document path; operator or function: ${name}`;
const redundant = "The expression has redundant parentheses;";
const undefinedValue = "An expression attribute value used in expression is not defined; attribute value: :q";
const undefinedName = "An expression attribute name used in the document path is not defined; attribute name: #q";
const reserved = (word: string) => `Attribute name is a reserved keyword; reserved keyword: ${word}`;

describe("conditions", () => {
  it("bind NOT before AND before OR, to the left", () => {
    const test = (name: string) => ({ kind: "attribute_exists", path: [name] });
    const text = "NOT attribute_exists(a) AND attribute_exists(b) and attribute_exists(c) or attribute_exists(d)";
    expect(parse(text)).toEqual({
      kind: "or",
      left: {
        kind: "and",
        left: { kind: "and", left: { kind: "not", condition: test("a") }, right: test("b") },
        right: test("c"),
      },
      right: test("d"),
    });
  });

  it("leave no trace of parentheses and white space", () => {
    const plain = parse("a = :n AND (b = :s OR NOT size(c.d[0]) BETWEEN :n AND :m2)");
    expect(parse("((a) = (:n)\r\n)and(\tb=:s or NOT(size((c . d [ 0 ]))between(:n)and :m2))")).toEqual(plain);
  });

  it("resolve placeholders to names with any characters", () => {
    expect(parse("#dot.#a[1] = :n")).toEqual({
      kind: "compare",
      operator: "=",
      left: { kind: "path", path: ["x.y", "a", 1] },
      right: { kind: "value", value: { N: "1" } },
    });
  });

  it("take function names without parentheses, and words that begin like keywords, as attribute names", () => {
    expect(parse("contains = :n AND android = :n AND inn = :n")).toMatchObject({ right: { left: { path: ["inn"] } } });
  });

  it.each([
    ["((a = :n))", redundant],
    ["a = ((:n))", redundant],
    ["((a)) = :n", redundant],
    ["attribute_exists(((a)))", redundant],
    ["((a=:n) )", redundant],
    ["a=:n AND ((b=:n AND c=:n)) AND foo(d)", redundant],
    ["whatever(:n) > a", "Invalid function name; function: whatever"],
    ["SIZE(a) = :n", "Invalid function name; function: SIZE"],
    ["if_not_exists(a, :n) = :n", "The function is not allowed in a condition expression; function: if_not_exists"],
    ["attribute_exists(a) > b", misused("attribute_exists")],
    ["size(contains(a, b)) > a", misused("contains")],
    ["size(a)", misused("size")],
    ["NOT size(a) OR a = :n", misused("size")],
    ["a IN (b, attribute_exists(c))", misused("attribute_exists")],
    ["views = :n AND a = :q", reserved("views")],
    ["a = :q AND x.abOrt = :n", reserved("abOrt")],
    ["foo(a) = views", "Invalid function name; function: foo"],
    ["#q = :n", undefinedName],
    ["a = :q", undefinedValue],
    ["begins_with(a, :n, :q)", undefinedValue],
    ["a = a AND b = :q", distinct("=", "[a]")],
    ["b = :q AND a = a", undefinedValue],
    ["a[2147483648] = :n", "List index is not within the allowable range; index: [2147483648]"],
    [`a${".b".repeat(32)} = :n`, "The document path has too many nesting levels; nesting levels: 33"],
    ["attribute_exists(a, b)", count("attribute_exists", 2)],
    ["contains(a)", count("contains", 1)],
    ["size(a, b) > :n", count("size", 2)],
    ["attribute_exists(:n)", pathNeeded("attribute_exists")],
    ["attribute_not_exists(size(:s))", pathNeeded("attribute_not_exists")],
    ["a = #a", distinct("=", "[a]")],
    ["b.c[1].#a < b.c[1].a", distinct("<", "[b, c, [1], a]")],
    ["a IN (b, a)", distinct("IN", "[a]")],
    ["a BETWEEN :n AND a", distinct("BETWEEN", "[a]")],
    ["contains(a, a)", distinct("contains", "[a]")],
    ["begins_with(a, :n)", operand("begins_with", "N")],
    ["begins_with(:ss, a)", operand("begins_with", "SS")],
    ["begins_with(a, size(b))", operand("begins_with", "N")],
    ["attribute_type(a, :n)", operand("attribute_type", "N")],
    ["attribute_type(a, b)", operand("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")],
    [
      "attribute_type(a, :s)",
      "Invalid attribute type name found; type: 1, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    ],
    ["size(:n) > :q", operand("size", "N")],
    ["size(:t) > :n", operand("size", "BOOL")],
    ["size(:z) > :n", operand("size", "NULL")],
    ["size(size(a)) = :n", operand("size", "N")],
    ["a < :ss", operand("<", "SS")],
    [":t >= a", operand(">=", "BOOL")],
    ["size(a) > :l", operand(">", "L")],
    ["a BETWEEN :m AND :m", operand("BETWEEN", "M")],
    [
      "a BETWEEN :n AND :s",
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: " +
        "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:1}",
    ],
    [
      "a BETWEEN :m2 AND :n",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: " +
        "AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ],
    [
      `a IN (${Array(101).fill(":n").join(",")})`,
      "The IN operator is provided with too many operands; number of operands: 101",
    ],
    [Array(151).fill("a=:n").join(" OR "), "The expression contains too many operators; operator count: 301"],
  ])("like %s are refused", (text, message) => {
    const expected = { code: "ValidationException", message: `Invalid FilterExpression: ${message}` };
    expect(() => parse(text)).toThrow(expect.objectContaining(expected));
  });

  it.each([
    "a IN (:n, :s, :l, :ss)",
    "contains(a, :m)",
    "contains(:t, a)",
    "a = size(:s)",
    "size(a) = size(a)",
    "size(a) = :s",
    ":n < :s",
    "NOT NOT a = :n",
    "a BETWEEN :b AND :b",
    `a IN (${Array(100).fill(":n").join(",")})`,
    Array(150).fill("a=:n").join(" OR "),
    `attribute_exists(a${".b".repeat(31)})`,
  ])("like %s are fine", (text) => {
    expect(() => validateCondition(parse(text), "FilterExpression")).not.toThrow();
  });
});

describe("trees from elsewhere", () => {
  it("are checked like texts", () => {
    const path = { kind: "path", path: ["a"] } as const;
    expect(() =>
      validateCondition({ kind: "compare", operator: "=", left: path, right: path }, "ConditionExpression"),
    ).toThrow(`Invalid ConditionExpression: ${distinct("=", "[a]")}`);
    expect(() =>
      validateCondition({ kind: "attribute_exists", path: ["a", ...Array(32).fill("b")] }, "ConditionExpression"),
    ).toThrow("too many nesting levels; nesting levels: 33");
  });

  it("are refused when 100,000 deep, without a stack overflow", () => {
    let tree: Parameters<typeof validateCondition>[0] = { kind: "attribute_exists", path: ["a"] };
    for (let i = 0; i < 100_000; i++) tree = { kind: "not", condition: tree };
    expect(() => validateCondition(tree, "FilterExpression")).toThrow(
      "Invalid FilterExpression: The expression contains too many operators; operator count: 301",
    );
  });
});

describe("parsed texts", () => {
  it("are kept while in use, and complaints are made again each time", () => {
    expect(parse("a = :n")).toEqual(parse("a = :n"));
    const other = new PlaceholderUse(undefined, { ":n": { S: "other" } });
    expect(parseCondition("a = :n", "FilterExpression", other)).toMatchObject({ right: { value: { S: "other" } } });
    expect(() => parse("a = a")).toThrow();
    expect(() => parse("a = a")).toThrow();
    for (let i = 0; i < 1000; i++) parse(`attribute_exists(x${i})`);
    expect(parse("attribute_exists(x3)")).toEqual({ kind: "attribute_exists", path: ["x3"] });
  });
});
