import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, StatementClient } from "./statement-client.js";

describe("pages of a SELECT", () => {
  let db: StatementClient;
  beforeAll(async () => {
    db = await StatementClient.open({ pageBytesMax: 100 });
  });
  afterAll(() => db.close());

  async function pages(statement: string, limit: number | undefined, between = async () => {}) {
    const read: string[][] = [];
    let token: string | undefined;
    do {
      const extra = { ...(limit !== undefined && { Limit: limit }), ...(token !== undefined && { NextToken: token }) };
      const { Items = [], NextToken } = await db.run(statement, undefined, extra);
      read.push(Items.map((item) => `${item.pk?.S}${item.sk?.N}`));
      token = NextToken;
      await between();
    } while (token !== undefined);
    return read;
  }

  it("go through the reads of one statement, one after the other", async () => {
    const statement = "SELECT pk, sk FROM Music WHERE pk IN ['b','nobody','a'] ORDER BY pk DESC, sk DESC";
    expect(await pages(statement, 2)).toEqual([["b1", "a5"], ["a4", "a3"], ["a2", "a1"], []]);
  });

  it("count items before the filter", async () => {
    const statement = "SELECT pk, sk FROM Music WHERE pk='a' AND t='title4'";
    expect(await pages(statement, 2)).toEqual([[], ["a4"], []]);
  });

  it("end at a size, too", async () => {
    const read = await pages("SELECT pk, sk FROM Music WHERE pk='a'", undefined);
    expect(read.length).toBeGreaterThan(2);
    expect(read.flat()).toEqual(["a1", "a2", "a3", "a4", "a5"]);
  });

  it("of a scan are complete and disjoint, and outlive the process", async () => {
    const read = await pages("SELECT pk, sk FROM Music", 1, () => db.reopen());
    expect(read.flat().toSorted()).toEqual(["a1", "a2", "a3", "a4", "a5", "b1"]);
  });

  it("of an index go on behind items with equal keys", async () => {
    await db.harness.put("Music", { pk: { S: "c" }, sk: { N: "1" }, g: { S: "same" }, h: { N: "1" } });
    await db.harness.put("Music", { pk: { S: "c" }, sk: { N: "2" }, g: { S: "same" }, h: { N: "1" } });
    const read = await pages("SELECT pk, sk FROM Music.gsi WHERE g='same'", 1);
    expect(read.flat()).toEqual(["c1", "c2"]);
  });

  it("name the last key that was looked at", async () => {
    const page = await db.run("SELECT t FROM Music WHERE pk='a'", undefined, { Limit: 1 });
    expect(page.LastEvaluatedKey).toEqual({ pk: { S: "a" }, sk: { N: "1" } });
  });

  it("need a token that was made for the statement", async () => {
    const { NextToken = "" } = await db.run("SELECT * FROM Music WHERE pk='a'", undefined, { Limit: 1 });
    const made = JSON.parse(Buffer.from(NextToken, "base64").toString());
    const forge = (changes: object) => Buffer.from(JSON.stringify({ ...made, ...changes })).toString("base64");
    const tokens = [
      "abc",
      Buffer.from("null").toString("base64"),
      forge({ version: 2 }),
      forge({ read: 7 }),
      forge({ read: -1 }),
      forge({ read: "0" }),
      forge({ place: null }),
      forge({ place: { pk: { S: "a" } } }),
      // Another partition than the statement, and so the caller's permission, speaks of.
      forge({ place: { pk: { S: "b" }, sk: { N: "1" } } }),
    ];
    for (const token of tokens) {
      const call = db.run("SELECT * FROM Music WHERE pk='a'", undefined, { NextToken: token });
      expect(await failure(call)).toBe("ValidationException: Invalid NextToken");
    }
    const other = db.run("SELECT * FROM Music WHERE pk='b'", undefined, { NextToken });
    expect(await failure(other)).toBe("ValidationException: Invalid NextToken");
  });
});
