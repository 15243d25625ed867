import type { CacheSettings, NodeNotices } from "@hotkeep/control-feed";
import { encodeBatchGetItemRequest, encodeGetItemRequest, encodePutItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { ByteCache } from "../../src/cache/byte-cache.js";
import { CacheRules } from "../../src/cache/cache-rules.js";
import { Doubts } from "../../src/cache/doubts.js";
import { ItemCache } from "../../src/cache/item-cache.js";
import { MemoryBudget } from "../../src/cache/memory-budget.js";
import { Refusal } from "../support/bare-tables.js";
import { RawClient } from "../support/raw-client.js";
import { eventually, ShiftedClock, startWorld, type World } from "../support/world.js";

const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));
const put = (key: string) => encodePutItemRequest("Books", Buffer.from(key), Buffer.from([1]));
const both = encodeBatchGetItemRequest("Books", [Buffer.from("a"), Buffer.from("b")]);
const found = { pk: { S: "a" } };
const readFailed = [1, 37, 38, 39, 47];

describe("when the tables do not answer, a node that may serve what has expired", () => {
  const clock = new ShiftedClock();
  let world: World;
  let dax: RawClient;
  afterEach(async () => {
    dax.close();
    await world.close();
  });

  /** A node that has read items a and b, whose time is over. */
  async function expired(cacheSettings: CacheSettings): Promise<void> {
    world = await startWorld({ clock, configuration: { recordTtlMs: 1_000, cacheSettings } });
    dax = await RawClient.authorized(world.node.port, "AKIAALICE", { now: clock.now() });
    world.tables.items.set("Books/a", found);
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    expect((await dax.ask(get("b"))).codes).toEqual([]);
    clock.advance(1_001);
  }
  const down = () => {
    world.tables.before = () => new Refusal(500, "InternalServerError", "down");
  };
  const answerTo = async (frame: Buffer, count = 1) => {
    const { codes, values } = await dax.ask(frame, count);
    return codes.length > 0 ? codes : values;
  };

  it("serves it for as long as it is told, item by item and in a batch, then fails", async () => {
    await expired({ staleMs: 5_000 });
    const fresh = await answerTo(get("a"));
    clock.advance(1_001);
    down();
    expect(await answerTo(get("a"))).toEqual(fresh);
    expect((await dax.ask(both, 2)).codes).toEqual([]);
    expect(world.node.metrics().FaultRequestCount).toBe(0);
    clock.advance(5_000);
    expect(await answerTo(get("a"))).toEqual(readFailed);
    expect(await answerTo(both)).toEqual(readFailed);
  });

  it("fails as DAX does where nothing is set", async () => {
    await expired({});
    down();
    expect(await answerTo(get("a"))).toEqual(readFailed);
  });

  it("passes on what the tables do say: a denial is no silence", async () => {
    await expired({ staleMs: 5_000 });
    world.tables.before = () => new Refusal(400, "AccessDeniedException", "no");
    expect((await dax.ask(get("a"))).codes).toEqual([4, 37, 38, 42]);
    world.tables.before = () => new Refusal(400, "ValidationException", "bad");
    expect((await dax.ask(get("a"))).codes[0]).toBe(4);
  });

  it("serves nothing that a write has replaced, even one of unknown outcome, here or on another node", async () => {
    await expired({ staleMs: 5_000 });
    down();
    expect((await dax.ask(put("a"))).codes).toEqual([1, 37, 38, 53]);
    expect(await answerTo(get("a"))).toEqual(readFailed);
    world.gateway.tell("wrote", {
      origin: "another",
      sequence: 1,
      table: "Books",
      keys: [Buffer.from("b").toString("base64")],
    });
    expect(await answerTo(get("b"))).toEqual(readFailed);
  });

  it("serves it after the time that it may wait, while the read goes on and is cached", async () => {
    await expired({ staleMs: 5_000, staleAfterMs: 20 });
    let release!: () => void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.tables.before = () => held;
    world.tables.items.delete("Books/a");
    const old = await answerTo(get("a"));
    expect(old).toEqual(await answerTo(get("a")));
    release();
    const { count } = { count: () => world.tables.count("GetItem") };
    await eventually(() => count() >= 3, "read");
    let now = await answerTo(get("a"));
    for (let i = 0; i < 100 && JSON.stringify(now) === JSON.stringify(old); i++) now = await answerTo(get("a"));
    expect(now).not.toEqual(old);
    expect(count()).toBeLessThanOrEqual(4);
  });

  it("says so to whoever follows requests", async () => {
    await expired({ staleMs: 5_000 });
    down();
    world.gateway.tell("follow", { forMs: 60_000, percent: 100 });
    await answerTo(get("a"));
    const seen = (): NodeNotices["seen"]["requests"] => world.gateway.told.seen.flatMap(({ requests }) => requests);
    await eventually(() => seen().length > 0, "told");
    expect(seen().map(({ outcome }) => outcome)).toEqual(["stale"]);
  });
});

describe("an expired item", () => {
  const key = Buffer.from("\x41t\x41k", "latin1");
  const limits = { tableLagMs: 1_000, learnedKeysBits: 1 << 12, lateWriteMs: 2_000, lateKeysMax: 2 };
  const cacheOf = () => {
    const cache = new ItemCache(
      new ByteCache(new MemoryBudget(1e6), 5),
      new CacheRules(5_000, 0),
      new Doubts(limits, 5),
    );
    cache.staleMs = 1_000;
    return cache;
  };
  const fill = (cache: ItemCache, text: string, now: number) =>
    cache.endFill(cache.beginFill(key, "GetItem", now), { response: Buffer.from(text) }, now);

  it("is kept for its time, out of the way of ordinary look-ups", () => {
    const cache = cacheOf();
    fill(cache, "v1", 0);
    expect(cache.findExpired(key, 4_999)).toBeUndefined();
    expect(cache.find(key, 0, key.length, 5_000)).toBeUndefined();
    expect(cache.findExpired(key, 5_999)?.response.toString()).toBe("v1");
    expect(cache.findExpired(key, 6_000)).toBeUndefined();
    expect(cache.find(key, 0, key.length, 6_000)).toBeUndefined();
    expect(cache.count).toBe(0);
  });

  it("is not kept when a doubt was its end: a write may have come late", () => {
    const cache = cacheOf();
    cache.invalidate(key, 0, true);
    fill(cache, "v1", 100);
    expect(cache.find(key, 0, key.length, 1_999)?.response.toString()).toBe("v1");
    expect(cache.findExpired(key, 2_000)).toBeUndefined();
  });

  it("goes when a read without lease has found another value", () => {
    const cache = cacheOf();
    fill(cache, "v1", 0);
    cache.beginFill(key, "GetItem", 5_500);
    cache.endFill(cache.beginFill(key, "BatchGetItem", 5_500), { response: Buffer.from("v2") }, 5_500);
    expect(cache.findExpired(key, 5_500)).toBeUndefined();
  });
});
