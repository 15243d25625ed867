import { SeededRandom } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, Harness, type Json } from "../harness.js";
import { enableStream, readAll } from "./stream-reader.js";

const TableName = "Items";
const writes = 400;
const keys = 12;
const seed = 20261123;

const keyOf = (pk: number) => ({ pk: { S: `k${pk}` } });
/** Like a value that comes back from JSON: members in no order that matters. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Answer;

/** Writes of every kind to a few keys, many of which change nothing or are refused. */
function randomWrite(random: SeededRandom): readonly [string, Json] {
  const Key = keyOf(random.below(keys));
  const n = { N: String(random.below(3)) };
  const condition = random.below(4) === 0 ? { ConditionExpression: "attribute_exists(pk)" } : {};
  const put = { TableName, Item: { ...Key, n }, ...condition };
  const set = { UpdateExpression: "SET n = :n REMOVE m", ExpressionAttributeValues: { ":n": n } };
  const add = { UpdateExpression: "ADD m :n", ExpressionAttributeValues: { ":n": n } };
  const change = { TableName, Key, ...(random.below(2) === 0 ? set : add), ...condition };
  const other = keyOf(keys + random.below(3));
  switch (random.below(6)) {
    case 0:
      return ["PutItem", put];
    case 1:
      return ["UpdateItem", change];
    case 2:
      return ["DeleteItem", { TableName, Key, ...condition }];
    case 3:
      return [
        "BatchWriteItem",
        { RequestItems: { [TableName]: [{ PutRequest: { Item: { ...Key, n } } }, { DeleteRequest: { Key: other } }] } },
      ];
    case 4:
      return [
        "TransactWriteItems",
        { TransactItems: [{ Update: change }, { Put: { TableName, Item: { ...other, n } } }] },
      ];
    default:
      return ["ExecuteStatement", { Statement: `UPDATE "${TableName}" SET n=${n.N} WHERE pk='${Key.pk.S}'` }];
  }
}

describe("the records of a stream, carried out on an empty table", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
  });
  afterEach(() => harness.close());

  it(`make it what the table is, step by step, after ${writes} random writes`, async () => {
    const arn = await enableStream(harness, TableName);
    const random = new SeededRandom(seed);
    for (let count = 0; count < writes; ) {
      // Some at once: they share a commit.
      const batch = Array.from({ length: 1 + random.below(6) }, () => randomWrite(random));
      count += batch.length;
      await Promise.all(batch.map(([name, input]) => harness.call(name, input).catch(() => undefined)));
      if (random.below(20) === 0) await harness.reopen();
    }
    const replayed = new Map<string, Answer>();
    const records = await readAll(harness, arn);
    for (const { eventName, dynamodb } of records) {
      const { Keys, NewImage, OldImage } = dynamodb;
      expect(OldImage).toEqual(replayed.get(Keys.pk.S));
      expect(eventName).toBe(OldImage === undefined ? "INSERT" : NewImage === undefined ? "REMOVE" : "MODIFY");
      expect(NewImage).not.toEqual(OldImage);
      if (NewImage === undefined) replayed.delete(Keys.pk.S);
      else replayed.set(Keys.pk.S, NewImage);
    }
    const { items } = await harness.pages("Scan", { TableName });
    expect(Object.fromEntries(replayed)).toEqual(Object.fromEntries(items.map((item) => [item.pk.S, plain(item)])));
    expect(records.length).toBeGreaterThan(writes / 4);
  });
});
