import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Change, memoryStore, openLmdbStore, prefixRange, type StateStore } from "@hotkeep/state";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const backEnds: Record<string, (path: string) => Promise<StateStore>> = {
  memory: async () => memoryStore(),
  LMDB: (path) => openLmdbStore({ path }),
};

async function put(store: StateStore, values: Record<string, number>): Promise<void> {
  await store.transact(async (tx) => {
    for (const [key, value] of Object.entries(values)) tx.put(key, value);
  });
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open!: () => void;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

describe.each(Object.entries(backEnds))("a state store in %s", (_name, open) => {
  let path: string;
  let store: StateStore;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "hotkeep-state-"));
    store = await open(path);
  });
  afterEach(async () => {
    await store.close();
    await rm(path, { recursive: true, force: true });
  });

  it("returns what a transaction wrote, with one revision for all of it", async () => {
    await store.transact(async (tx) => {
      tx.put("a", { text: "ä", list: [1, null, true] });
      tx.put("b", 2);
    });
    const [a, b] = [await store.get("a"), await store.get("b")];
    expect(a).toEqual({ key: "a", value: { text: "ä", list: [1, null, true] }, revision: 1 });
    expect(b?.revision).toBe(1);
    expect(await store.get("c")).toBeUndefined();
  });

  it("gives each transaction a higher revision than the last", async () => {
    await put(store, { a: 1 });
    await put(store, { b: 1 });
    await put(store, { a: 2 });
    expect((await store.get("a"))?.revision).toBe(3);
    expect((await store.get("b"))?.revision).toBe(2);
  });

  it("shows a transaction its own writes and deletes, also in ranges with a limit", async () => {
    await put(store, { a: 1, b: 1, c: 1 });
    await store.transact(async (tx) => {
      tx.put("bb", 2);
      tx.delete("a");
      expect((await tx.get("bb"))?.value).toBe(2);
      expect(await tx.get("a")).toBeUndefined();
      expect((await tx.range({ start: "a", end: "z", limit: 2 })).map(({ key }) => key)).toEqual(["b", "bb"]);
    });
  });

  it("shows nothing of a transaction to others before it has ended", async () => {
    await store.transact(async (tx) => {
      tx.put("a", 1);
      expect(await store.get("a")).toBeUndefined();
    });
    expect((await store.get("a"))?.value).toBe(1);
  });

  it("writes nothing when the transaction throws", async () => {
    const failing = store.transact(async (tx) => {
      tx.put("a", 1);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await store.get("a")).toBeUndefined();
  });

  it("counts right when a hundred transactions change one key at a time", async () => {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        store.transact(async (tx) => {
          const before = (await tx.get("count"))?.value ?? 0;
          await Promise.resolve();
          tx.put("count", (before as number) + 1);
        }),
      ),
    );
    expect((await store.get("count"))?.value).toBe(100);
  });

  it("runs a transaction again when a range it read has gained an entry", async () => {
    let runs = 0;
    const [read, written] = [gate(), gate()];
    const counting = store.transact(async (tx) => {
      runs++;
      const seen = await tx.range(prefixRange("user/"));
      read.open();
      await written.passed;
      tx.put("users", seen.length);
    });
    await read.passed;
    await put(store, { "user/eve": 1 });
    written.open();
    await counting;
    expect(runs).toBe(2);
    expect((await store.get("users"))?.value).toBe(1);
  });

  it("lets only one of two transactions take a name that was free", async () => {
    const take = (who: string) =>
      store.transact(async (tx) => {
        if ((await tx.get("name")) !== undefined) return false;
        tx.put("name", who);
        return true;
      });
    expect((await Promise.all([take("a"), take("b")])).sort()).toEqual([false, true]);
  });

  it("does not report a failure that came from reads of two different moments", async () => {
    await put(store, { left: 1, right: 1 });
    const [read, written] = [gate(), gate()];
    const agreeing = store.transact(async (tx) => {
      const left = (await tx.get("left"))?.value;
      read.open();
      await written.passed;
      const right = (await tx.get("right"))?.value;
      if (left !== right) throw new Error("torn");
      return right;
    });
    await read.passed;
    await put(store, { left: 2, right: 2 });
    written.open();
    expect(await agreeing).toBe(2);
  });

  it("hands out copies that cannot change what is stored", async () => {
    await store.transact(async (tx) => tx.put("a", { list: [1] }));
    const value = (await store.get("a"))!.value as { list: number[] };
    value.list.push(2);
    expect((await store.get("a"))?.value).toEqual({ list: [1] });
  });

  it("returns ranges in the byte order of UTF-8, from start to before end", async () => {
    await put(store, { "\u{10000}": 1, "\ufffd": 1, ä: 1, a: 1, "a/b": 1, a0: 1, b: 1 });
    const all = await store.range({ start: "a", end: "\u{10ffff}" });
    expect(all.map(({ key }) => key)).toEqual(["a", "a/b", "a0", "b", "ä", "\ufffd", "\u{10000}"]);
    expect((await store.range({ start: "a/b", end: "b" })).map(({ key }) => key)).toEqual(["a/b", "a0"]);
    expect((await store.range({ start: "a", end: "z", limit: 2 })).map(({ key }) => key)).toEqual(["a", "a/b"]);
    expect(await store.range({ start: "a", end: "z", limit: 0 })).toEqual([]);
    expect((await store.range(prefixRange("a/"))).map(({ key }) => key)).toEqual(["a/b"]);
  });

  it("tells watchers of every commit in order, before the writer hears of it", async () => {
    const changes: Change[] = [];
    const stop = store.watch((change) => changes.push(change));
    await Promise.all([put(store, { a: 1 }), put(store, { b: 1 }), put(store, { a: 2 })]);
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    await store.transact(async (tx) => tx.delete("a"));
    expect(changes.at(-1)).toEqual({ revision: 4, entries: [{ key: "a", value: undefined }] });
    await store.transact(async (tx) => void (await tx.get("b")));
    stop();
    await put(store, { c: 1 });
    expect(changes).toHaveLength(4);
  });

  it("shows a watcher the state that it is told about", async () => {
    const seen: unknown[] = [];
    store.watch(({ entries }) => void store.get(entries[0]!.key).then((entry) => seen.push(entry?.value)));
    await put(store, { a: 1 });
    await put(store, { a: 2 });
    expect(seen).toEqual([1, 2]);
  });

  it("keeps its word to the writer when a watcher throws", async () => {
    store.watch(() => {
      throw new Error("broken watcher");
    });
    await put(store, { a: 1 });
    expect((await store.get("a"))?.value).toBe(1);
  });

  it("refuses keys and values that it could not give back", async () => {
    const write = (key: string, value: string) => store.transact(async (tx) => tx.put(key, value));
    await expect(write("", "x")).rejects.toThrow("A state key must not be empty.");
    await expect(write("k".repeat(1025), "x")).rejects.toThrow("A state key of 1025 bytes is longer than 1024.");
    await expect(write("\ud800", "x")).rejects.toThrow("A state key must be well-formed Unicode.");
    await expect(write("k", "x".repeat(400_000))).rejects.toThrow("has 400002 bytes, more than 358400");
  });

  it("refuses a transaction inside a transaction", async () => {
    const nested = store.transact(() => put(store, { a: 1 }));
    await expect(nested).rejects.toMatchObject({ code: "StateNested" });
  });

  it("refuses writes through a transaction that has ended", async () => {
    const leaked = await store.transact(async (tx) => tx);
    expect(() => leaked.put("a", 1)).toThrow("This state transaction has ended.");
  });

  it("refuses everything once it is closed", async () => {
    await store.close();
    await expect(put(store, { a: 1 })).rejects.toThrow("The state store is closed.");
    await expect(store.get("a")).rejects.toThrow("The state store is closed.");
  });
});
