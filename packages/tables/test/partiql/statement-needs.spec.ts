import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, region } from "../harness.js";
import { StatementClient } from "./statement-client.js";

const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;

describe("permissions for PartiQL", () => {
  let db: StatementClient;
  beforeAll(async () => {
    db = await StatementClient.open();
  });
  afterAll(() => db.close());

  const needs = (Statement: string, more: object = {}) => db.harness.needs("ExecuteStatement", { Statement, ...more });
  const none = { "dynamodb:ReturnConsumedCapacity": "NONE" };

  it("of a SELECT by key name the key", async () => {
    expect(await needs("SELECT t, m.k FROM Music WHERE pk IN ['a','b','a'] AND sk=1")).toEqual([
      {
        action: "dynamodb:PartiQLSelect",
        resource: table("Music"),
        context: {
          ...none,
          "dynamodb:LeadingKeys": ["a", "b"],
          "dynamodb:Attributes": ["t", "m", "pk", "sk"],
          "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
          "dynamodb:FullTableScan": "false",
        },
      },
    ]);
  });

  it("of a SELECT without a key speak of a full scan", async () => {
    for (const clause of ["", " WHERE sk=1", " WHERE pk>'a'", " WHERE pk='a' OR sk=1", " WHERE NOT pk='a'"]) {
      const [need] = await needs(`SELECT * FROM Music${clause}`);
      expect(need?.context).toMatchObject({ "dynamodb:FullTableScan": "true", "dynamodb:Select": "ALL_ATTRIBUTES" });
      expect(need?.context).not.toHaveProperty("dynamodb:LeadingKeys");
    }
  });

  it("of a SELECT on an index name only the index and its key", async () => {
    const [need, ...more] = await needs('SELECT * FROM "Music"."gsi" WHERE g=?', { Parameters: [{ S: "odd" }] });
    expect(more).toEqual([]);
    expect(need?.resource).toBe(`${table("Music")}/index/gsi`);
    expect(need?.context).toMatchObject({
      "dynamodb:LeadingKeys": ["odd"],
      "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES",
      "dynamodb:FullTableScan": "false",
    });
    const [scan] = await needs('SELECT * FROM "Music"."gsi" WHERE pk=\'a\'');
    expect(scan?.context).toMatchObject({ "dynamodb:FullTableScan": "true" });
  });

  it("of writes name action, key, attributes and what is returned", async () => {
    expect(await needs("INSERT INTO Things VALUE {'id':'q','n':1}", { ReturnConsumedCapacity: "TOTAL" })).toEqual([
      {
        action: "dynamodb:PartiQLInsert",
        resource: table("Things"),
        context: {
          "dynamodb:ReturnConsumedCapacity": "TOTAL",
          "dynamodb:LeadingKeys": ["q"],
          "dynamodb:Attributes": ["id", "n"],
        },
      },
    ]);
    expect(await needs("UPDATE Things SET a=b WHERE id='q' AND c=1 RETURNING MODIFIED NEW *")).toEqual([
      {
        action: "dynamodb:PartiQLUpdate",
        resource: table("Things"),
        context: {
          ...none,
          "dynamodb:LeadingKeys": ["q"],
          "dynamodb:Attributes": ["id", "c", "a", "b"],
          "dynamodb:ReturnValues": "UPDATED_NEW",
        },
      },
    ]);
    expect(await needs("DELETE FROM Things WHERE id='q'")).toEqual([
      {
        action: "dynamodb:PartiQLDelete",
        resource: table("Things"),
        context: {
          ...none,
          "dynamodb:LeadingKeys": ["q"],
          "dynamodb:Attributes": ["id"],
          "dynamodb:ReturnValues": "NONE",
        },
      },
    ]);
  });

  it("do not depend on whether there is such a table", async () => {
    const [need] = await needs("SELECT * FROM Nope WHERE pk='a'");
    expect(need).toMatchObject({ resource: table("Nope"), context: { "dynamodb:FullTableScan": "true" } });
  });

  it("of batches and transactions are those of their statements, which say where they stand", async () => {
    const batch = await db.harness.needs("BatchExecuteStatement", {
      Statements: [
        { Statement: "DELETE FROM Things WHERE id='x'" },
        { Statement: "nonsense" },
        { Statement: "UPDATE Music SET t='x' WHERE pk='a' AND sk=1" },
      ],
    });
    expect(batch.map(({ action, resource }) => [action, resource])).toEqual([
      ["dynamodb:PartiQLDelete", table("Things")],
      ["dynamodb:PartiQLUpdate", table("Music")],
    ]);
    expect(batch[0]?.context).toMatchObject({ "dynamodb:EnclosingOperation": "BatchExecuteStatement" });
    const transaction = await db.harness.needs("ExecuteTransaction", {
      TransactStatements: [
        { Statement: "EXISTS(SELECT * FROM Things WHERE id='x' AND n=1)" },
        { Statement: "INSERT INTO Things VALUE {'id':'z'}" },
      ],
    });
    expect(transaction.map(({ action }) => action)).toEqual(["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert"]);
    expect(transaction[0]?.context).toMatchObject({
      "dynamodb:EnclosingOperation": "ExecuteTransaction",
      "dynamodb:LeadingKeys": ["x"],
    });
  });

  it("are asked for by the router before anything is read", async () => {
    const before = db.asked.length;
    await db.run("SELECT * FROM Things WHERE id='x'");
    expect(db.asked.slice(before).map(({ action }) => action)).toEqual(["dynamodb:PartiQLSelect"]);
  });
});
