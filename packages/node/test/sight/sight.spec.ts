import type { SeenRequest } from "@hotkeep/control-feed";
import { encodeDeleteItemRequest, encodeGetItemRequest } from "@hotkeep/dax-wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../support/bare-tables.js";
import { RawClient } from "../support/raw-client.js";
import { allowing } from "../support/stand-in-gateway.js";
import { eventually, ShiftedClock, startWorld, type World } from "../support/world.js";

let world: World;
let clock: ShiftedClock;
const clients: RawClient[] = [];

beforeEach(async () => {
  clock = new ShiftedClock();
  world = await startWorld({ clock, configuration: { recordTtlMs: 60_000 } });
  put("a");
});
afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  await world.close();
});

/** How long the table takes for a read by the test's clock; a busy machine does not come near it. */
const tableMs = 8_000;
const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));
const put = (key: string, title = `T-${key}`) =>
  world.tables.items.set(`Books/${key}`, { pk: { S: key }, title: { S: title } });
const client = async (accessKeyId = "AKIAALICE") => {
  const made = await RawClient.authorized(world.node.port, accessKeyId);
  clients.push(made);
  return made;
};
const follow = (percent = 100) => world.gateway.tell("follow", { forMs: 10_000, percent });
const seen = () => world.gateway.told.seen.flatMap(({ requests }) => requests);
async function told(count: number): Promise<readonly SeenRequest[]> {
  await eventually(() => seen().length >= count, `${count} requests told`);
  return seen();
}
const look = (key: unknown, stored = true) =>
  world.gateway.ask("xray", { table: "Books", key: key as Record<string, unknown>, stored });

describe("a node that is followed", () => {
  it("tells of each request whether it was a miss, a hit, a hit on nothing, or a write; how old; of whom", async () => {
    const dax = await client();
    follow();
    world.tables.before = (operation) => {
      if (operation === "GetItem") clock.advance(tableMs);
      return undefined;
    };
    await dax.ask(get("a"));
    clock.advance(1_234);
    await dax.ask(get("a"));
    await dax.ask(get("nobody"));
    await dax.ask(get("nobody"));
    await dax.ask(encodeDeleteItemRequest("Books", Buffer.from("a")));
    const requests = await told(5);
    expect(requests.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      "GetItem miss",
      "GetItem hit",
      "GetItem miss",
      "GetItem negative",
      "DeleteItem write",
    ]);
    const [miss, hit] = requests;
    const alice = "arn:aws:iam::123456789012:user/alice";
    expect(miss).toMatchObject({ table: "Books", key: { pk: { S: "a" } }, principal: alice });
    expect(miss).not.toHaveProperty("ageMs");
    expect(hit).toMatchObject({ table: "Books", key: { pk: { S: "a" } }, principal: alice });
    expect(hit!.ageMs).toBeGreaterThanOrEqual(1_234);
    expect(hit!.ageMs).toBeLessThan(1_234 + tableMs);
    expect(miss!.tookMicros).toBeGreaterThanOrEqual(tableMs * 1_000);
    expect(hit!.tookMicros).toBeLessThan(tableMs * 1_000);
  });

  it("tells who waited for another's read", async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const [one, two] = [await client(), await client()];
    await one.ask(get("warm"));
    world.tables.before = (operation) => (operation === "GetItem" ? held.then(() => undefined) : undefined);
    follow();
    const answers = [one.ask(get("a"))];
    await eventually(() => world.tables.count("GetItem") === 2, "the first read runs");
    answers.push(two.ask(get("a")));
    await eventually(() => world.node.metrics().ItemCacheMisses === 3, "the second has missed, too");
    letGo();
    await Promise.all(answers);
    expect((await told(2)).map(({ outcome }) => outcome).sort()).toEqual(["coalesced", "miss"]);
  });

  it("tells which hop refused, under the id of the refusal", async () => {
    world.gateway.user("AKIABOB", "bob", [allowing("dax:PutItem")]);
    const [bob, alice] = [await client("AKIABOB"), await client()];
    follow();
    const first = await bob.ask(get("a"));
    world.tables.before = (operation) =>
      operation === "GetItem" ? new Refusal(400, "AccessDeniedException", "User: role is not authorized") : undefined;
    await alice.ask(get("a"));
    const [caller, role] = await told(2);
    expect(caller).toMatchObject({ outcome: "denied", deniedBy: "caller", errorCode: "AccessDeniedException" });
    expect(caller!.requestId).toBe(world.gateway.told.denied[0]!.id);
    expect(first.codes).toEqual([4, 37, 38, 42]);
    expect(role).toMatchObject({ outcome: "denied", deniedBy: "service-role", table: "Books" });
  });

  it("tells a share of them, at most a hundred at a time, and nothing when nobody asks", async () => {
    const dax = await client();
    await dax.ask(get("a"));
    follow(25);
    for (let i = 0; i < 40; i++) await dax.ask(get("a"));
    expect(await told(10)).toHaveLength(10);
    follow();
    await dax.send(Buffer.concat(Array.from({ length: 500 }, () => get("a"))));
    await eventually(() => world.gateway.told.seen.some(({ missed }) => missed > 0), "some are missed");
    const { requests, missed } = world.gateway.told.seen.at(-1)!;
    expect([requests.length, requests.length + missed]).toEqual([100, 500]);
    clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = world.gateway.told.seen.length;
    await dax.send(get("a"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(world.gateway.told.seen.length).toBe(before);
  });
});

describe("an x-ray of a key", () => {
  it("shows what is cached beside what is stored, and changes nothing by looking", async () => {
    const dax = await client();
    expect(await look({ pk: { S: "a" } })).toMatchObject({
      cached: { state: "absent" },
      stored: { state: "found", item: { title: { S: "T-a" } }, readBy: expect.stringContaining("assumed-role") },
    });
    await dax.ask(get("a"));
    put("a", "changed behind the cache");
    clock.advance(5_000);
    const { cached, stored } = await look({ pk: { S: "a" } });
    expect(cached).toMatchObject({ state: "cached", item: { pk: { S: "a" }, title: { S: "T-a" } } });
    expect(Math.abs(cached.ageMs! + cached.expiresInMs! - 60_000)).toBeLessThanOrEqual(2);
    expect(cached.ageMs).toBeGreaterThanOrEqual(5_000);
    expect(stored).toMatchObject({ item: { title: { S: "changed behind the cache" } } });
    await dax.ask(get("nobody"));
    expect(await look({ pk: { S: "nobody" } })).toMatchObject({
      cached: { state: "negative" },
      stored: { state: "none" },
    });
    expect((await look({ pk: { S: "a" } }, false)).stored).toBeUndefined();
    clock.advance(60_000);
    expect((await look({ pk: { S: "a" } })).cached).toEqual({ state: "absent" });
    expect(
      world.tables.calls.filter(({ operation, input }) => operation === "GetItem" && input.ConsistentRead === true),
    ).toHaveLength(4);
  });

  it("says why the table cannot be seen, and what is wrong with a key", async () => {
    await expect(look({ other: { S: "a" } })).rejects.toThrow("The provided key element does not match the schema");
    await expect(look({ pk: { X: "a" } })).rejects.toMatchObject({ code: "ValidationException" });
    world.tables.before = (operation) =>
      operation === "GetItem" ? new Refusal(400, "AccessDeniedException", "User: role is not authorized") : undefined;
    expect((await look({ pk: { S: "a" } })).stored).toEqual({
      state: "refused",
      message: "User: role is not authorized",
    });
    world.tables.before = () => "hang up";
    expect((await look({ pk: { S: "a" } })).stored).toMatchObject({ state: "unreachable" });
    world.tables.before = (operation) =>
      operation === "DescribeTable"
        ? new Refusal(400, "ResourceNotFoundException", "Requested resource not found")
        : undefined;
    const unknown = await world.gateway.ask("xray", { table: "Nowhere", key: { pk: { S: "a" } }, stored: true });
    expect(unknown).toEqual({
      cached: { state: "refused", message: "Requested resource not found" },
      stored: { state: "refused", message: "Requested resource not found" },
    });
  });
});

it("reports the keys that were looked up most, as people write them", async () => {
  const dax = await client();
  put("b");
  for (let i = 0; i < 30; i++) await dax.ask(get(i % 3 === 0 ? "b" : "a"));
  const { keys, total, spanMs } = await world.gateway.ask("hotKeys", { keysMax: 10 });
  expect(keys).toEqual([
    { table: "Books", key: { pk: { S: "a" } }, count: 20 },
    { table: "Books", key: { pk: { S: "b" } }, count: 10 },
  ]);
  expect(total).toBe(30);
  expect(spanMs).toBeGreaterThan(0);
  expect((await world.gateway.ask("hotKeys", { keysMax: 1 })).keys).toHaveLength(1);
});
