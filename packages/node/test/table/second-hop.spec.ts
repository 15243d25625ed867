import type { AttributeMap } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { encodeDefineKeySchemaRequest, encodeGetItemRequest, encodePutItemRequest } from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { Refusal } from "../support/bare-tables.js";
import { RawClient } from "../support/raw-client.js";
import { eventually, ShiftedClock, startWorld, type World, type WorldOptions } from "../support/world.js";

const worlds: World[] = [];
const clients: RawClient[] = [];

async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld(options);
  worlds.push(made);
  return made;
}

async function client(of: World): Promise<RawClient> {
  const made = await RawClient.authorized(of.node.port, "AKIAALICE");
  clients.push(made);
  return made;
}

afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const one of worlds.splice(0)) await one.close();
});

const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));
/** A put of an item that is nothing but its key. */
const put = (key: string) => encodePutItemRequest("Books", Buffer.from(key), Buffer.from([1]));
const item = (key: string): AttributeMap => ({ pk: { S: key } });
const accessDenied = [4, 37, 38, 42];
const readFailed = [1, 37, 38, 39, 47];
const writeUnknown = [1, 37, 38, 53];
const throttling = [4, 37, 38, 39, 50];

const roleDenial = (action: string) =>
  `User: arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01 is not authorized to perform: ${action} on resource: arn:aws:dynamodb:us-west-2:123456789012:table/Books because no identity-based policy allows the ${action} action`;

describe("the second hop", () => {
  it("signs as the service role, describes a table once, and asks for one session", async () => {
    const one = await world();
    const dax = await client(one);
    for (const key of ["a", "b", "c"]) await dax.ask(get(key));
    expect(one.tables.calls.map((call) => call.operation)).toEqual(["DescribeTable", "GetItem", "GetItem", "GetItem"]);
    expect(new Set(one.tables.calls.map((call) => call.credential))).toEqual(new Set(["ASIASERVICEROLE00001"]));
    expect(one.gateway.timesAsked("roleSession")).toBe(1);
  });

  it("describes a table again after its time", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    const dax = await client(one);
    await dax.ask(get("a"));
    clock.advance(61_000);
    await dax.ask(get("b"));
    expect(one.tables.count("DescribeTable")).toBe(2);
  });

  for (const [operation, frame, action] of [
    ["DescribeTable", encodeDefineKeySchemaRequest("Books"), "dynamodb:DescribeTable"],
    ["GetItem", get("a"), "dynamodb:GetItem"],
    ["PutItem", put("a"), "dynamodb:PutItem"],
  ] as const) {
    it(`passes a refusal of ${operation} on in the endpoint's words, and remembers it`, async () => {
      const one = await world();
      one.tables.before = (name) =>
        name === operation ? new Refusal(400, "AccessDeniedException", roleDenial(action)) : undefined;
      const dax = await client(one);
      const answer = await dax.ask(frame);
      expect(answer.codes).toEqual(accessDenied);
      expect(answer.message).toBe(roleDenial(action));
      const [denied] = one.gateway.told.denied;
      expect(answer.info).toEqual([denied!.id, "AccessDeniedException", 400]);
      expect(denied).toMatchObject({
        hop: "service-role",
        principal: "arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01",
        action,
        resource: "arn:aws:dynamodb:us-west-2:123456789012:table/Books",
      });
    });
  }

  it("says that the role cannot be assumed, and goes on as soon as it can", async () => {
    const one = await world();
    const { role } = one.gateway;
    one.gateway.role = undefined;
    const dax = await client(one);
    const answer = await dax.ask(get("a"));
    expect(answer.codes).toEqual(accessDenied);
    expect(answer.message).toContain("is not authorized to perform: sts:AssumeRole on resource:");
    one.gateway.role = role;
    one.gateway.tell("roleSessionRevoked", {});
    expect((await dax.ask(get("a"))).codes).toEqual([]);
  });

  it("takes a new session when the old one is revoked; hits go on without one", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    one.gateway.role = undefined;
    one.gateway.tell("roleSessionRevoked", {});
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    expect((await dax.ask(get("b"))).codes).toEqual(accessDenied);
  });

  it("renews its session before the end, and once more when the endpoint calls it expired", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    const dax = await client(one);
    await dax.ask(get("a"));
    one.gateway.role = { ...one.gateway.role!, accessKeyId: "ASIASECOND" };
    clock.advance(50 * 60_000);
    const again = await RawClient.authorized(one.node.port, "AKIAALICE", { now: clock.now() });
    clients.push(again);
    await again.ask(get("b"));
    expect(one.tables.calls.at(-1)?.credential).toBe("ASIASERVICEROLE00001");
    clock.advance(9.5 * 60_000);
    one.gateway.role = { ...one.gateway.role!, expiresAt: clock.now() + 3_600_000 };
    const third = await RawClient.authorized(one.node.port, "AKIAALICE", { now: clock.now() });
    clients.push(third);
    await third.ask(get("c"));
    expect(one.tables.calls.at(-1)?.credential).toBe("ASIASECOND");
    one.gateway.role = { ...one.gateway.role!, accessKeyId: "ASIATHIRD" };
    let refusals = 1;
    one.tables.before = () =>
      refusals-- > 0 ? new Refusal(400, "ExpiredTokenException", "The security token is expired") : undefined;
    expect((await third.ask(get("d"))).codes).toEqual([]);
    expect(one.tables.calls.at(-1)?.credential).toBe("ASIATHIRD");
  });

  it("uses what is left of its session when the gateway does not answer", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock, limits: { callerWithoutFeedMs: 7_200_000, authorizationMs: 7_200_000 } });
    const dax = await client(one);
    await dax.ask(get("a"));
    one.gateway.lose();
    clock.advance(59.5 * 60_000);
    expect((await dax.ask(get("b"))).codes).toEqual([]);
    clock.advance(30_000);
    expect((await dax.ask(get("c"))).codes).toEqual(readFailed);
    expect((await dax.ask(put("c"))).codes).toEqual(throttling);
  });

  it("passes a missing table on, and finds it when it is there", async () => {
    const one = await world();
    one.tables.before = () =>
      new Refusal(400, "ResourceNotFoundException", "Requested resource not found: Table: Books not found");
    const dax = await client(one);
    const answer = await dax.ask(encodeDefineKeySchemaRequest("Books"));
    expect(answer.codes).toEqual([4, 37, 38, 39, 41]);
    expect(answer.message).toBe("Requested resource not found: Table: Books not found");
    one.tables.before = () => undefined;
    expect((await dax.ask(encodeDefineKeySchemaRequest("Books"))).codes).toEqual([]);
  });

  it("reads once more over another connection, then says that the read failed", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    let breaks = 1;
    one.tables.before = () => (breaks-- > 0 ? "hang up" : undefined);
    expect((await dax.ask(get("b"))).codes).toEqual([]);
    breaks = 2;
    const answer = await dax.ask(get("c"));
    expect(answer.codes).toEqual(readFailed);
    expect(answer.message).toBe("The table endpoint does not answer.");
    expect((await dax.ask(get("c"))).codes).toEqual([]);
  });

  it("never repeats a write: a broken connection leaves the outcome unknown and drops the key", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    one.tables.before = (operation) => (operation === "PutItem" ? "hang up" : undefined);
    const answer = await dax.ask(put("a"));
    expect(answer.codes).toEqual(writeUnknown);
    expect(one.tables.count("PutItem")).toBe(1);
    expect(one.gateway.told.wrote).toEqual([
      { sequence: 1, table: "Books", keys: [Buffer.from("a").toString("base64")], doubt: true },
    ]);
    await dax.ask(get("a"));
    expect(one.tables.count("GetItem")).toBe(2);
    expect(one.tables.calls.at(-1)!.input.ConsistentRead).toBe(true);
  });

  it("calls a write unknown when the endpoint answers 500, and impossible when nobody listens", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("warm"));
    one.tables.before = () => new Refusal(500, "InternalServerError", "broken");
    expect((await dax.ask(put("a"))).codes).toEqual(writeUnknown);
    const read = await dax.ask(get("a"));
    expect(read.codes).toEqual(readFailed);
    expect(read.message).toBe("broken");
    await one.tables.close();
    // The first call may still meet the old connection.
    expect((await dax.ask(get("b"))).codes).toEqual(readFailed);
    expect((await dax.ask(put("a"))).codes).toEqual(throttling);
    expect((await dax.ask(get("warm"))).codes).toEqual([]);
  });

  it("gives up after its time", async () => {
    const one = await world({ limits: { endpointTimeoutMs: 1_000 } });
    const dax = await client(one);
    expect((await dax.ask(get("warm"))).codes).toEqual([]);
    let release!: () => void;
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    one.tables.before = () => held;
    expect((await dax.ask(put("a"))).codes).toEqual(writeUnknown);
    release();
  });

  it("bounds what it reads", async () => {
    const one = await world({ limits: { endpointResponseBytesMax: 10_000 } });
    one.tables.items.set("Books/large", { pk: { S: "large" }, text: { S: "x".repeat(20_000) } });
    const dax = await client(one);
    expect((await dax.ask(get("large"))).codes).toEqual(readFailed);
  });

  it("drops everything cached when a table turns out to be another one than before", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    const dax = await client(one);
    await dax.ask(get("a"));
    const description = (id: string) => ({
      Table: {
        TableName: "Books",
        TableId: id,
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      },
    });
    one.tables.before = (operation) => (operation === "DescribeTable" ? description("second") : undefined);
    clock.advance(61_000);
    await dax.ask(get("b"));
    await dax.ask(get("a"));
    expect(one.tables.calls.filter((call) => call.operation === "GetItem").map((call) => call.input.Key)).toEqual([
      item("a"),
      item("b"),
      item("a"),
    ]);
  });
});

describe("writes of other nodes", () => {
  it("drop the key; a gap drops everything", async () => {
    const one = await world({ limits: { seatAskMs: 3_600_000 } });
    const dax = await client(one);
    const reads = () => one.tables.count("GetItem");
    for (const key of ["a", "b"]) await dax.ask(get(key));
    const keys = [Buffer.from("a").toString("base64")];
    one.gateway.tell("wrote", { origin: "daxcluster01-b/run", sequence: 1, table: "Books", keys });
    for (const key of ["a", "b"]) await dax.ask(get(key));
    expect(reads()).toBe(3);
    one.gateway.tell("wrote", { origin: "daxcluster01-b/run", sequence: 3, table: "Books", keys: [] });
    for (const key of ["a", "b"]) await dax.ask(get(key));
    expect(reads()).toBe(5);
    one.gateway.tell("wrote", { origin: "daxcluster01-b/run", sequence: 4, table: "Other", keys });
    for (const key of ["a", "b"]) await dax.ask(get(key));
    expect(reads()).toBe(5);
  });

  it("made after the feed was lost wait for the seat, and are refused when it does not come back", async () => {
    const one = await world({ limits: { seatWaitMs: 100 } });
    const dax = await client(one);
    await dax.ask(put("a"));
    one.gateway.lose();
    const refused = await dax.ask(put("b"));
    expect(refused.codes).toEqual([4, 37, 38, 39, 50]);
    expect(refused.message).toBe("This node has lost touch with its cluster; nothing was written.");
    expect(one.tables.count("PutItem")).toBe(1);
    const waiting = dax.ask(put("b"));
    one.gateway.mend();
    expect((await waiting).codes).toEqual([]);
    expect(one.gateway.told.wrote.map((notice) => [notice.sequence, notice.keys.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it("under way when the feed is lost are acknowledged once the gateway knows that a notice is missing", async () => {
    for (const comesBack of [true, false]) {
      const one = await world({ limits: { seatWaitMs: 100 } });
      const dax = await client(one);
      await dax.ask(get("a"));
      one.tables.before = (operation) => {
        if (operation === "PutItem") one.gateway.lose();
        return undefined;
      };
      const notify = one.gateway.notify.bind(one.gateway);
      let missed = 0;
      one.gateway.notify = (name, notice) => {
        if (name === "wrote" && !one.gateway.connected) missed++;
        return notify(name, notice);
      };
      const writing = dax.ask(put("a"));
      await eventually(() => missed === 1, "a notice that cannot be sent");
      if (comesBack) one.gateway.mend();
      const answer = await writing;
      expect(answer.codes).toEqual(comesBack ? [] : writeUnknown);
      if (!comesBack) expect(answer.message).toContain("this node has lost touch with its cluster");
      expect(one.gateway.told.wrote).toEqual([]);
      const shown = one.gateway.asked.filter(({ name }) => name === "listening" || name === "seat").at(-1)!;
      expect(shown.request).toMatchObject({ sequence: comesBack ? 1 : 0 });
    }
  });

  it("a put is served from memory afterwards, without reading the table", async () => {
    const one = await world();
    const dax = await client(one);
    expect((await dax.ask(get("a"))).bytes.toString("hex")).toBe("80a0");
    expect((await dax.ask(put("a"))).bytes.toString("hex")).toMatch(/^80(a0|f6)$/);
    expect((await dax.ask(get("a"))).bytes.toString("hex")).toBe("80a1004101");
    expect(one.tables.count("GetItem")).toBe(1);
  });

  it("a slow read cannot put an old value back", async () => {
    const one = await world();
    const reader = await client(one);
    const writer = await client(one);
    await reader.ask(get("warm"));
    let release!: () => void;
    const held = new Promise<unknown>((resolve) => {
      release = () => resolve({});
    });
    one.tables.before = (operation) => (operation === "GetItem" ? held : undefined);
    const slow = reader.ask(get("a"));
    await eventually(() => one.tables.count("GetItem") === 2, "the read has reached the table");
    await writer.ask(put("a"));
    release();
    expect((await slow).bytes.toString("hex")).toBe("80a0");
    // Which of the two values is newer is not known here: the table is asked, and its replicas are not trusted.
    one.tables.before = () => undefined;
    one.tables.items.set("Books/a", { pk: { S: "a" } });
    expect((await reader.ask(get("a"))).bytes.toString("hex")).toBe("80a1004101");
    expect(one.tables.calls.at(-1)!.input.ConsistentRead).toBe(true);
  });

  it("an error of the gateway at start is the caller's", async () => {
    const { StandInGateway } = await import("../support/stand-in-gateway.js");
    const { startNode } = await import("@hotkeep/node");
    const { silentLogger, systemClock, systemRandom } = await import("@hotkeep/core");
    const gateway = new StandInGateway({ tableEndpoint: "http://127.0.0.1:1" });
    gateway.request = () => Promise.reject(new AwsError("ValidationException", "no such node"));
    await expect(
      startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: silentLogger }),
    ).rejects.toThrow("no such node");
  });
});
