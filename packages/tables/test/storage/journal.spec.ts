import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemRandom } from "@hotkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultTablesLimits } from "../../src/limits.js";
import type { Rows } from "../../src/storage/rows.js";
import { Storage } from "../../src/storage/storage.js";
import { openStoredRows } from "../../src/storage/stored-rows.js";

const bytes = (text: string) => Buffer.from(text);
const everything = { from: bytes("\0"), to: bytes("\x7f") };
const textsOf = (rows: Iterable<{ key: Buffer; value: Buffer }>) =>
  [...rows].map(({ key, value }) => `${key}=${value}`);

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never, undefined> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

describe("the journal", () => {
  let path: string;
  let storage: Storage;
  let opened: Storage[];
  /** Opens the files as after a crash: whoever has them open leaves them as they are. */
  const open = async (limits = {}) => {
    storage = await Storage.open({
      path,
      logger: silentLogger,
      random: systemRandom,
      limits: { ...defaultTablesLimits, ...limits },
    });
    opened.push(storage);
  };

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "hotkeep-journal-"));
    opened = [];
    await open();
  });

  afterEach(async () => {
    for (const one of opened) await one.close();
    await rm(path, { recursive: true });
  });

  const put = (key: string, value: string, rows: Rows = storage.items) =>
    storage.transact((transaction) => transaction.put(rows, bytes(key), bytes(value)));

  it("has what was written, of every kind, for whoever opens the files after a crash", async () => {
    for (const kind of ["items", "catalog", "tokens", "streams"] as const) await put("k", kind, storage[kind]);
    await put("gone", "1");
    await storage.transact((transaction) => transaction.remove(storage.items, bytes("gone")));
    await open();
    const found = (["items", "catalog", "tokens", "streams"] as const).map((kind) =>
      String(storage[kind].get(bytes("k"))),
    );
    expect(found).toEqual(["items", "catalog", "tokens", "streams"]);
    expect(storage.items.has(bytes("gone"))).toBe(false);
  });

  it("is read by those who only look at the files", async () => {
    await put("a", "1");
    await put("b", "1");
    await put("a", "2");
    const stored = openStoredRows(path);
    expect(textsOf(stored.items.range(everything))).toEqual(["a=2", "b=1"]);
    await stored.close();
  });

  it("shows a write to nobody before it is on disk", async () => {
    await put("a", "1");
    const write = put("a", "2");
    const seen = storage.transact(() => String(storage.items.get(bytes("a"))));
    expect(String(storage.items.get(bytes("a")))).toBe("1");
    expect(await seen).toBe("2");
    await write;
    expect(String(storage.items.get(bytes("a")))).toBe("2");
  });

  it("leaves a snapshot as it was", async () => {
    await put("a", "1");
    await put("b", "1");
    const snapshot = storage.snapshot();
    await put("a", "2");
    await put("c", "1");
    await storage.transact((transaction) => transaction.remove(storage.items, bytes("b")));
    expect(textsOf(storage.items.range(everything, snapshot))).toEqual(["a=1", "b=1"]);
    expect(textsOf(storage.items.range(everything))).toEqual(["a=2", "c=1"]);
    snapshot.done();
  });

  it.each([
    ["with small drains", { drainedRowsMin: 12, drainedRowsPerCommitMin: 1 }],
    ["when it is often full", { journalBytesMax: 300 }],
    ["when it is always full", { journalBytesMax: 0 }],
    ["as it is", {}],
  ])("and the trees are together what was written, after random writes and crashes, %s", async (_, limits) => {
    await open(limits);
    const random = numbers(7);
    const below = (bound: number) => random.next().value % bound;
    const model = new Map<string, string>();
    for (let step = 0; step < 150; step++) {
      await Promise.all(
        Array.from({ length: 1 + below(4) }, (_, place) => {
          const key = `k${10 + below(40)}`;
          const value = `${step}.${place}.${"x".repeat(below(20))}`;
          const isRemoved = below(3) === 0;
          if (isRemoved) model.delete(key);
          else model.set(key, value);
          return storage.transact((transaction) => {
            if (isRemoved) transaction.remove(storage.items, bytes(key));
            else transaction.put(storage.items, bytes(key), bytes(value));
          });
        }),
      );
      if (below(12) === 0) await open(limits);
      const from = `k${10 + below(40)}`;
      const to = `k${10 + below(40)}`;
      const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`);
      const within = expected.filter((text) => text >= `${from}=` && text < `${to}=`);
      expect(textsOf(storage.items.range(everything))).toEqual(expected);
      expect(textsOf(storage.items.range({ from: bytes(from), to: bytes(to), reverse: true }))).toEqual(
        within.reverse(),
      );
      expect(storage.items.count({ from: bytes(from), to: bytes(to) })).toBe(within.length);
      expect(String(storage.items.get(bytes(from)))).toBe(String(model.get(from)));
      expect(storage.items.has(bytes(to))).toBe(model.has(to));
    }
  });
});
