import type { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed, failure, StatementClient } from "./statement-client.js";

describe("ExecuteTransaction through the official client", () => {
  let db: StatementClient;
  beforeEach(async () => {
    db = await StatementClient.open();
  });
  afterEach(() => db.close());

  const x = "SELECT * FROM Things WHERE id='x'";
  const insert = (id: string) => `INSERT INTO Things VALUE {'id':'${id}'}`;
  const things = async () => (await db.items("SELECT id, n FROM Things")).toSorted();

  async function reasons(...statements: Parameters<StatementClient["transact"]>[0]) {
    const error = (await failed(db.transact(statements))) as TransactionCanceledException;
    expect(error.name).toBe("TransactionCanceledException");
    expect(await things()).toEqual(["x1", "y1"]);
    return error.CancellationReasons?.map(({ Code, Message }) =>
      Message === undefined ? Code : `${Code}: ${Message}`,
    );
  }

  it("reads items as they were at one moment, for twice the price", async () => {
    const { Responses, ConsumedCapacity } = await db.transact([
      x,
      "SELECT t FROM Music WHERE pk='a' AND sk=2",
      "SELECT * FROM Things WHERE id IN ['nobody']",
    ]);
    expect(Responses).toEqual([{ Item: { id: { S: "x" }, n: { N: "1" } } }, { Item: { t: { S: "title2" } } }, {}]);
    expect(ConsumedCapacity).toEqual([
      { TableName: "Things", CapacityUnits: 4, ReadCapacityUnits: 4 },
      { TableName: "Music", CapacityUnits: 2, ReadCapacityUnits: 2 },
    ]);
  });

  it("writes all or nothing", async () => {
    const { Responses } = await db.transact([
      "EXISTS(SELECT * FROM Music WHERE pk='a' AND sk=1 AND t='title1')",
      insert("z"),
      { Statement: "UPDATE Things SET n=n+? WHERE id=?", Parameters: [{ N: "5" }, { S: "x" }] },
      "DELETE FROM Things WHERE id='y' AND n=1",
    ]);
    expect(Responses).toEqual([]);
    expect(await things()).toEqual(["x6", "z"]);
  });

  it("gives a reason for each statement that stands in the way", async () => {
    const unmet = "ConditionalCheckFailed: The conditional request failed";
    expect(
      await reasons(
        insert("x"),
        insert("new"),
        "UPDATE Things SET n=1 WHERE id='nobody'",
        "DELETE FROM Things WHERE id='y' AND n=2",
        "EXISTS(SELECT * FROM Music WHERE pk='a' AND sk=1 AND t='no')",
        "EXISTS(SELECT * FROM Music WHERE pk='z' AND sk=1 AND t IS MISSING)",
        "EXISTS(SELECT * FROM Music WHERE pk='b' AND sk=1 AND pk='a' AND t='other')",
      ),
    ).toEqual(["DuplicateItem: Duplicate primary key exists in table", "None", unmet, unmet, unmet, unmet, unmet]);
    const mismatch = "ValidationError: The provided key element does not match the schema";
    expect(
      await reasons(
        "UPDATE Music SET q=1 WHERE pk='a'",
        "UPDATE Things SET n=1 WHERE id IN ['x']",
        "DELETE FROM Things WHERE id='x' AND id='y'",
        "DELETE FROM Things WHERE id=1",
        "INSERT INTO Music VALUE {'pk':'a'}",
        insert("new"),
      ),
    ).toEqual([
      mismatch,
      mismatch,
      mismatch,
      mismatch,
      "ValidationError: One or more parameter values were invalid: Missing the key sk in the item",
      "None",
    ]);
    expect(await reasons(x, "SELECT * FROM Things WHERE id=1")).toEqual(["None", mismatch]);
    expect(await reasons("DELETE FROM Nope WHERE id='x' RETURNING ALL OLD *", insert("new"))).toEqual([
      "ResourceNotFound: Requested resource not found",
      "None",
    ]);
    expect(await reasons("UPDATE Things SET q=q+1 WHERE id='x'", insert("new"))).toEqual([
      "ValidationError: The provided expression refers to an attribute that does not exist in the item",
      "None",
    ]);
  });

  it("shows the item of a failed condition when asked to", async () => {
    const error = (await failed(
      db.transact([
        { Statement: "DELETE FROM Things WHERE id='x' AND n=9", ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
      ]),
    )) as TransactionCanceledException;
    expect(error.CancellationReasons?.[0]?.Item).toEqual({ id: { S: "x" }, n: { N: "1" } });
  });

  const prefix = "ValidationException: Validation failed in TransactStatements[1]: ";
  const key = "Select statements within ExecuteTransaction must specify the primary key in the where clause.";
  const exists = "EXISTS() must contain a single item read with additional condition";
  const other = insert("other");
  const failures: readonly (readonly [string, string, string])[] = [
    [x, "SELECT * FROM Music WHERE pk='a'", prefix + key],
    [x, "SELECT * FROM Music WHERE pk='a' AND sk=1 AND t='x'", prefix + key],
    [x, "SELECT * FROM Music.gsi WHERE g='odd'", `${prefix}Reads on indices are not supported within transactions.`],
    [
      x,
      "SELECT * FROM Things WHERE id IN ['x','x']",
      `${prefix}Overlapping conditions with range keys are not supported in where clause`,
    ],
    [other, "EXISTS(SELECT * FROM Things WHERE id='x')", prefix + exists],
    [other, "EXISTS(SELECT * FROM Things WHERE id IN ['x'] AND n=1)", prefix + exists],
    [other, "EXISTS(SELECT * FROM Things WHERE n=1)", prefix + exists],
    [
      other,
      "UPDATE Things SET n=1 WHERE id='x' RETURNING ALL NEW *",
      `${prefix}RETURNING clause is not supported in ExecuteTransaction.`,
    ],
    [other, "DELETE FROM Things WHERE id=?", `${prefix}Number of parameters in request and statement don't match.`],
    [
      x,
      "DELETE FROM Things WHERE id='y'",
      "ValidationException: ExecuteTransaction API does not support both read and write operations in the same request.",
    ],
    [
      x,
      "EXISTS(SELECT * FROM Things WHERE id='y' AND n=1)",
      "ValidationException: ExecuteTransaction API does not support both read and write operations in the same request.",
    ],
    [x, x, "ValidationException: Transaction request cannot include multiple operations on one item"],
    [other, other, "ValidationException: Transaction request cannot include multiple operations on one item"],
  ];
  it.each(failures)("refuses %s with %s", async (first, second, message) => {
    expect(await failure(db.transact([first, second]))).toBe(message);
    expect(await things()).toEqual(["x1", "y1"]);
  });

  it("refuses bad parameters before it reads any statement", async () => {
    const bad = { Statement: x, Parameters: [{ SS: ["a", "a"] }] };
    expect(await failure(db.transact(["SELECT", bad]))).toBe(
      "ValidationException: One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
    );
  });

  it("takes one to a hundred statements", async () => {
    const inserts = Array.from({ length: 101 }, (_, index) => insert(`i${index}`));
    expect(await failure(db.transact([]))).toContain("Member must have length greater than or equal to 1");
    expect(await failure(db.transact(inserts))).toContain("Member must have length less than or equal to 100");
    await db.transact(inserts.slice(1));
    expect(await things()).toHaveLength(102);
  });

  it("writes once for one token, and only for the same request", async () => {
    const add = (n: number) => [`UPDATE Things SET n=n+${n} WHERE id='x'`];
    const first = await db.transact(add(1), "token");
    const repeated = await db.transact(add(1), "token");
    expect(first.ConsumedCapacity).toEqual([{ TableName: "Things", CapacityUnits: 2, WriteCapacityUnits: 2 }]);
    expect(repeated.ConsumedCapacity).toEqual([{ TableName: "Things", CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    expect(await things()).toEqual(["x2", "y1"]);
    expect(await failure(db.transact(add(2), "token"))).toContain("IdempotentParameterMismatchException");
  });
});
