import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failed, failure, StatementClient } from "./statement-client.js";

describe("INSERT, UPDATE and DELETE through the official client", () => {
  let db: StatementClient;
  beforeAll(async () => {
    db = await StatementClient.open();
  });
  afterAll(() => db.close());

  const item = async (id: string) => (await db.run("SELECT * FROM Things WHERE id=?", [{ S: id }])).Items?.[0];

  it("inserts values of all types", async () => {
    const statement =
      "INSERT INTO Things VALUE {'id':'all','n':1.50,'t':TRUE,'z':NULL,'l':[1,'x'],'m':{'k':{}},'ss':<<'a','b'>>,'ns':<<1>>,'p':?}";
    expect(await db.run(statement, [{ B: new Uint8Array([1, 2]) }])).toEqual({ Items: [] });
    expect(await item("all")).toEqual({
      id: { S: "all" },
      n: { N: "1.5" },
      t: { BOOL: true },
      z: { NULL: true },
      l: { L: [{ N: "1" }, { S: "x" }] },
      m: { M: { k: { M: {} } } },
      ss: { SS: ["a", "b"] },
      ns: { NS: ["1"] },
      p: { B: new Uint8Array([1, 2]) },
    });
  });

  it("does not insert over an item", async () => {
    expect(await failure(db.run("INSERT INTO Things VALUE {'id':'x'}"))).toBe(
      "DuplicateItemException: Duplicate primary key exists in table",
    );
    expect(await item("x")).toEqual({ id: { S: "x" }, n: { N: "1" } });
  });

  it("changes an item clause by clause and shows what RETURNING asks for", async () => {
    await db.run("INSERT INTO Things VALUE {'id':'u','n':1,'l':[0],'s':<<1>>,'gone':1}");
    const key = "WHERE id='u'";
    const steps: readonly (readonly [string, unknown[]])[] = [
      [`UPDATE Things SET n=n+1 ${key}`, []],
      [`UPDATE Things SET n=n-5 ${key} RETURNING MODIFIED OLD *`, [{ n: { N: "2" } }]],
      [`UPDATE Things SET n=n+1+1 ${key} RETURNING MODIFIED NEW *`, [{ n: { N: "-1" } }]],
      [`UPDATE Things SET s=set_add(s,<<2>>) ${key} RETURNING MODIFIED NEW *`, [{ s: { NS: ["1", "2"] } }]],
      [`UPDATE Things SET s=set_delete(s,<<1,9>>) ${key} RETURNING MODIFIED NEW *`, [{ s: { NS: ["2"] } }]],
      [
        `UPDATE Things SET l=list_append(l,['x']) ${key} RETURNING MODIFIED NEW *`,
        [{ l: { L: [{ N: "0" }, { S: "x" }] } }],
      ],
      [`UPDATE Things REMOVE gone ${key} RETURNING MODIFIED NEW *`, []],
      [
        `UPDATE Things SET m={'a':1} SET l[0]=? REMOVE l[1] REMOVE s ${key} RETURNING ALL NEW *`,
        [{ id: { S: "u" }, n: { N: "-1" }, l: { L: [{ S: "p" }] }, m: { M: { a: { N: "1" } } } }],
      ],
      [`UPDATE Things SET m.b='c' ${key} RETURNING MODIFIED NEW *`, [{ m: { M: { b: { S: "c" } } } }]],
      [
        `DELETE FROM Things ${key} AND n<0 RETURNING ALL OLD *`,
        [
          {
            id: { S: "u" },
            n: { N: "-1" },
            l: { L: [{ S: "p" }] },
            m: { M: { a: { N: "1" }, b: { S: "c" } } },
          },
        ],
      ],
    ];
    for (const [statement, items] of steps) {
      const parameters = statement.includes("?") ? [{ S: "p" }] : undefined;
      expect([statement, (await db.run(statement, parameters)).Items]).toEqual([statement, items]);
    }
    expect(await item("u")).toBeUndefined();
  });

  it("deletes what is not there without complaint, unless asked for more", async () => {
    expect(await db.run("DELETE FROM Things WHERE id='no' RETURNING ALL OLD *")).toEqual({ Items: [] });
    expect(await db.run("DELETE FROM Things WHERE id='no' AND n IS MISSING")).toEqual({ Items: [] });
  });

  const unmet = "ConditionalCheckFailedException: The conditional request failed";
  const unnamed = "ValidationException: Where clause does not contain a mandatory equality on all key attributes";
  const type = "ValidationException: Key attribute's data type should match its data type in table's schema: Key";
  const failures: readonly (readonly [string, string])[] = [
    ["UPDATE Things SET n=1 WHERE id='no'", unmet],
    ["UPDATE Things SET n=1 WHERE id='no' AND n IS MISSING", unmet],
    ["UPDATE Things SET n=1 WHERE id='x' AND n=99", unmet],
    ["DELETE FROM Things WHERE id='x' AND n=99", unmet],
    ["DELETE FROM Things WHERE id='no' AND n=1", unmet],
    ["UPDATE Things SET n=1", unnamed],
    ["UPDATE Things SET n=1 WHERE n=1", unnamed],
    ["UPDATE Things SET n=1 WHERE id IN ['x']", unnamed],
    ["DELETE FROM Music WHERE pk='a'", unnamed],
    ["DELETE FROM Music WHERE pk='a' AND sk>1", unnamed],
    ["UPDATE Things SET n=1 WHERE id=1", `${type} id`],
    ["INSERT INTO Things VALUE {'id':1}", `${type} id`],
    ["INSERT INTO Things VALUE {'n':1}", "ValidationException: Key attribute should be present in the item: Key id"],
    [
      "INSERT INTO Things VALUE {'id':''}",
      "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
    ],
    [
      "UPDATE Things SET id='z' WHERE id='x'",
      "ValidationException: One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
    ],
    [
      "DELETE FROM Things WHERE id='x' AND id='y'",
      "ValidationException: Multiple conditions on same key id. Only single item Update/Insert/Delete are supported",
    ],
    [
      "UPDATE Things SET l=list_append(l,[1]) WHERE id='x'",
      "ValidationException: The provided expression refers to an attribute that does not exist in the item",
    ],
    [
      "UPDATE Things SET a.b=1 WHERE id='x'",
      "ValidationException: The document path provided in the update expression is invalid for update",
    ],
    ["INSERT INTO Nope VALUE {'id':'x'}", "ResourceNotFoundException: Requested resource not found"],
  ];
  it.each(failures)("refuses %s", async (statement, message) => {
    expect(await failure(db.run(statement))).toBe(message);
    expect(await item("x")).toEqual({ id: { S: "x" }, n: { N: "1" } });
  });

  it("refuses a write that leaves the item too deep", async () => {
    let deep: AttributeValue = { S: "x" };
    for (let level = 0; level < 31; level++) deep = { M: { a: deep } };
    await db.run("INSERT INTO Things VALUE {'id':'deep','m':{}}");
    expect(await failure(db.run("UPDATE Things SET m.deep=? WHERE id='deep'", [deep]))).toBe(
      "ValidationException: Nesting Levels have exceeded supported limits",
    );
  });

  it("shows the item that failed a condition when asked to", async () => {
    const extra = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    const error = await failed(db.run("UPDATE Things SET n=1 WHERE id='x' AND n=99", undefined, extra));
    expect(error).toMatchObject({ Item: { id: { S: "x" }, n: { N: "1" } } });
  });

  it("says what it used, indexes included", async () => {
    const extra = { ReturnConsumedCapacity: "INDEXES" } as const;
    const { ConsumedCapacity } = await db.run("UPDATE Music SET t='new' WHERE pk='a' AND sk=5", undefined, extra);
    expect(ConsumedCapacity).toMatchObject({
      CapacityUnits: 2,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { gsi: { CapacityUnits: 1 } },
    });
  });
});
