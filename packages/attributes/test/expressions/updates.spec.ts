import type { AttributeValue } from "@hotkeep/attributes";
import {
  checkUpdateKeys,
  PlaceholderUse,
  parseProjection,
  parseUpdate,
  validateProjection,
  validateUpdate,
} from "@hotkeep/attributes";
import { describe, expect, it } from "vitest";

const values: Readonly<Record<string, AttributeValue>> = {
  ":s": { S: "a" },
  ":n": { N: "1" },
  ":b": { B: "YQ==" },
  ":t": { BOOL: true },
  ":z": { NULL: true },
  ":l": { L: [] },
  ":m": { M: {} },
  ":ss": { SS: ["a"] },
};
const use = () => new PlaceholderUse({ "#a": "a", "#c": "c", "#d": "[3]" }, values);
const parse = (text: string) => parseUpdate(text, use());

const overlap = (one: string, two: string) =>
  "Two document paths overlap with each other; must remove or rewrite one of these paths; " +
  `path one: ${one}, path two: ${two}`;
const conflict = (one: string, two: string) => overlap(one, two).replace("overlap", "conflict");
const type = (name: string, found: string) =>
  `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${found}`;
const actionType = (name: string, found: string) =>
  `Incorrect operand type for operator or function; operator: ${name}, operand type: ${found}, ` +
  `typeSet: ALLOWED_FOR_${name}_OPERAND`;
const misused = (name: string) => `The function is not allowed to be used this way in an expression; function: ${name}`;

describe("updates", () => {
  it("are actions in the order of the text", () => {
    expect(
      parse("REMOVE x, y[1] SET a = a + :n, b = list_append(if_not_exists(b, :l), :l) add n :n delete s :ss"),
    ).toEqual([
      { kind: "remove", path: ["x"] },
      { kind: "remove", path: ["y", 1] },
      {
        kind: "set",
        path: ["a"],
        value: { kind: "+", left: { kind: "path", path: ["a"] }, right: { kind: "value", value: { N: "1" } } },
      },
      {
        kind: "set",
        path: ["b"],
        value: {
          kind: "list_append",
          left: { kind: "if_not_exists", path: ["b"], otherwise: { kind: "value", value: { L: [] } } },
          right: { kind: "value", value: { L: [] } },
        },
      },
      { kind: "add", path: ["n"], value: { N: "1" } },
      { kind: "delete", path: ["s"], value: { SS: ["a"] } },
    ]);
  });

  it("leave no trace of parentheses", () => {
    expect(parse("SET x = ((b.c.d) + (e))")).toEqual(parse("SET x = b.c.d + e"));
    expect(parse("SET x = (if_not_exists((x), (:n)))")).toEqual(parse("SET x = if_not_exists(x, :n)"));
  });

  it.each([
    ["SET a = ((:n))", "The expression has redundant parentheses;"],
    ["SET a = ((b)) + :n", "The expression has redundant parentheses;"],
    ["SET #c = :n SET abOrt = b", "Attribute name is a reserved keyword; reserved keyword: abOrt"],
    ["REMOVE Absolute", "Attribute name is a reserved keyword; reserved keyword: Absolute"],
    ["SET a = foo(:q) SET c = d", "Invalid function name; function: foo"],
    ["SET a = IF_NOT_EXISTS(a, :n)", "Invalid function name; function: IF_NOT_EXISTS"],
    ["SET a = size(b)", "The function is not allowed in an update expression; function: size"],
    ["SET a = list_append(a, list_append(a, :l))", misused("list_append")],
    ["SET a = list_append(:l, :l) + :n", misused("list_append")],
    ["SET a = if_not_exists(a, list_append(a, :l))", misused("list_append")],
    ["SET a = #q SET c = :q", 'The "SET" section can only be used once in an update expression;'],
    ["delete #q :q set a = b delete e :f", 'The "DELETE" section can only be used once in an update expression;'],
    ["SET a = :q, a = #q", "An expression attribute name used in the document path is not defined; attribute name: #q"],
    ["SET a = :q, a = :n", overlap("[a]", "[a]")],
    [
      "SET #a = if_not_exists(:q)",
      "An expression attribute value used in expression is not defined; attribute value: :q",
    ],
    ["SET a.b = :n, a = :n", overlap("[a, b]", "[a]")],
    ["SET a = :n REMOVE a.b", overlap("[a]", "[a, b]")],
    ["SET d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)", overlap("[c, [1], a]", "[c]")],
    ["SET #c[3].#d = a, #c[3] = a", overlap("[c, [3], [3]]", "[c, [3]]")],
    ["SET #c[3].#d = a, #c.#d[3] = if_not_exists(a)", conflict("[c, [3], [3]]", "[c, [3], [3]]")],
    ["REMOVE a.#c SET a[1] = #d", conflict("[a, c]", "[a, [1]]")],
    ["SET b = list_append(:s, a), c = if_not_exists(a) ADD a.b :s", actionType("ADD", "STRING")],
    ["ADD a :l", actionType("ADD", "LIST")],
    ["ADD a :t", actionType("ADD", "BOOLEAN")],
    ["DELETE a :n", actionType("DELETE", "NUMBER")],
    ["DELETE a :b", actionType("DELETE", "BINARY")],
    ["DELETE a :m", actionType("DELETE", "MAP")],
    ["DELETE a :z", actionType("DELETE", "NULL")],
    [
      "SET a = if_not_exists(c)",
      "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
    ],
    [
      "SET a = list_append(a, :l, :l)",
      "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 3",
    ],
    [
      "SET a = if_not_exists(:n, c)",
      "Operator or function requires a document path; operator or function: if_not_exists",
    ],
    [
      "SET a = if_not_exists(c, c)",
      "The first operand must be distinct from the remaining operands for this operator or function; operator: if_not_exists, first operand: [c]",
    ],
    ["SET a = list_append(:s, a)", type("list_append", "S")],
    ["SET a = list_append(a, :ss)", type("list_append", "SS")],
    ["SET a = a + :s", type("+", "S")],
    ["SET a = :l - a", type("-", "L")],
    ["SET a[99999999999] = :n", "List index is not within the allowable range; index: [99999999999]"],
    [`REMOVE a${"[0]".repeat(32)}`, "The document path has too many nesting levels; nesting levels: 33"],
  ])("like %s are refused", (text, message) => {
    const expected = { code: "ValidationException", message: `Invalid UpdateExpression: ${message}` };
    expect(() => parse(text)).toThrow(expect.objectContaining(expected));
  });

  it.each([
    "SET a[0] = :n, a[1] = :n, b.c = :n, b.d = :n",
    "SET a = if_not_exists(a, if_not_exists(b, :n))",
    "SET a = if_not_exists(a, :n) + if_not_exists(b, :n)",
    "SET a = if_not_exists(a, :s) + :n",
    `REMOVE ${Array.from({ length: 1000 }, (_, i) => `a${i % 10}[${i}]`)
      .join(",")
      .slice(0, 4000)
      .replace(/,[^,]*$/, "")}`,
  ])("like %s are fine", (text) => {
    expect(() => validateUpdate(parse(text))).not.toThrow();
  });

  it("must not touch the key", () => {
    const schema = { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "N" } } as const;
    const message = (name: string) =>
      `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`;
    expect(() => checkUpdateKeys(parse("SET sk = :n, pk.a = :n"), schema)).toThrow(message("pk"));
    expect(() => checkUpdateKeys(parse("REMOVE sk"), schema)).toThrow(message("sk"));
    expect(() => checkUpdateKeys(parse("SET a = pk, b.pk = sk"), schema)).not.toThrow();
  });
});

describe("update trees from elsewhere", () => {
  const value = { kind: "value", value: { N: "1" } } as const;

  it("are checked like texts", () => {
    expect(() => validateUpdate([{ kind: "add", path: ["a"], value: { S: "x" } }])).toThrow(
      actionType("ADD", "STRING"),
    );
    expect(() =>
      validateUpdate([
        { kind: "remove", path: ["a"] },
        { kind: "set", path: ["a", 1], value },
      ]),
    ).toThrow(overlap("[a]", "[a, [1]]"));
    const sum = { kind: "+", left: value, right: value } as const;
    expect(() => validateUpdate([{ kind: "set", path: ["a"], value: { kind: "+", left: sum, right: value } }])).toThrow(
      misused("+"),
    );
    expect(() =>
      validateUpdate([{ kind: "set", path: ["a"], value: { kind: "if_not_exists", path: ["b"], otherwise: sum } }]),
    ).toThrow(misused("+"));
  });

  it("are refused when 100,000 deep, without a stack overflow", () => {
    let deep: Parameters<typeof validateUpdate>[0][number] & { kind: "set" } = { kind: "set", path: ["a"], value };
    for (let i = 0; i < 100_000; i++) {
      deep = { ...deep, value: { kind: "if_not_exists", path: ["a"], otherwise: deep.value } };
    }
    expect(() => validateUpdate([deep])).toThrow("The expression contains too many operators; operator count: 301");
  });
});

describe("projections", () => {
  it("are paths", () => {
    expect(parseProjection("a, #c.b[0], b[0][1]", use())).toEqual([["a"], ["c", "b", 0], ["b", 0, 1]]);
  });

  it.each([
    ["a, #a", overlap("[a]", "[a]")],
    ["a.b, a", overlap("[a, b]", "[a]")],
    ["a[0], a.b", conflict("[a, [0]]", "[a, b]")],
    ["x.size", "Attribute name is a reserved keyword; reserved keyword: size"],
    ["#q", "An expression attribute name used in the document path is not defined; attribute name: #q"],
  ])("like %s are refused", (text, message) => {
    expect(() => parseProjection(text, use())).toThrow(`Invalid ProjectionExpression: ${message}`);
  });

  it("from elsewhere are checked like texts", () => {
    expect(() => validateProjection([["a"], ["a", "b"]])).toThrow(overlap("[a]", "[a, b]"));
    expect(() => validateProjection([["a", ...Array(32).fill(0)]])).toThrow("nesting levels: 33");
    expect(() =>
      validateProjection([
        ["a", 0],
        ["a", 1],
      ]),
    ).not.toThrow();
  });
});
