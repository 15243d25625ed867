import { setImmediate as nextTurn } from "node:timers/promises";
import { AwsError } from "@hotkeep/core";
import { AnswerHold } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DurableRows } from "../../src/storage/durable-rows.js";
import { Harness, type Json } from "../harness.js";

const TableName = "Items";
const Item = { pk: { S: "a" }, n: { N: "1" } };
const Key = { pk: { S: "a" } };

/** Operations that write items, and what they are asked to write. */
const writes: readonly (readonly [name: string, input: Json])[] = [
  ["PutItem", { TableName, Item }],
  ["UpdateItem", { TableName, Key }],
  ["DeleteItem", { TableName, Key: { pk: { S: "there" } } }],
  ["BatchWriteItem", { RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }],
  ["TransactWriteItems", { TransactItems: [{ Put: { TableName, Item } }] }],
  ["ExecuteStatement", { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'a'}` }],
  ["ExecuteTransaction", { TransactStatements: [{ Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'a'}` }] }],
];

/** Operations that only read. */
const reads: readonly (readonly [name: string, input: Json])[] = [
  ["GetItem", { TableName, Key }],
  ["BatchGetItem", { RequestItems: { [TableName]: { Keys: [Key] } } }],
  ["TransactGetItems", { TransactItems: [{ Get: { TableName, Key } }] }],
  ["Query", { TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": Key.pk } }],
  ["Scan", { TableName }],
  ["ExecuteStatement", { Statement: `SELECT * FROM "${TableName}" WHERE pk = 'a'` }],
  ["DescribeTable", { TableName }],
];

const failed = { kind: "Internal", message: "The tables could not be written to." };

describe("while the disk is writing", () => {
  let harness: Harness;
  /** Lets the disk go on, or fail. */
  let letGo: (failure?: Error) => void;

  /** The next write of the log waits for {@link letGo}. */
  function stopDisk(): void {
    const { save } = DurableRows.prototype;
    const open = new Promise<void>((resolve, reject) => {
      letGo = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    // It may fail before anybody waits for it.
    open.catch(() => undefined);
    vi.spyOn(DurableRows.prototype, "save").mockImplementationOnce(async function (this: DurableRows) {
      await open;
      return save.call(this);
    });
  }

  /** Calls an operation the way the router does; what it is held for is left to the test. */
  function begin(name: string, input: Json) {
    const hold = new AnswerHold();
    const begun: { outcome?: "made" | "failed"; error?: unknown } = {};
    const context = harness.context(name);
    const { operation } = harness.tables.handlers.operations.find((one) => one.name === name)!;
    const made = Promise.resolve(operation.handle(input as never, context, hold)).then(
      (): void => {
        begun.outcome = "made";
      },
      (error: unknown): void => {
        begun.outcome = "failed";
        begun.error = error;
      },
    );
    return { hold, begun, made };
  }

  /** Whether what holds an answer has let go of it by now. */
  async function isReleased({ held }: AnswerHold): Promise<boolean> {
    let released = held === undefined;
    held?.then(
      () => {
        released = true;
      },
      () => undefined,
    );
    for (let turns = 0; turns < 10; turns++) await nextTurn();
    return released;
  }

  beforeEach(async () => {
    harness = await Harness.open();
    await harness.createTable(TableName, "pk:S");
    await harness.put(TableName, { pk: { S: "there" } });
    stopDisk();
  });

  afterEach(async () => {
    letGo();
    vi.restoreAllMocks();
    await harness.close();
  });

  it.each(writes)("the answer of %s is made already, and held until its write is on disk", async (name, input) => {
    const { hold, begun, made } = begin(name, input);
    await made;
    expect(begun).toEqual({ outcome: "made" });
    expect(await isReleased(hold)).toBe(false);
    letGo();
    await hold.held;
  });

  it.each(writes)("%s has not happened when the disk then fails", async (name, input) => {
    const { hold, made } = begin(name, input);
    await made;
    letGo(new Error("the disk has failed"));
    await expect(hold.held).rejects.toMatchObject(failed);
    expect(await harness.call("Scan", { TableName })).toMatchObject({ Items: [{ pk: { S: "there" } }] });
    await harness.put(TableName, Item);
    expect(await harness.call("Scan", { TableName })).toMatchObject({ Count: 2 });
  });

  it.each(reads)("what %s has read of the write is held with it", async (name, input) => {
    const write = begin("PutItem", { TableName, Item });
    await write.made;
    const read = begin(name, input);
    await read.made;
    expect(read.begun).toEqual({ outcome: "made" });
    expect(read.hold.held).toBe(write.hold.held);
    letGo(new Error("the disk has failed"));
    await expect(read.hold.held).rejects.toMatchObject(failed);
  });

  it("a condition that failed because of the write is held with it", async () => {
    const write = begin("PutItem", { TableName, Item });
    const condition = begin("PutItem", { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" });
    await Promise.all([write.made, condition.made]);
    expect(condition.begun).toMatchObject({ outcome: "failed", error: { code: "ConditionalCheckFailedException" } });
    expect(condition.begun.error).toBeInstanceOf(AwsError);
    expect(condition.hold.held).toBe(write.hold.held);
    letGo();
    await condition.hold.held;
  });

  it("calls that share a write of the log are held by one promise", async () => {
    const calls = ["a", "b", "c"].map((pk) => begin("PutItem", { TableName, Item: { pk: { S: pk } } }));
    await Promise.all(calls.map(({ made }) => made));
    expect(new Set(calls.map(({ hold }) => hold.held)).size).toBe(1);
    letGo();
    await calls[0]!.hold.held;
  });

  it("what is done to tables is not known before it is on disk", async () => {
    const { hold, begun, made } = begin("UpdateTable", { TableName, DeletionProtectionEnabled: true });
    expect(await isReleased(hold)).toBe(true);
    expect(begun).toEqual({});
    letGo();
    await made;
    expect(begun).toEqual({ outcome: "made" });
  });

  it("statements of a batch fail one by one when it then fails", async () => {
    const call = harness.call("BatchExecuteStatement", {
      Statements: [{ Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'a'}` }],
    });
    letGo(new Error("the disk has failed"));
    expect(await call).toMatchObject({ Responses: [{ Error: { Code: "InternalServerError" }, TableName }] });
  });
});
