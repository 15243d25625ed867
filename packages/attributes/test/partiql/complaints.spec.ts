import { type AttributeValue, parsePartiql } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { describe, expect, it } from "vitest";

function complaint(text: string, parameters: readonly AttributeValue[] = []): string {
  try {
    parsePartiql(text, parameters);
  } catch (error) {
    if (error instanceof AwsError && error.code === "ValidationException") return error.message;
    throw error;
  }
  throw new Error(`${text} is no mistake`);
}

const malformed = "Statement wasn't well formed, can't be processed: ";

describe("texts that are no statements", () => {
  const cases: readonly (readonly [string, string])[] = [
    [" ", "Expected data manipulation"],
    ["SLECT * FROM t", "Expected data manipulation"],
    ["CREATE TABLE t", "Expected data manipulation"],
    ["UPDATE my-table SET a = 1", "Expected data manipulation"],
    ["UPDATE t WHERE a = 1", "Expected data manipulation"],
    ["SELECT * FROM t WHERE", "Unexpected term"],
    ["SELECT FROM t", "Unexpected keyword"],
    ["SELECT user FROM t", "Unexpected keyword"],
    ["INSERT INTO t (key) VALUES (?)", "Unexpected keyword"],
    ["SELECT a.user FROM t", "Invalid path dot component"],
    ["SELECT a t", "Expected FROM after SELECT list"],
    ["SELECT * FROM t WHERE a =", "Missing right-hand side expression of infix operator"],
    ["SELECT * FROM t WHERE a = 1 garbage", "Unexpected token after expression"],
    ["SELECT * FROM t; SELECT * FROM t", "Unexpected token after semicolon. (Only one query is allowed.)"],
    [
      "SELECT *, a FROM t",
      "Other expressions may not be present in the select list when '*' is used without dot notation.",
    ],
    ["SELECT l[*] FROM t", "Invalid use of * in select list"],
    ["SELECT * FROM t WHERE (a = 1", "Expected RIGHT_PAREN"],
    ["SELECT * FROM t WHERE a IN [1", "Expected RIGHT_BRACKET"],
    ["SELECT * FROM t WHERE a IS foo", "Expected type name"],
    ["DELETE t WHERE a = 1", "Expected FROM after DELETE"],
    ["SELECT * FROM t WHERE ()", "Expression group cannot be empty"],
    ["SELECT * FROM t WHERE = 1", "Unexpected operator"],
    // What the reader of words finds wrong goes without a reason.
    ['SELECT * FROM "t', ""],
    ["SELECT * FROM t WHERE a = 'x", ""],
    ["SELECT * FROM t WHERE a = 1 /* open", ""],
    ["SELECT * FROM t WHERE a = 1e", ""],
    ["SELECT * FROM t WHERE a = 1x", ""],
    ["SELECT * FROM t WHERE a == 1", ""],
    ["SELECT * FROM t WHERE a = 1e99999999999", ""],
    ["SELECT * FROM #t", ""],
  ];
  it.each(cases)("says of %s: %s", (text, reason) => expect(complaint(text)).toBe(malformed + reason));
});

describe("parts of PartiQL that DynamoDB leaves out", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["SELECT a AS b FROM t", "Aliasing is not supported"],
    ["SELECT x.a FROM t x", "Aliasing is not supported"],
    ["SELECT VALUE a FROM t", "Select projection doesn't support value or pivot keywords"],
    ["SELECT DISTINCT a FROM t", "Unsupported token in expression: DISTINCT"],
    ["SELECT a.* FROM t", "Changing item's hierarchy while reading isn't supported"],
    ["SELECT COUNT(*) FROM t", "Unexpected path component at 1:8:5"],
    ["SELECT\n a + 1 FROM t", "Unexpected path component at 2:4:1"],
    ["SELECT l[?] FROM t", "Unexpected path component at 1:10:1"],
    ["SELECT l[-1] FROM t", "List index is not within the allowable range; index: [-1] at 1:11:1"],
    ["SELECT l[2147483648] FROM t", "List index is not within the allowable range; index: [2147483648] at 1:10:10"],
    ["SELECT a.b, b FROM t", "Duplicate identifiers in select clause: b"],
    [
      "SELECT a, a.b FROM t",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ],
    ["SELECT * FROM t, u", "Only select from a single table or index is supported."],
    ["SELECT * FROM 't'", "Unexpected from source"],
    ['SELECT * FROM "t"."i"."x"', "A path may contain at most 2 components in the FROM clause"],
    ['SELECT * FROM "t".""', "Path component cannot be an empty string"],
    ["SELECT * FROM t GROUP BY a", "Unsupported clause: GROUP BY"],
    ["SELECT * FROM t LIMIT 2", "Unsupported clause: LIMIT at 1:23:1"],
    ["SELECT * FROM t WHERE a = 1 ORDER BY b.c", "Argument to ORDER BY must be of type VariableReference. Type: PATH"],
    ["INSERT INTO t << {} >>", "Unsupported operation: InsertOp"],
    ["INSERT INTO t.i VALUE {}", "FROM clause may only contain a single table name in data manipulation statements"],
    ["INSERT INTO t VALUE {} RETURNING ALL OLD *", "RETURNING is not supported in INSERT"],
    ['UPDATE "t"."i" SET a = 1', "This operation is not supported on an index"],
    ["DELETE FROM t.i", "This operation is not supported on an index"],
    [
      "DELETE FROM t RETURNING MODIFIED NEW *",
      "Invalid returning clause: RETURNING MODIFIED NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    ],
    [
      "UPDATE t SET a = 1 RETURNING ALL NEW a",
      "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
    ],
    [
      "UPDATE t SET a = 1 RETURNING ALL NEW *, ALL OLD *",
      "Invalid syntax with multiple returning elements in RETURNING clause",
    ],
    ["EXISTS(DELETE FROM t)", "Unsupported operation in transaction."],
  ];
  it.each(cases)("says of %s: %s", (text, message) => expect(complaint(text)).toBe(message));
});

describe("values that cannot be stored", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["<<>>", "Empty bags are not supported at 1:26:2"],
    ["<<1, 'a'>>", "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"],
    ["<<true>>", "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags at 1:28:4"],
    ["<<'b', 'b'>>", "One or more parameter values were invalid: Input collection [b, b] contains duplicates."],
    [
      "<<2, 2.0>>",
      "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under root",
    ],
    ["MISSING", "Unsupported data type: MISSING under key root at 1:26:7"],
    ["1 + 1", "Unsupported data type: + under key root at 1:28:1"],
    ["n", "Unsupported data type: n under key root at 1:26:1"],
    ["[n]", "Unsupported data type: VariableReference under key root[0] at 1:27:1"],
    ["{'k': ?}", "Unsupported data type: Parameter under key root.k at 1:32:1"],
    ["{k: 1}", "Tuple keys must be of type String. Actual type: VariableReference under root at 1:27:1"],
    ["{'a': 1, 'a': 2}", "Duplicate keys in tuple. Key: a under root at 1:35:3"],
    ["{'': 1}", "Path component cannot be an empty string"],
    ["`1`", "Ion Literals are not supported under key root at 1:26:3"],
    ["1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["1e-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"],
    ["1".repeat(39), "DynamoDB only supports precision up to 38 digits"],
    [
      `${"{'a':".repeat(32)}1${"}".repeat(32)}`,
      `Nesting Levels have exceeded supported limits under root${".a".repeat(32)}`,
    ],
    [
      `${"[".repeat(32)}1${"]".repeat(32)}`,
      `Nesting Levels have exceeded supported limits under root${"[0]".repeat(32)}`,
    ],
  ];
  it.each(cases)("refuses %s", (literal, message) => {
    expect(complaint(`INSERT INTO t VALUE {'v':${literal}}`)).toBe(message);
  });

  it("takes values of 31 levels", () => {
    expect(parsePartiql(`INSERT INTO t VALUE {'v':${"[".repeat(31)}1${"]".repeat(31)}}`).kind).toBe("insert");
  });

  it("wants a tuple to insert", () => {
    const message =
      "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement. at 1:21:1";
    expect(complaint("INSERT INTO t VALUE ?", [{ M: {} }])).toBe(message);
  });
});

describe("conditions and updates that make no sense", () => {
  const operand = (name: string, type: string) =>
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;
  const boolean = "WHERE clause must contain an expression that resolves to a boolean";
  const membership =
    "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member";
  const clauses: readonly (readonly [string, string])[] = [
    ["a", boolean],
    ["true", boolean],
    ["size(a)", boolean],
    ["a = MISSING", "MISSING must be compared using IS operator"],
    ["a LIKE 'x%'", "Unsupported operator in Condition Expression. Operator: like"],
    ["a = 1 + 1", "Unsupported operator in Condition Expression. Operator: +"],
    ["a = -?", "Unsupported operator in Condition Expression. Operator: -"],
    ["a || 'x' = 'y'", "Unsupported operator in Condition Expression. Operator: ||"],
    ["foo(a)", "Unrecognized function: foo"],
    ["count(a) = 1", "Unsupported token in expression: count at 1:23:5"],
    ["EXISTS(SELECT * FROM u)", "Unsupported token in expression: SELECT at 1:30:6"],
    [
      "begins_with(a)",
      "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
    ],
    ["attribute_exists('a')", "Operator or function requires a document path; operator or function: attribute_exists"],
    ["begins_with(a, 1)", operand("begins_with", "N")],
    ["attribute_type(a, 1)", operand("attribute_type", "N")],
    ["a < true", operand("<", "BOOL")],
    ["attribute_exists(a) > false", operand(">", "BOOL")],
    ["a BETWEEN NULL AND NULL", operand("BETWEEN", "NULL")],
    ["a IN 1", membership],
    ["a IN []", membership],
    [
      "a IS BAG",
      "Unsupported data type for IS operator: BAG. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:25:2",
    ],
    [
      "a = a",
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
    ],
    [
      "a BETWEEN 'z' AND 'a'",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {S:z}, upper bound operand: AttributeValue: {S:a}",
    ],
    [
      `a IN [${Array(101).fill(1).join()}]`,
      "The IN operator is provided with too many operands; number of operands: 101",
    ],
    ["a = ?", "Number of parameters in request and statement don't match."],
    [`a=1${" OR a=1".repeat(300)}`, "The expression contains too many operators; operator count: 301"],
    [`${"NOT ".repeat(301)}a=1`, "The expression contains too many operators; operator count: 301"],
  ];
  it.each(clauses)("says of WHERE %s: %s", (clause, message) => {
    expect(complaint(`SELECT * FROM t WHERE ${clause}`)).toBe(message);
  });

  const actions: readonly (readonly [string, string])[] = [
    ["SET a = 'x' + 1", operand("+", "S")],
    ["SET a = a - NULL", operand("-", "NULL")],
    ["SET a = list_append(a, 1)", operand("list_append", "N")],
    ["SET a = a * 2", "Unsupported operator in Update Expression. Operator: *"],
    [
      "SET a = -a",
      "Incorrect number of operands for operator or function; operator or function: -, number of operands: 1",
    ],
    ["SET a = size(a)", "The function is not allowed in an update expression; function: size"],
    ["SET a = foo(a)", "Unrecognized function: foo"],
    ["SET a = MISSING", "MISSING must be compared using IS operator"],
    ["SET a = set_add(a)", "SET_ADD must have exactly two arguments at 1:18:7"],
    ["SET a = set_add(b, <<1>>)", "The first argument to SET_ADD must equal the assignment value"],
    ["SET abc = set_delete(abc, [1])", "The second argument to SET_DELETE must be a value with type SET at 1:31:3"],
    [
      "SET a = 1 REMOVE a.b",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ],
    [`SET a = 1${"+1".repeat(400)}`, "The expression contains too many operators; operator count: 301"],
  ];
  it.each(actions)("says of UPDATE t %s: %s", (clause, message) => {
    expect(complaint(`UPDATE t ${clause} WHERE k = 1`)).toBe(message);
  });
});

describe("limits of statements", () => {
  it("refuses texts of more than 8192 characters", () => {
    const message = "Member must have length less than or equal to 8192";
    expect(complaint(`SELECT * FROM t${" ".repeat(8192)}`)).toBe(message);
  });

  it.each([
    ["parentheses", (levels: number) => `SELECT * FROM t WHERE ${"(".repeat(levels)}a=1${")".repeat(levels)}`],
    ["signs", (levels: number) => `SELECT * FROM t WHERE a=${"- ".repeat(levels)}1`],
    ["lists", (levels: number) => `INSERT INTO t VALUE {'a':${"[".repeat(levels)}`],
    ["brackets", (levels: number) => `SELECT ${"a[".repeat(levels)} FROM t`],
  ])("bounds the depth of %s instead of exhausting the stack", (_, text) => {
    expect(complaint(text(3000))).toBe(`${malformed}Expressions are nested too deeply`);
  });
});
