import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { silentLogger, systemRandom } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultTablesLimits } from "../../src/limits.js";
import { decodeCounter } from "../../src/storage/counters.js";
import { Storage } from "../../src/storage/storage.js";

const bytes = (text: string) => Buffer.from(text);

describe("Storage", () => {
  let path: string;
  let storage: Storage;
  const open = (limits = {}) =>
    Storage.open({ path, logger: silentLogger, random: systemRandom, limits: { ...defaultTablesLimits, ...limits } });

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "hotkeep-storage-"));
    storage = await open();
  });

  afterEach(async () => {
    await storage.close();
    await rm(path, { recursive: true });
  });

  it("shows what was committed, also after it was opened again", async () => {
    await storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1")));
    expect(storage.items.get(bytes("a"))?.toString()).toBe("1");
    await storage.close();
    storage = await open();
    expect(storage.items.get(bytes("a"))?.toString()).toBe("1");
  });

  it("shows a write to later work and reads at once, and what answers that can tell of it must wait for", async () => {
    expect(storage.durable).toBeUndefined();
    // On a busy machine a write may be on disk before this thread has its next turn; not every time.
    let seenOnItsWay = 0;
    for (let turn = 0; turn < 200 && seenOnItsWay === 0; turn++) {
      const write = storage.transact((transaction) => transaction.put(storage.items, bytes(`${turn}`), bytes("1")));
      while (!storage.items.has(bytes(`${turn}`))) await nextTurn();
      const { durable } = storage;
      if (durable !== undefined) seenOnItsWay++;
      await durable;
      await write;
      expect(storage.durable).toBeUndefined();
    }
    expect(seenOnItsWay).toBe(1);
  });

  it("writes nothing when the work throws, and lets its neighbours in the same commit be", async () => {
    const outcomes = await Promise.allSettled([
      storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1"))),
      storage.transact((transaction) => {
        transaction.put(storage.items, bytes("b"), bytes("1"));
        throw new Error("no");
      }),
      storage.transact((transaction) => transaction.put(storage.items, bytes("c"), bytes("1"))),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(["a", "b", "c"].map((key) => storage.items.has(bytes(key)))).toEqual([true, false, true]);
  });

  it("lets work see what earlier work of the same commit wrote", async () => {
    const increment = () =>
      storage.transact((transaction) => {
        const next = Number(storage.items.get(bytes("n"))?.toString() ?? "0") + 1;
        transaction.put(storage.items, bytes("n"), bytes(String(next)));
        return next;
      });
    const results = await Promise.all(Array.from({ length: 1500 }, increment));
    expect(results).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
    expect(storage.items.get(bytes("n"))?.toString()).toBe("1500");
  });

  it("rolls a commit back as a whole, memory included, when a write is refused", async () => {
    const counter = { key: bytes("c/1"), items: 0, bytes: 0 };
    let undone = false;
    const outcomes = await Promise.allSettled([
      storage.transact((transaction) => {
        transaction.put(storage.items, bytes("a"), bytes("1"));
        transaction.count(counter, 1, 10);
        transaction.onRollback(() => {
          undone = true;
        });
      }),
      storage.transact((transaction) => transaction.put(storage.items, Buffer.alloc(5000), bytes("too long a key"))),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.message : ""))).toEqual([
      "The tables could not be written to.",
      "The tables could not be written to.",
    ]);
    expect(storage.items.has(bytes("a"))).toBe(false);
    expect(counter).toMatchObject({ items: 0, bytes: 0 });
    expect(undone).toBe(true);
    await storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("2")));
    expect(storage.items.get(bytes("a"))?.toString()).toBe("2");
  });

  it("shows and takes nothing any more when what it has acknowledged cannot be brought back", async () => {
    await storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1")));
    await truncate(join(path, "data.wal"));
    const refused = storage.transact((transaction) => transaction.put(storage.items, Buffer.alloc(5000), bytes("1")));
    await expect(refused).rejects.toThrow("The tables could not be written to.");
    expect(() => storage.durable).toThrow("The tables could not be written to.");
    await expect(storage.transact(() => undefined)).rejects.toMatchObject({ cause: { code: "TablesUnusable" } });
  });

  it("keeps counters with the writes that change them", async () => {
    const counter = { key: bytes("c/1"), items: 0, bytes: 0 };
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        storage.transact((transaction) => {
          transaction.count(counter, 1, index);
          transaction.count(counter, 0, 1);
        }),
      ),
    );
    expect(counter).toMatchObject({ items: 20, bytes: 210 });
    expect(decodeCounter(storage.catalog.get(counter.key))).toEqual({ items: 20, bytes: 210 });
  });

  it("reads ranges in both directions, from inclusive and to exclusive", async () => {
    await storage.transact((transaction) => {
      for (const key of ["a", "b", "b\0", "c", "d"]) transaction.put(storage.items, bytes(key), bytes(key));
    });
    const keys = (from: string, to: string, reverse: boolean) =>
      Array.from(storage.items.range({ from: bytes(from), to: bytes(to), reverse }), ({ key }) => key.toString());
    expect(keys("b", "d", false)).toEqual(["b", "b\0", "c"]);
    expect(keys("b", "d", true)).toEqual(["c", "b\0", "b"]);
    expect(keys("aa", "cc", true)).toEqual(["c", "b\0", "b"]);
    expect(keys("b", "b", false)).toEqual([]);
    expect(keys("x", "z", true)).toEqual([]);
    expect(keys("a", "z", true)).toEqual(["d", "c", "b\0", "b", "a"]);
  });

  it("gives the rows of a range as they were written, however long, and copies that outlive it", async () => {
    const lengths = [0, 1, 2000, 4096, 8192, 32_767, 32_768, 32_769, 65_536, 410_000, 3];
    const written = lengths.map((length, n) => ({ key: bytes(`row ${n + 10}`), value: Buffer.alloc(length, n + 65) }));
    await storage.transact((transaction) => {
      for (const { key, value } of written) transaction.put(storage.items, key, value);
    });
    const whole = { from: bytes("row"), to: bytes("rox") };
    const check = () => {
      const borrowed: boolean[] = [];
      const copies = Array.from(storage.items.range(whole), (row, n) => {
        const { key, value } = row;
        borrowed.push(row.borrowed.subarray(0).equals(written[n]!.value));
        return { key, value };
      });
      expect(borrowed).toEqual(written.map(() => true));
      for (const [n, { key, value }] of written.entries()) {
        expect(copies[n]!.key.equals(key)).toBe(true);
        expect(copies[n]!.value.equals(value)).toBe(true);
      }
    };
    check();
    // Then from a commit, no longer from the transaction that is open.
    const snapshot = await storage.snapshot();
    check();
    snapshot.done();
  });

  it("does not go on with a range in another transaction", async () => {
    await storage.close();
    storage = await open({ checkpointMs: 3_600_000 });
    const write = (key: string) =>
      storage.transact((transaction) => transaction.put(storage.items, bytes(key), bytes(key)));
    await Promise.all(["a", "b", "c"].map(write));
    const range = storage.items.range({ from: bytes("a"), to: bytes("z") })[Symbol.iterator]();
    expect(range.next().value?.key.toString()).toBe("a");
    const snapshot = await storage.snapshot();
    snapshot.done();
    expect(() => range.next()).toThrow("A range of rows was read on after its transaction had ended.");
  });

  it("refuses writes beyond its bound instead of queueing without end", async () => {
    await storage.close();
    storage = await open({ pendingWritesMax: 3 });
    const work = () => undefined;
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => storage.transact(work)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    expect(outcomes[3]).toMatchObject({ reason: { code: "ThrottlingException" } });
    await expect(storage.transact(work)).resolves.toBeUndefined();
  });

  it("writes nothing more once another process has opened the files", async () => {
    const later = await open();
    const write = storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1")));
    await expect(write).rejects.toMatchObject({ kind: "Internal", cause: { code: "TablesForeignWriter" } });
    await later.transact((transaction) => transaction.put(later.items, bytes("a"), bytes("2")));
    await later.close();
    expect(storage.items.get(bytes("a"))?.toString()).toBe("2");
  });

  it("says so when the files cannot be opened", async () => {
    const file = join(path, "file");
    await writeFile(file, "");
    const opened = Storage.open({
      path: file,
      logger: silentLogger,
      random: systemRandom,
      limits: defaultTablesLimits,
    });
    await expect(opened).rejects.toMatchObject({
      code: "TablesUnusable",
      message: `The tables in \`${file}\` cannot be opened.`,
    });
  });

  it("does not take files for each other's that are not", async () => {
    await storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1")));
    await storage.close();
    await rm(join(path, "data.wal"));
    await expect(open()).rejects.toMatchObject({
      code: "TablesUnusable",
      message: `The tables in \`${path}\` cannot be opened: \`data.mdb\` and \`data.wal\` do not belong together.`,
      help: "Bring back both files as they were at one moment.",
    });
    await rm(join(path, "data.mdb"));
    storage = await open();
    expect(storage.items.has(bytes("a"))).toBe(false);
  });

  it("finishes the writes under way before it closes, and refuses later ones", async () => {
    const write = storage.transact((transaction) => transaction.put(storage.items, bytes("a"), bytes("1")));
    await storage.close();
    await expect(write).resolves.toBeUndefined();
    await expect(storage.transact(() => undefined)).rejects.toThrow("The tables are closed.");
  });
});
