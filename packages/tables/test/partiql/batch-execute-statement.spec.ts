import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failure, StatementClient } from "./statement-client.js";

describe("BatchExecuteStatement through the official client", () => {
  let db: StatementClient;
  beforeEach(async () => {
    db = await StatementClient.open();
  });
  afterEach(() => db.close());

  const x = "SELECT * FROM Things WHERE id='x'";

  it("reads items by their keys, in the order of the statements", async () => {
    const { Responses, ConsumedCapacity } = await db.batch(
      { Statement: "SELECT t FROM Music WHERE pk=? AND sk=?", Parameters: [{ S: "a" }, { N: "2" }] },
      "SELECT * FROM Things WHERE id='nobody'",
      { Statement: x, ConsistentRead: true },
      "SELECT t FROM Music WHERE pk IN ['a'] AND sk IN [3]",
    );
    expect(Responses).toEqual([
      { TableName: "Music", Item: { t: { S: "title2" } } },
      { TableName: "Things" },
      { TableName: "Things", Item: { id: { S: "x" }, n: { N: "1" } } },
      { TableName: "Music", Item: { t: { S: "title3" } } },
    ]);
    expect(ConsumedCapacity).toEqual([
      { TableName: "Music", CapacityUnits: 1 },
      { TableName: "Things", CapacityUnits: 1.5 },
    ]);
  });

  it("fails statement by statement and carries the others out", async () => {
    const { Responses } = await db.batch(
      "INSERT INTO Things VALUE {'id':'x'}",
      "INSERT INTO Things VALUE {'id':'new'}",
      "UPDATE Things SET n=2 WHERE id='y' RETURNING ALL NEW *",
      "UPDATE Things SET n=2 WHERE id='nobody'",
      {
        Statement: "DELETE FROM Music WHERE pk='a' AND sk=1 AND sk=1 AND t='no'",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
      "DELETE FROM Things WHERE id='none' RETURNING ALL OLD *",
      "UPDATE Things SET id='z' WHERE id='key'",
      "UPDATE Things SET n=1 WHERE n=1",
      "INSERT INTO Nope VALUE {'id':'x'}",
      "SLECT",
      "EXISTS(SELECT * FROM Things WHERE id='x')",
      { Statement: "DELETE FROM Things WHERE id=?", Parameters: [{ SS: ["a", "a"] }] },
    );
    const shown = Responses?.map(({ Error: error, Item, TableName }) => {
      return `${TableName ?? "-"} ${error === undefined ? "done" : `${error.Code}: ${error.Message}`} ${Item?.n?.N ?? ""}`.trim();
    });
    expect(shown).toEqual([
      "Things DuplicateItem: Duplicate primary key exists in table",
      "Things done",
      "Things done 2",
      "Things ConditionalCheckFailed: The conditional request failed",
      "Music ConditionalCheckFailed: The conditional request failed",
      "Things done",
      "Things ValidationError: One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
      "- ValidationError: Where clause does not contain a mandatory equality on all key attributes",
      "- ResourceNotFound: Requested resource not found",
      "- ValidationError: Statement wasn't well formed, can't be processed: Expected data manipulation",
      "- ValidationError: EXISTS can only be used in ExecuteTransaction write requests.",
      "- ValidationError: One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
    ]);
    expect(Responses?.[4]?.Error?.Item?.t).toEqual({ S: "title1" });
    expect(await db.items("SELECT id FROM Things WHERE id='new'")).toEqual(["new"]);
  });

  it("reads only whole keys, and nothing beside them", async () => {
    const { Responses } = await db.batch(
      "SELECT * FROM Things",
      "SELECT * FROM Music WHERE pk='a'",
      "SELECT * FROM Music WHERE pk='a' AND sk=1 AND t='title1'",
      "SELECT * FROM Music WHERE pk='a' AND sk=1 AND pk='b'",
      "SELECT * FROM Music.gsi WHERE g='odd' AND h=1",
      "SELECT * FROM Things WHERE id=1",
      x,
    );
    const key = "Select statements within BatchExecuteStatement must specify the primary key in the where clause.";
    expect(Responses?.map(({ Error: error }) => error?.Message)).toEqual([
      key,
      key,
      key,
      key,
      key,
      "Key attribute's data type should match its data type in table's schema: Key id",
      undefined,
    ]);
  });

  it("fails as a whole when statements do not go together", async () => {
    expect(await failure(db.batch(x, "DELETE FROM Things WHERE id='y'"))).toBe(
      "ValidationException: Read and write requests together in the same batch is not supported.",
    );
    const twice = "ValidationException: Provided list of item keys contains duplicates";
    expect(await failure(db.batch(x, x))).toBe(twice);
    const same = ["UPDATE Things SET n=3 WHERE id='x'", "DELETE FROM Things WHERE id='x'"];
    expect(await failure(db.batch(...same))).toBe(twice);
    expect(await db.items("SELECT n FROM Things WHERE id='x'")).toEqual(["1"]);
    expect(await failure(db.batch(...Array<string>(26).fill(x)))).toContain(
      "Member must have length less than or equal to 25",
    );
    expect(await failure(db.batch())).toContain("Member must have length greater than or equal to 1");
  });
});
