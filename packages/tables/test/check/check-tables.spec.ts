import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTables } from "@hotkeep/tables";
import { type Database, open } from "lmdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Harness } from "../harness.js";
import { enableStream } from "../streams/stream-reader.js";

type Rows = Database<Buffer, Buffer>;

/** The rows as they lie on disk, for tests that damage them. */
interface Raw {
  readonly items: Rows;
  readonly catalog: Rows;
  readonly tokens: Rows;
  readonly streams: Rows;
}

let whole: string;
beforeAll(async () => {
  const harness = await Harness.open();
  await harness.createTable("Orders", "pk:S", "sk:N", {
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "N" },
      { AttributeName: "status", AttributeType: "S" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byStatus",
        KeySchema: [{ AttributeName: "status", KeyType: "HASH" }],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "byStatusInside",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "status", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
  await enableStream(harness, "Orders");
  const order = (n: number) => ({
    pk: { S: "k".repeat(1 + (n % 3) * 300) },
    sk: { N: String(n) },
    ...(n % 2 === 0 ? { status: { S: `status ${n % 4}` } } : {}),
  });
  await harness.put("Orders", ...Array.from({ length: 20 }, (_, n) => order(n)));
  await harness.call("TransactWriteItems", {
    ClientRequestToken: "token",
    TransactItems: [{ Put: { TableName: "Orders", Item: { pk: { S: "t" }, sk: { N: "1" }, status: { S: "x" } } } }],
  });
  await harness.createTable("Gone", "pk:S");
  await harness.put("Gone", { pk: { S: "a" } });
  await harness.call("DeleteTable", { TableName: "Gone" });
  await harness.tables.close();
  whole = mkdtempSync(join(tmpdir(), "hotkeep-check-whole-"));
  cpSync(harness.path, whole, { recursive: true });
  rmSync(harness.path, { recursive: true });
});
afterAll(() => rmSync(whole, { recursive: true }));

/** The faults of a copy of the store after it was damaged. */
async function faultsAfter(damage: (raw: Raw) => Promise<unknown>): Promise<readonly string[]> {
  const path = mkdtempSync(join(tmpdir(), "hotkeep-check-"));
  try {
    cpSync(whole, path, { recursive: true });
    const options = { encoding: "binary", keyEncoding: "binary" } as const;
    const root = open<Buffer, Buffer>({ path, noSubdir: false, pageSize: 8192, maxDbs: 8, ...options });
    const rows = (name: string): Rows => root.openDB({ name, ...options });
    await damage({
      items: rows("items"),
      catalog: rows("catalog"),
      tokens: rows("tokens"),
      streams: rows("streams"),
    });
    await root.close();
    return (await checkTables(path)).faults;
  } finally {
    rmSync(path, { recursive: true });
  }
}

const keysOf = (rows: Rows, space: number) =>
  [...rows.getKeys({ start: Buffer.from([0, 0, 0, space]), end: Buffer.from([0, 0, 0, space + 1]) })] as Buffer[];
/** Numbers in the order of the request: the table, its local index, its global one. */
const [table, , index] = [1, 2, 3];

describe("a store that is whole", () => {
  it("is told by what is in it", async () => {
    expect(await checkTables(whole)).toEqual({
      tables: 1,
      items: 21,
      itemBytes: expect.any(Number),
      entries: 22,
      streamRecords: 21,
      tokens: 1,
      reapedRows: expect.any(Number),
      faultCount: 0,
      faults: [],
    });
  });

  it("is not where there are no tables", async () => {
    await expect(checkTables(join(whole, "nothing"))).rejects.toThrow(/cannot be read: there is no `data\.mdb`\.$/);
  });
});

describe("a damaged store", () => {
  it("lacks an index entry", async () => {
    expect(await faultsAfter(({ items }) => items.remove(keysOf(items, index)[0]!))).toEqual([
      expect.stringMatching(/^item 00000001\w+ of Orders has no entry in index byStatus$/),
    ]);
  });

  it("lacks an item", async () => {
    const faults = await faultsAfter(({ items }) => items.remove(keysOf(items, table)[0]!));
    expect(faults).toEqual([
      expect.stringMatching(/^entry \w+ of index Orders\/byStatusInside has no item$/),
      expect.stringMatching(/^index Orders\/byStatusInside counts 11 items, there are 10$/),
      expect.stringMatching(/^index Orders\/byStatusInside counts \d+ bytes, there are \d+$/),
      expect.stringMatching(/^entry \w+ of index Orders\/byStatus has no item$/),
      expect.stringMatching(/^index Orders\/byStatus counts 11 items, there are 10$/),
      expect.stringMatching(/^index Orders\/byStatus counts \d+ bytes, there are \d+$/),
      expect.stringMatching(/^table Orders counts 21 items, there are 20$/),
      expect.stringMatching(/^table Orders counts \d+ bytes, there are \d+$/),
    ]);
  });

  it("has an older item under newer entries", async () => {
    const faults = await faultsAfter(async ({ items }) => {
      const key = keysOf(items, table)[0]!;
      const record = items.getBinary(key)!;
      await items.put(key, Buffer.from(record.toString("latin1").replace("status 0", "status 9"), "latin1"));
    });
    expect(faults).toEqual([
      expect.stringMatching(/^item \w+ of Orders has no entry in index byStatusInside$/),
      expect.stringMatching(/^item \w+ of Orders has no entry in index byStatus$/),
      expect.stringMatching(/^entry \w+ of index Orders\/byStatusInside is not where its item belongs$/),
      expect.stringMatching(/^entry \w+ of index Orders\/byStatus is not where its item belongs$/),
    ]);
  });

  it("has items in the wrong size, under a wrong key, or unreadable", async () => {
    const change = (edit: (record: Buffer) => Buffer) => async (raw: Raw) => {
      const key = keysOf(raw.items, table)[1]!;
      await raw.items.put(key, edit(Buffer.from(raw.items.getBinary(key)!)));
    };
    const sized = change((record) => {
      record[3] = 0xff;
      return record;
    });
    expect(await faultsAfter(sized)).toEqual([
      expect.stringMatching(/^item \w+ of Orders is stored with 255 bytes, has \d+$/),
      expect.stringMatching(/^table Orders counts/),
    ]);
    const moved = change((record) => Buffer.from(record.toString("latin1").replace('"N":"', '"N":"9'), "latin1"));
    expect((await faultsAfter(moved))[0]).toMatch(/^item \w+ of Orders has the key of row \w+$/);
    const cut = change((record) => record.subarray(0, 20));
    expect((await faultsAfter(cut))[0]).toMatch(/^item \w+ of Orders: .*JSON/);
    const foreign = change((record) => Buffer.concat([Buffer.from([9]), record.subarray(1)]));
    expect((await faultsAfter(foreign))[0]).toMatch(/An item is stored in format `9`/);
  });

  it("has totals of its own, and rows of nobody", async () => {
    const faults = await faultsAfter(async ({ items, catalog, streams, tokens }) => {
      await catalog.put(Buffer.from("c/1"), Buffer.alloc(16));
      await catalog.put(Buffer.from("c/99"), Buffer.alloc(16));
      await catalog.put(Buffer.from("x/1"), Buffer.alloc(1));
      await items.put(Buffer.from([0, 0, 0, 77, 1]), Buffer.alloc(1));
      await streams.put(Buffer.from([0, 0, 0, 78, 0, 0, 0, 0, 0, 0, 0, 1]), Buffer.alloc(1));
      const [due] = [...tokens.getKeys({ start: Buffer.from("e/"), end: Buffer.from("e0") })] as Buffer[];
      await tokens.remove(due!);
    });
    expect(faults).toEqual([
      "catalog row x/1 is of no known kind",
      "counter c/99 counts nothing",
      "table Orders counts 0 items, there are 21",
      expect.stringMatching(/^table Orders counts 0 bytes, there are \d+$/),
      "1 rows of number 77 belong to nothing",
      "1 stream records of number 78 belong to nothing",
      "token 123456789012/us-west-2/token has no time at which it is cleared away",
    ]);
  });

  it("has two things under one number, or a definition in the wrong place", async () => {
    const faults = await faultsAfter(async ({ catalog }) => {
      const text = catalog.getBinary(Buffer.from("t/123456789012/us-west-2/Orders"))!.toString();
      await catalog.put(Buffer.from("t/123456789012/us-west-2/Other"), Buffer.from(text));
      await catalog.put(Buffer.from("t/123456789012/us-west-2/Third"), Buffer.from("{"));
    });
    expect(faults.slice(0, 3)).toEqual([
      "catalog row t/123456789012/us-west-2/Other defines Orders",
      expect.stringMatching(/^catalog row t\/123456789012\/us-west-2\/Third: .*JSON/),
      "table Orders and table Orders have the same number 1",
    ]);
  });

  it("has stream records that cannot be", async () => {
    const faults = await faultsAfter(async ({ streams, catalog }) => {
      const keys = [...streams.getKeys({})] as Buffer[];
      const record = Buffer.from(streams.getBinary(keys[0]!)!);
      await streams.put(keys[0]!, Buffer.concat([record.subarray(0, 13), Buffer.from('"Keys":{}')]));
      const [row] = [...catalog.getKeys({ start: Buffer.from("s/"), end: Buffer.from("s0") })] as Buffer[];
      const stream = JSON.parse(catalog.getBinary(row!)!.toString());
      stream.trimmedTo = 3;
      stream.shards[0].last = 20;
      await catalog.put(row!, Buffer.from(JSON.stringify(stream)));
    });
    expect(faults.map((fault) => fault.replace(/\d{4}-\d\d-\d\dT[\d:.]+/, "NOW"))).toEqual([
      "stream Orders/NOW is closed, its table says otherwise",
      "record 1 of stream Orders/NOW is older than 3, the first that is kept",
      "record 1 of stream Orders/NOW lacks its keys",
      "record 1 of stream Orders/NOW has the wrong new image",
      "record 2 of stream Orders/NOW is older than 3, the first that is kept",
      "record 21 of stream Orders/NOW is in no shard",
    ]);
  });

  it("tells a hundred faults and counts the rest", async () => {
    const path = mkdtempSync(join(tmpdir(), "hotkeep-check-"));
    const options = { encoding: "binary", keyEncoding: "binary" } as const;
    cpSync(whole, path, { recursive: true });
    const root = open<Buffer, Buffer>({ path, noSubdir: false, pageSize: 8192, maxDbs: 8, ...options });
    const catalog: Rows = root.openDB({ name: "catalog", ...options });
    for (let n = 0; n < 150; n++) await catalog.put(Buffer.from(`x/${n}`), Buffer.alloc(1));
    await root.close();
    const report = await checkTables(path);
    expect([report.faultCount, report.faults.length]).toEqual([150, 100]);
    rmSync(path, { recursive: true });
  });

  it("is checked beside the process that writes it, as of one commit", async () => {
    const harness = await Harness.open();
    await harness.createTable("Busy", "pk:S");
    let writing = true;
    const load = (async () => {
      for (let n = 0; writing; n++) await harness.put("Busy", { pk: { S: String(n % 50) }, n: { N: String(n) } });
    })();
    for (let round = 0; round < 5; round++) {
      expect((await checkTables(harness.path)).faults).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writing = false;
    await load;
    await harness.close();
  });
});
