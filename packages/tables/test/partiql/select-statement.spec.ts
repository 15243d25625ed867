import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, StatementClient } from "./statement-client.js";

describe("SELECT through the official client", () => {
  let db: StatementClient;
  beforeAll(async () => {
    db = await StatementClient.open();
  });
  afterAll(() => db.close());

  const all = ["a1", "a2", "a3", "a4", "a5"];
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["SELECT pk, sk FROM Music WHERE pk='a'", all],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk=3", ["a3"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk=9", []],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk BETWEEN 2 AND 3", ["a2", "a3"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk>1 AND sk<=3", ["a2", "a3"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk IN [4, 2]", ["a4", "a2"]],
    ["SELECT pk, sk FROM Music WHERE pk IN ['b', 'a'] AND sk=1", ["b1", "a1"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' OR pk='b'", [...all, "b1"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' ORDER BY sk DESC", all.toReversed()],
    ["SELECT pk, sk FROM Music WHERE pk IN ['a','b'] ORDER BY pk DESC, sk", ["b1", ...all]],
    ["SELECT pk, sk FROM Music WHERE pk IN ['a','b'] ORDER BY sk DESC", [...all.toReversed(), "b1"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk IN [2,5,1] ORDER BY sk", ["a1", "a2", "a5"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND NOT sk=1 AND t<>'title2' AND h<7", ["a4", "a5"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND (t='title1' OR t='title4')", ["a1", "a4"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND contains(tags, 'p') AND size(t)=6 AND m.n IN [1, 5]", ["a1", "a5"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk=m.n AND l[1]='x' AND m['k']='v' AND sk<2", ["a1"]],
    ["SELECT pk, sk FROM Music WHERE g IS MISSING", ["b1"]],
    ["SELECT pk, sk FROM Music WHERE pk IN ['a','b'] AND none IS NULL AND sk=1", ["a1"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND none IS NOT NULL", []],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND sk=1 AND none=NULL AND tags=<<'q','p'>> AND l=[1,'x']", ["a1"]],
    ["SELECT pk, sk FROM Music WHERE pk='a' AND (attribute_exists(nope)=false) AND sk=2", ["a2"]],
    ["SELECT pk, sk FROM Music WHERE begins_with(t, 'oth')", ["b1"]],
    ["SELECT m.k, l[0] FROM Music WHERE pk='a' AND sk=1", ["v1"]],
    ["SELECT nope FROM Music WHERE pk='a' AND sk=1", [""]],
    ["SELECT pk, sk FROM Music.gsi WHERE g='odd'", ["a5", "a3", "a1"]],
    ['SELECT pk, sk FROM "Music"."gsi" WHERE g=\'odd\' AND h>5 ORDER BY h DESC', ["a1", "a3"]],
    ['SELECT pk, sk FROM "Music"."lsi" WHERE pk=\'a\' AND h<7', ["a5", "a4"]],
    ["SELECT t FROM Music.lsi WHERE pk='a' AND h=9", ["title1"]],
    // Of several reads of an index, one that filters on what it shows is enough.
    ["SELECT pk, sk FROM Music.gsi WHERE (g='odd' AND m=1) OR (g='even' AND h>6)", ["a2"]],
    ["SELECT pk FROM Music.gsi WHERE g='odd' AND (g='even' OR m=1)", []],
    // A scan of an index filters what the index shows.
    ["SELECT pk, sk FROM Music.gsi WHERE none=NULL", []],
  ];
  it.each(cases)("answers %s", async (statement, items) => {
    expect(await db.items(statement)).toEqual(items);
  });

  it("shows whole items, and what an index has of them", async () => {
    const { Items } = await db.run("SELECT * FROM Music WHERE pk='b'");
    expect(Items).toEqual([{ pk: { S: "b" }, sk: { N: "1" }, t: { S: "other" } }]);
    const lsi = await db.run("SELECT * FROM Music.lsi WHERE pk='a' AND h=9");
    expect(lsi.Items).toEqual([{ pk: { S: "a" }, sk: { N: "1" }, h: { N: "9" } }]);
  });

  it("reads all items of a table without a clause", async () => {
    expect((await db.items("SELECT id FROM Things")).toSorted()).toEqual(["x", "y"]);
  });

  it("takes parameters", async () => {
    const parameters = [{ S: "a" }, { N: "2" }, { N: "3" }];
    expect(await db.items("SELECT sk FROM Music WHERE pk=? AND sk IN [?, ?]", parameters)).toEqual(["2", "3"]);
  });

  const type = "Key attribute's data type should match its data type in table's schema: Key";
  const failures: readonly (readonly [string, string])[] = [
    ["SELECT * FROM Nope", "ResourceNotFoundException: Requested resource not found"],
    ["SELECT * FROM Music.nope", "ValidationException: The table does not have the specified index"],
    ["SELECT * FROM Music WHERE pk=1", `ValidationException: ${type} pk`],
    ["SELECT * FROM Music WHERE pk='a' AND sk IN [1,'x']", `ValidationException: ${type} sk`],
    [
      "SELECT * FROM Music ORDER BY sk",
      "ValidationException: Must have WHERE clause in the statement when using ORDER BY clause.",
    ],
    [
      "SELECT * FROM Music WHERE sk=1 ORDER BY sk",
      "ValidationException: Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    ],
    [
      "SELECT * FROM Music WHERE pk='a' ORDER BY t",
      "ValidationException: Variable reference t in ORDER BY clause must be part of the primary key",
    ],
    [
      "SELECT m FROM Music.gsi WHERE g='odd'",
      "ValidationException: One or more parameter values were invalid: Global secondary index gsi does not project [m]",
    ],
    [
      "SELECT pk FROM Music.gsi WHERE g='odd' AND m=1",
      "ValidationException: One or more parameter values were invalid: Secondary index gsi does not project one or more filter attributes: [m]",
    ],
    [
      "SELECT pk FROM Music.gsi WHERE (g='b' AND u1=1) OR (g='q' AND u2=1)",
      "ValidationException: One or more parameter values were invalid: Secondary index gsi does not project one or more filter attributes: [u2]",
    ],
    [
      "SELECT pk FROM Music.lsi WHERE pk='a' AND t='x'",
      "ValidationException: One or more parameter values were invalid: Secondary index lsi does not project one or more filter attributes: [t]",
    ],
    [
      "SELECT * FROM Music WHERE pk IN ['a','a']",
      "ValidationException: Overlapping conditions with range keys are not supported in where clause",
    ],
    [
      "EXISTS(SELECT * FROM Music WHERE pk='a')",
      "ValidationException: EXISTS can only be used in ExecuteTransaction write requests.",
    ],
    [
      "SELECT * FROM Music WHERE",
      "ValidationException: Statement wasn't well formed, can't be processed: Unexpected term",
    ],
    [
      "SELECT * FROM Nope WHERE pk='a' AND x < true",
      "ValidationException: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    ],
  ];
  it.each(failures)("refuses %s", async (statement, message) => {
    expect(await failure(db.run(statement))).toBe(message);
  });

  it("refuses bad parameters before it reads the statement", async () => {
    expect(await failure(db.run("SELECT", [{ SS: ["a", "a"] }]))).toBe(
      "ValidationException: One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
    );
  });

  it("refuses consistent reads of global indexes", async () => {
    expect(await failure(db.run("SELECT pk FROM Music.gsi WHERE g='odd'", undefined, { ConsistentRead: true }))).toBe(
      "ValidationException: Strongly consistent read is not supported on Global Secondary Indexes",
    );
    expect(
      await db.items("SELECT sk FROM Music.lsi WHERE pk='a' AND h=9", undefined, { ConsistentRead: true }),
    ).toEqual(["1"]);
  });

  it("says what it used", async () => {
    const detail = { ReturnConsumedCapacity: "INDEXES" } as const;
    const table = await db.run("SELECT * FROM Music WHERE pk='a'", undefined, { ...detail, ConsistentRead: true });
    expect(table.ConsumedCapacity).toEqual({ TableName: "Music", CapacityUnits: 1, Table: { CapacityUnits: 1 } });
    const index = await db.run("SELECT pk FROM Music.gsi WHERE g='odd'", undefined, detail);
    expect(index.ConsumedCapacity?.GlobalSecondaryIndexes).toEqual({ gsi: { CapacityUnits: 0.5 } });
    const inLocal = await db.run("SELECT h FROM Music.lsi WHERE pk='a'", undefined, detail);
    expect(inLocal.ConsumedCapacity?.Table).toEqual({ CapacityUnits: 0 });
    const fetched = await db.run("SELECT t FROM Music.lsi WHERE pk='a' AND h>0 AND NOT sk=1", undefined, detail);
    expect(fetched.Items).toHaveLength(4);
    expect(fetched.ConsumedCapacity).toMatchObject({
      CapacityUnits: 3,
      Table: { CapacityUnits: 2.5 },
      LocalSecondaryIndexes: { lsi: { CapacityUnits: 0.5 } },
    });
    const three = await db.run("SELECT * FROM Things WHERE id IN ['x','y','z']", undefined, detail);
    expect(three.ConsumedCapacity?.CapacityUnits).toBe(1.5);
  });
});
