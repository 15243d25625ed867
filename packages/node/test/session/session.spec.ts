import { HotkeepError } from "@hotkeep/core";
import {
  encodeDefineAttributeListIdRequest,
  encodeDefineAttributeListRequest,
  encodeDefineKeySchemaRequest,
  encodeEndpointsRequest,
  encodeGetItemRequest,
  encodePreamble,
} from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { authorizeFrame, RawClient } from "../support/raw-client.js";
import { allowing, clusterArn, policyOf } from "../support/stand-in-gateway.js";
import { eventually, ShiftedClock, startWorld, type World, type WorldOptions } from "../support/world.js";

const worlds: World[] = [];
const clients: RawClient[] = [];

async function world(options: WorldOptions = {}): Promise<World> {
  const made = await startWorld(options);
  worlds.push(made);
  return made;
}

async function client(of: World, accessKeyId = "AKIAALICE", options = {}): Promise<RawClient> {
  const made = await RawClient.authorized(of.node.port, accessKeyId, options);
  clients.push(made);
  return made;
}

async function stranger(of: World): Promise<RawClient> {
  const made = await RawClient.dial(of.node.port);
  clients.push(made);
  return made;
}

afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const one of worlds.splice(0)) await one.close();
});

const get = (key: string) => encodeGetItemRequest("Books", Buffer.from(key));
const put = (of: World, key: string) =>
  of.tables.items.set(`Books/${key}`, { pk: { S: key }, title: { S: `T-${key}` } });
const authenticationRequired = [4, 23, 31, 33];
const accessDenied = [4, 37, 38, 42];

/** The role of each node on the roster: 1 leads. */
async function roles(dax: RawClient): Promise<readonly unknown[]> {
  const [endpoints] = (await dax.ask(encodeEndpointsRequest())).values as [Map<number, unknown>[]];
  return endpoints.map((entry) => entry.get(4));
}

describe("a session", () => {
  it("answers nothing to preamble and authorisation, and then the first request", async () => {
    const one = await world();
    put(one, "a");
    const dax = await client(one);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(dax.unread.length).toBe(0);
    const answer = await dax.ask(get("a"));
    expect(answer.codes).toEqual([]);
    expect(answer.values).toEqual([new Map([[0, Buffer.from([2, 0x63, 0x54, 0x2d, 0x61])]])]);
  });

  it("serves the second read from memory, byte for byte the same", async () => {
    const one = await world();
    put(one, "a");
    const dax = await client(one);
    const first = await dax.ask(get("a"));
    const second = await dax.ask(get("a"));
    expect(second.bytes).toEqual(first.bytes);
    expect(one.tables.count("GetItem")).toBe(1);
    expect(one.node.metrics()).toMatchObject({ ItemCacheHits: 1, ItemCacheMisses: 1, GetItemRequestCount: 2 });
  });

  it("remembers that an item is not there", async () => {
    const one = await world();
    const dax = await client(one);
    expect((await dax.ask(get("none"))).bytes.toString("hex")).toBe("80a0");
    expect((await dax.ask(get("none"))).bytes.toString("hex")).toBe("80a0");
    expect(one.tables.count("GetItem")).toBe(1);
  });

  it("answers pipelined requests in order, hits and misses mixed", async () => {
    const one = await world();
    for (const key of ["a", "b", "c"]) put(one, key);
    const dax = await client(one);
    await dax.ask(get("b"));
    dax.send(get("a"), get("b"), get("c"), get("none"), get("b"), encodeEndpointsRequest(), get("a"));
    const titles = [];
    for (let i = 0; i < 5; i++) titles.push((await dax.answer()).bytes.toString("latin1").slice(-1));
    expect(titles).toEqual(["a", "b", "c", "\u00a0", "b"]);
    expect((await dax.answer()).values[0]).toHaveLength(1);
    expect((await dax.answer()).bytes.toString("latin1").slice(-1)).toBe("a");
  });

  it("takes frames that arrive byte by byte", async () => {
    const one = await world();
    put(one, "a");
    const dax = await stranger(one);
    const bytes = Buffer.concat([encodePreamble("Slow", "0"), authorizeFrame("AKIAALICE"), get("a"), get("a")]);
    for (const byte of bytes) {
      dax.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await dax.answer()).codes).toEqual([]);
    expect((await dax.answer()).codes).toEqual([]);
  });

  it("collapses reads of one missing item into one", async () => {
    const one = await world();
    put(one, "a");
    let release!: () => void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    one.tables.before = (operation) => (operation === "GetItem" ? held : undefined);
    const many = await Promise.all(Array.from({ length: 10 }, () => client(one)));
    const answers = many.map((dax) => dax.ask(get("a")));
    await eventually(() => one.node.metrics().ItemCacheMisses === 10, "ten misses");
    release();
    for (const answer of await Promise.all(answers)) expect(answer.codes).toEqual([]);
    expect(one.tables.count("GetItem")).toBe(1);
  });

  it("tells the roster, key schemas and attribute lists", async () => {
    const one = await world();
    const dax = await client(one);
    const [endpoints] = (await dax.ask(encodeEndpointsRequest())).values as [Map<number, unknown>[]];
    expect(endpoints).toEqual([
      new Map<number, unknown>([
        [0, 0],
        [1, "daxcluster01-a"],
        [2, Buffer.from([127, 0, 0, 1])],
        [3, one.node.port],
        [4, 1],
        [5, "us-west-2a"],
        [6, 1],
      ]),
    ]);
    expect((await dax.ask(encodeDefineKeySchemaRequest("Books"))).values).toEqual([new Map([["pk", "S"]])]);
    const [id] = (await dax.ask(encodeDefineAttributeListIdRequest(["zeta", "alpha"]))).values;
    expect((await dax.ask(encodeDefineAttributeListRequest(id as number))).values).toEqual([["zeta", "alpha"]]);
    expect((await dax.ask(encodeDefineAttributeListRequest(1))).values).toEqual([[]]);
    const unknown = await dax.ask(encodeDefineAttributeListRequest(4711));
    expect(unknown.codes).toEqual([4, 37, 38, 39, 46]);
    expect(unknown.message).toContain("There is no attribute list with the id 4711");
  });

  it("tells another roster as soon as the gateway does", async () => {
    const one = await world();
    const dax = await client(one);
    const { nodes } = one.gateway.roster!;
    one.gateway.tell("roster", {
      epoch: 7,
      nodes: [
        { ...nodes[0]!, leader: false },
        { ...nodes[0]!, nodeId: "daxcluster01-b", ordinal: 1, address: "127.0.0.2" },
      ],
    });
    const [endpoints] = (await dax.ask(encodeEndpointsRequest())).values as [Map<number, unknown>[]];
    expect(endpoints.map((entry) => [entry.get(2), entry.get(4), entry.get(6)])).toEqual([
      [Buffer.from([127, 0, 0, 1]), 2, 7],
      [Buffer.from([127, 0, 0, 2]), 1, 7],
    ]);
  });
});

describe("the leader on the roster", () => {
  it("is nobody for a node whose seat has ended, and for one that was only told by notice that it leads", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock, limits: { seatAskMs: 3_600_000 } });
    const dax = await client(one);
    expect(await roles(dax)).toEqual([1]);
    one.gateway.seat = { ...one.gateway.seat, seatMs: 800 };
    one.gateway.lose();
    expect(await roles(dax)).toEqual([2]);
    one.gateway.mend();
    await eventually(() => one.gateway.timesAsked("listening") === 2, "the node is back");
    expect(await roles(dax)).toEqual([1]);
    clock.advance(801);
    expect(await roles(dax)).toEqual([2]);
    // Named anew, it asks for the seat at once, and does not take itself for the leader before the answer.
    let answer: (() => void) | undefined;
    const request = one.gateway.request.bind(one.gateway);
    one.gateway.request = async (name, body) => {
      if (name === "seat") await new Promise<void>((resolve) => (answer = resolve));
      return request(name, body);
    };
    one.gateway.roster = { ...one.gateway.roster!, epoch: 2 };
    one.gateway.tell("roster", one.gateway.roster);
    expect(await roles(dax)).toEqual([2]);
    answer!();
    await eventually(() => one.gateway.timesAsked("seat") === 1, "the answer");
    expect(await roles(dax)).toEqual([1]);
  });
});

describe("the leader when its gateway has been started anew", () => {
  it("names itself as soon as it is told so, whoever else is still missing", async () => {
    const one = await world({ limits: { seatAskMs: 3_600_000 } });
    const dax = await client(one);
    expect(await roles(dax)).toEqual([1]);
    one.gateway.lose();
    expect(await roles(dax)).toEqual([2]);
    one.gateway.grant = () => ({ ...one.gateway.seat, roster: { epoch: 0, nodes: [] }, leads: true });
    one.gateway.mend();
    await eventually(async () => (await roles(dax))[0] === 1, "the leader");
  });

  it("asks for the seat at once when it is told the roster that it had", async () => {
    const one = await world({ limits: { seatAskMs: 3_600_000 } });
    const dax = await client(one);
    const known = one.gateway.roster!;
    expect(await roles(dax)).toEqual([1]);
    one.gateway.lose();
    one.gateway.roster = { epoch: 0, nodes: [] };
    one.gateway.mend();
    await eventually(() => one.gateway.timesAsked("listening") === 2, "the node is back");
    expect(await roles(dax)).toEqual([2]);
    one.gateway.roster = known;
    one.gateway.tell("roster", known);
    await eventually(async () => (await roles(dax))[0] === 1, "the leader");
    expect(one.gateway.timesAsked("seat")).toBe(1);
  });
});

describe("authentication of a connection", () => {
  it("answers every request with authentication required until somebody has signed", async () => {
    const one = await world();
    const dax = await stranger(one);
    dax.send(encodePreamble("Nobody", null));
    for (const frame of [encodeEndpointsRequest(), get("a"), encodeDefineKeySchemaRequest("Books")]) {
      const answer = await dax.ask(frame);
      expect(answer).toMatchObject({
        codes: authenticationRequired,
        message: "Connection requires authentication",
        info: null,
      });
    }
    dax.send(authorizeFrame("AKIAALICE"));
    expect((await dax.ask(get("a"))).codes).toEqual([]);
  });

  for (const [what, accessKeyId, options] of [
    ["an unknown key", "AKIANOBODY", {}],
    ["a wrong secret", "AKIAALICE", { secretAccessKey: "guess" }],
    ["another Region", "AKIAALICE", { region: "us-east-1" }],
    ["an old signature", "AKIAALICE", { now: Date.now() - 301_000 }],
    ["a signature from the future", "AKIAALICE", { now: Date.now() + 400_000 }],
    ["a session token that nobody issued", "AKIAALICE", { sessionToken: "x" }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const one = await world();
      const dax = await client(one, accessKeyId, options);
      expect((await dax.ask(get("a"))).codes).toEqual(authenticationRequired);
      expect(one.tables.calls).toEqual([]);
      expect(one.log.lines.some((line) => line.message === "connection not authorised")).toBe(true);
    });
  }

  it("refuses a later bad signature although an earlier one was good", async () => {
    const one = await world();
    const dax = await client(one);
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    dax.send(authorizeFrame("AKIAALICE", { secretAccessKey: "guess" }));
    expect((await dax.ask(get("a"))).codes).toEqual(authenticationRequired);
  });

  it("takes a session's token, and its end", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    one.gateway.user("ASIABOB", "bob", [allowing("dax:*")], { sessionToken: "tok", expiresAt: clock.now() + 60_000 });
    const without = await client(one, "ASIABOB");
    expect((await without.ask(get("a"))).codes).toEqual(authenticationRequired);
    const bob = await client(one, "ASIABOB", { sessionToken: "tok" });
    expect((await bob.ask(get("a"))).codes).toEqual([]);
    clock.advance(60_000);
    expect((await bob.ask(get("a"))).codes).toEqual(authenticationRequired);
    bob.send(authorizeFrame("ASIABOB", { sessionToken: "tok", now: clock.now() }));
    expect((await bob.ask(get("a"))).codes).toEqual(authenticationRequired);
  });

  it("holds for 300 seconds, and requests do not prolong it", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    const dax = await client(one);
    await dax.ask(get("a"));
    clock.advance(299_000);
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    clock.advance(2_000);
    expect((await dax.ask(get("a"))).codes).toEqual(authenticationRequired);
    dax.send(authorizeFrame("AKIAALICE", { now: clock.now() }));
    expect((await dax.ask(get("a"))).codes).toEqual([]);
  });

  it("asks the gateway once for a key, however many connections use it", async () => {
    const one = await world();
    const many = await Promise.all(Array.from({ length: 8 }, () => client(one)));
    await Promise.all(many.map((dax) => dax.ask(get("a"))));
    expect(one.gateway.timesAsked("caller")).toBe(1);
  });

  it("keeps what comes behind an unknown key waiting, in order", async () => {
    const one = await world();
    put(one, "a");
    let open!: () => void;
    one.gateway.callerGate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const dax = await client(one);
    dax.send(get("a"), get("none"));
    dax.send(get("a"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(dax.unread.length).toBe(0);
    open();
    expect((await dax.answer()).bytes.length).toBeGreaterThan(2);
    expect((await dax.answer()).bytes.toString("hex")).toBe("80a0");
    expect((await dax.answer()).bytes.length).toBeGreaterThan(2);
  });
});

describe("the caller's permission", () => {
  it("is decided before the table is asked, and the denial names action, cluster and an id that can be explained", async () => {
    const one = await world();
    one.gateway.user("AKIABOB", "bob", [allowing("dax:Query")]);
    const bob = await client(one, "AKIABOB");
    const answer = await bob.ask(get("a"));
    expect(answer.codes).toEqual(accessDenied);
    expect(answer.message).toBe(
      `User: arn:aws:iam::123456789012:user/bob is not authorized to perform: dax:GetItem on resource: ${clusterArn} because no identity-based policy allows the dax:GetItem action`,
    );
    const [denied] = one.gateway.told.denied;
    expect(answer.info).toEqual([denied!.id, "AccessDeniedException", 400]);
    expect(denied).toMatchObject({ hop: "caller", action: "dax:GetItem", resource: clusterArn });
    expect(one.tables.calls).toEqual([]);
    expect(one.node.metrics()).toMatchObject({ ErrorRequestCount: 1, FailedRequestCount: 1, FaultRequestCount: 0 });
  });

  it("is decided on hits too", async () => {
    const one = await world();
    one.gateway.user("AKIABOB", "bob", []);
    const alice = await client(one);
    await alice.ask(get("a"));
    const bob = await client(one, "AKIABOB");
    expect((await bob.ask(get("a"))).codes).toEqual(accessDenied);
  });

  it("changes with the next request after the gateway has told", async () => {
    const one = await world();
    const alice = await client(one);
    expect((await alice.ask(get("a"))).codes).toEqual([]);
    const key = one.gateway.keys.get("AKIAALICE")!;
    key.policies = [allowing("dax:PutItem")];
    expect((await alice.ask(get("a"))).codes).toEqual([]);
    one.gateway.tell("callerChanged", { accessKeyIds: ["AKIAALICE"] });
    expect((await alice.ask(get("a"))).codes).toEqual(accessDenied);
    key.policies = [allowing("dax:*")];
    one.gateway.tell("callerChanged", { accessKeyIds: ["AKIAALICE"] });
    expect((await alice.ask(get("a"))).codes).toEqual([]);
  });

  it("ends with the key", async () => {
    const one = await world();
    const alice = await client(one);
    await alice.ask(get("a"));
    one.gateway.keys.delete("AKIAALICE");
    one.gateway.tell("callerChanged", { accessKeyIds: ["AKIAALICE"] });
    expect((await alice.ask(get("a"))).codes).toEqual(authenticationRequired);
    expect((await alice.ask(get("a"))).codes).toEqual(authenticationRequired);
  });

  it("is decided anew for every request when it depends on the time", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock });
    const end = new Date(clock.now() + 100_000).toISOString().replace(/\.\d+/, "");
    one.gateway.user("AKIABOB", "bob", [
      policyOf([
        {
          Effect: "Allow",
          Action: "dax:GetItem",
          Resource: clusterArn,
          Condition: { DateLessThan: { "aws:CurrentTime": end } },
        },
      ]),
    ]);
    const bob = await client(one, "AKIABOB");
    expect((await bob.ask(get("a"))).codes).toEqual([]);
    clock.advance(102_000);
    expect((await bob.ask(get("a"))).codes).toEqual(accessDenied);
  });

  it("may depend on the connection's address", async () => {
    const one = await world();
    for (const [id, range] of [
      ["AKIANEAR", "127.0.0.0/8"],
      ["AKIAFAR", "10.0.0.0/8"],
    ] as const) {
      one.gateway.user(id, id.toLowerCase(), [
        policyOf([
          {
            Effect: "Allow",
            Action: "dax:*",
            Resource: "*",
            Condition: { IpAddress: { "aws:SourceIp": range }, Bool: { "aws:SecureTransport": "false" } },
          },
        ]),
      ]);
    }
    expect((await (await client(one, "AKIANEAR")).ask(get("a"))).codes).toEqual([]);
    expect((await (await client(one, "AKIAFAR")).ask(get("a"))).codes).toEqual(accessDenied);
  });

  it("shows key schemas to whoever may do anything, and to nobody else", async () => {
    const one = await world();
    one.gateway.user("AKIABOB", "bob", [allowing("dax:DeleteItem")]);
    one.gateway.user("AKIAEVE", "eve", [allowing("dax:CreateCluster")]);
    const schema = encodeDefineKeySchemaRequest("Books");
    expect((await (await client(one, "AKIABOB")).ask(schema)).codes).toEqual([]);
    const eve = await (await client(one, "AKIAEVE")).ask(schema);
    expect(eve.codes).toEqual(accessDenied);
    expect(eve.message).toContain("because no identity-based policy allows the dax:GetItem action");
  });

  it("is refused to everybody when a policy cannot be read", async () => {
    const one = await world();
    one.gateway.user("AKIABOB", "bob", [
      { kind: "identity", name: "Broken", carrier: "arn:aws:iam::123456789012:user/bob", document: "{" },
    ]);
    const bob = await client(one, "AKIABOB");
    expect((await bob.ask(get("a"))).codes).toEqual(authenticationRequired);
  });
});

describe("a lost feed", () => {
  it("leaves hits and known callers alone for a bounded time, then fails closed, and recovers", async () => {
    const clock = new ShiftedClock();
    const one = await world({ clock, limits: { callerWithoutFeedMs: 200_000 } });
    put(one, "a");
    const alice = await client(one);
    await alice.ask(get("a"));
    one.gateway.lose();
    expect((await alice.ask(get("a"))).codes).toEqual([]);
    clock.advance(201_000);
    const blind = await alice.ask(get("a"));
    expect(blind.codes[0]).toBe(2);
    expect(blind.message).toBe("The node cannot learn the caller's permissions.");
    one.gateway.mend();
    expect((await alice.ask(get("a"))).codes).toEqual([]);
    expect(one.gateway.timesAsked("hello")).toBe(2);
    expect(one.tables.count("GetItem")).toBe(1);
  });

  it("is asked once more when the connection broke before the answer", async () => {
    const one = await world();
    const answer = one.gateway.request.bind(one.gateway);
    const broken: string[] = [];
    one.gateway.request = (name, request) => {
      if (name === "seat" || broken.includes(name)) return answer(name, request);
      broken.push(name);
      return Promise.reject(new HotkeepError("FeedDisconnected", "The control feed's connection ended."));
    };
    put(one, "a");
    expect((await (await client(one)).ask(get("a"))).codes).toEqual([]);
    expect(broken).toEqual(["caller", "roleSession", "attributeListId"]);
  });

  it("drops the item cache when it is back and other nodes may have written", async () => {
    const one = await world();
    put(one, "a");
    const [node] = one.gateway.roster!.nodes;
    one.gateway.roster = {
      epoch: 1,
      nodes: [node!, { ...node!, nodeId: "daxcluster01-b", ordinal: 1, leader: false }],
    };
    one.gateway.seat = { ...one.gateway.seat, alone: false };
    one.gateway.tell("roster", one.gateway.roster);
    const alice = await client(one);
    await alice.ask(get("a"));
    one.gateway.lose();
    one.gateway.mend();
    await alice.ask(get("a"));
    expect(one.tables.count("GetItem")).toBe(2);
  });
});
