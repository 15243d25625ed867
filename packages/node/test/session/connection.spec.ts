import { connect } from "node:net";
import {
  encodeEndpointsRequest,
  encodeGetItemRequest,
  encodePreamble,
  encodePutItemRequest,
  methodIds,
} from "@hotkeep/dax-wire";
import { afterEach, describe, expect, it } from "vitest";
import { authorizeFrame, RawClient } from "../support/raw-client.js";
import { eventually, startWorld, type World, type WorldOptions } from "../support/world.js";

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

function frameOf(method: number): Buffer {
  const frame = Buffer.from([1, method < 0 ? 0x3a : 0x1a, 0, 0, 0, 0]);
  frame.writeUInt32BE(method < 0 ? -1 - method : method, 2);
  return frame;
}

describe("a connection's end", () => {
  it("comes as FIN behind the answers when the client has sent FIN", async () => {
    const one = await world();
    const dax = await client(one);
    dax.send(get("a"), get("b"));
    dax.socket.end();
    expect((await dax.answer()).codes).toEqual([]);
    expect((await dax.answer()).codes).toEqual([]);
    await dax.ended();
    expect(dax.failure).toBeUndefined();
    await eventually(() => one.node.metrics().ClientConnections === 0, "the connection is gone");
  });

  it("comes at once for a client that says only the preamble, as health checks do", async () => {
    const one = await world();
    const dax = await RawClient.dial(one.node.port);
    clients.push(dax);
    dax.send(encodePreamble("DaxJSClient-1.2.10", Buffer.alloc(16)));
    dax.socket.end();
    await dax.ended();
    expect(dax.failure).toBeUndefined();
  });

  it("never comes by itself: an idle connection stays", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await dax.ask(get("a"))).codes).toEqual([]);
  });

  for (const [what, frame, codes] of [
    ["an unknown method", frameOf(12345), [4, 37, 38, 44]],
    ["a method that no client sends", frameOf(-819330193), [4, 37, 38, 44]],
    ["another service", Buffer.from([2, 0x1a, 0, 0, 0, 1]), [4, 37, 38, 44]],
  ] as const) {
    it(`follows ${what}, behind the answers and an error, without a reset`, async () => {
      const one = await world();
      const dax = await client(one);
      dax.send(get("a"), frame, get("a"), Buffer.alloc(100_000, 0x42));
      expect((await dax.answer()).codes).toEqual([]);
      expect((await dax.answer()).codes).toEqual(codes);
      await dax.ended();
      expect(dax.failure).toBeUndefined();
      expect(dax.unread.length).toBe(0);
    });
  }

  for (const [what, bytes] of [
    ["a wrong magic", Buffer.from("674a37796e653546", "hex")],
    ["something that is not CBOR", Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n")],
    [
      "a preamble without end",
      Buffer.concat([Buffer.from("674a37796e65354700", "hex"), Buffer.from([0x5a, 0, 1, 0, 0]), Buffer.alloc(9_000)]),
    ],
  ] as const) {
    it(`follows ${what} without an answer`, async () => {
      const one = await world();
      const dax = await RawClient.dial(one.node.port);
      clients.push(dax);
      dax.send(bytes);
      await dax.ended();
      expect(dax.unread.length).toBe(0);
      expect(dax.failure).toBeUndefined();
    });
  }

  it("follows a frame announced longer than the limit, before it has been sent", async () => {
    const one = await world({ limits: { frameBytesMax: 100_000 } });
    const dax = await client(one);
    const huge = encodePutItemRequest("Books", Buffer.from("a"), Buffer.alloc(1_000_000));
    dax.send(huge.subarray(0, 2_000));
    await dax.ended();
    expect(dax.failure).toBeUndefined();
    expect(one.tables.calls).toEqual([]);
  });

  it("follows a large frame of a stranger", async () => {
    const one = await world({ limits: { strangerFrameBytesMax: 1_000 } });
    const dax = await RawClient.dial(one.node.port);
    clients.push(dax);
    const put = encodePutItemRequest("Books", Buffer.from("a"), Buffer.alloc(2_000));
    dax.send(encodePreamble("Stranger", null), put.subarray(0, 100));
    await dax.ended();
    const known = await client(one);
    const answer = await known.ask(put);
    expect(answer.codes).toEqual([4, 37, 38, 39, 46]);
  });

  it("follows nesting without end", async () => {
    const one = await world();
    const dax = await client(one);
    dax.send(Buffer.concat([get("a").subarray(0, 14), Buffer.alloc(20_000, 0x81)]));
    await dax.ended();
    expect(dax.failure).toBeUndefined();
  });
});

describe("bad requests that can be read", () => {
  it("get a validation error, and the connection stays", async () => {
    const one = await world();
    const dax = await client(one);
    // Text where the key's bytes should be.
    const wrong = Buffer.concat([
      frameOf(methodIds.getItem),
      Buffer.from("45426f6f6b7361616f6b", "hex").subarray(0, 8),
      Buffer.from("f6", "hex"),
    ]);
    const answer = await dax.ask(wrong);
    expect(answer.codes).toEqual([4, 37, 38, 39, 46]);
    expect(answer.info?.slice(1)).toEqual(["ValidationException", 400]);
    expect((await dax.ask(get("a"))).codes).toEqual([]);
  });
});

describe("many, large and slow clients", () => {
  it("ends the connection that is one too many with FIN", async () => {
    const one = await world({ limits: { connectionsMax: 2 } });
    const first = await client(one);
    await client(one);
    const third = await client(one);
    await third.ended();
    expect(third.failure).toBeUndefined();
    expect((await first.ask(get("a"))).codes).toEqual([]);
  });

  it("stops working for a client that does not read, keeps serving others, and goes on when it reads", async () => {
    const one = await world({ limits: { outputBytesMax: 64 * 1024 } });
    const large = "x".repeat(300_000);
    one.tables.items.set("Books/large", { pk: { S: "large" }, text: { S: large } });
    const reader = await client(one);
    const answerLength = (await reader.ask(get("large"))).bytes.length;
    const slow = connect({ host: "127.0.0.1", port: one.node.port });
    slow.pause();
    const count = 200;
    slow.write(Buffer.concat([encodePreamble("Slow", null), authorizeFrame("AKIAALICE")]));
    for (let i = 0; i < count; i++) slow.write(get("large"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stuckAt = one.node.metrics().GetItemRequestCount;
    expect(stuckAt).toBeLessThan(count);
    expect((await reader.ask(get("large"))).codes).toEqual([]);
    let received = 0;
    slow.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    slow.resume();
    await eventually(() => received >= count * answerLength, "everything has arrived");
    expect(received).toBe(count * answerLength);
    slow.destroy();
  });

  it("drops a slow client when all of them together leave too much unread", async () => {
    const one = await world({ limits: { outputBytesMax: 64 * 1024, outputBytesTotalMax: 200_000 } });
    one.tables.items.set("Books/large", { pk: { S: "large" }, text: { S: "x".repeat(300_000) } });
    const reader = await client(one);
    await reader.ask(get("large"));
    const slow = connect({ host: "127.0.0.1", port: one.node.port });
    slow.on("error", () => {});
    slow.pause();
    slow.write(Buffer.concat([encodePreamble("Slow", null), authorizeFrame("AKIAALICE")]));
    for (let i = 0; i < 100; i++) slow.write(get("large"));
    await eventually(() => one.node.metrics().ClientConnections === 1, "the slow one is gone");
    expect((await reader.ask(get("a"))).codes).toEqual([]);
    slow.destroy();
  });

  it("throttles and ends a connection when incomplete requests hold too much memory", async () => {
    const one = await world({ limits: { inputBytesTotalMax: 100_000 } });
    const put = encodePutItemRequest("Books", Buffer.from("a"), Buffer.alloc(60_000));
    const first = await client(one);
    await first.ask(encodeEndpointsRequest());
    first.send(put.subarray(0, 40_000));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const second = await client(one);
    await second.ask(encodeEndpointsRequest());
    second.send(put.subarray(0, 40_000));
    const answer = await second.answer();
    expect(answer.codes).toEqual([4, 37, 38, 39, 50]);
    await second.ended();
    first.send(put.subarray(40_000));
    expect((await first.answer()).codes).toEqual([4, 37, 38, 39, 46]);
  });

  it("throttles requests beyond those that may run", async () => {
    const one = await world({ limits: { requestsRunningMax: 3 } });
    let release!: () => void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    one.tables.before = (operation) => (operation === "GetItem" ? held : undefined);
    const warm = await client(one);
    await warm.ask(encodeEndpointsRequest());
    const waiting = [];
    for (const key of ["a", "b", "c"]) waiting.push((await client(one)).ask(get(key)));
    await eventually(() => one.tables.count("GetItem") === 3, "three are running");
    const answer = await warm.ask(get("d"));
    expect(answer.codes).toEqual([4, 37, 38, 39, 50]);
    expect(answer.info?.slice(1)).toEqual(["ThrottlingException", 400]);
    expect(one.node.metrics().ThrottledRequestCount).toBe(1);
    release();
    for (const one of await Promise.all(waiting)) expect(one.codes).toEqual([]);
  });
});

describe("draining", () => {
  it("serves until the clients have gone, then stops", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    const drained = one.node.drain(5_000);
    expect((await dax.ask(get("a"))).codes).toEqual([]);
    dax.socket.end();
    await drained;
    await one.node.stopped;
    expect(dax.failure).toBeUndefined();
    await expect(RawClient.dial(one.node.port)).rejects.toThrow("ECONNREFUSED");
  });

  it("ends what is left with FIN when the time is over, also on the gateway's word", async () => {
    const one = await world();
    const dax = await client(one);
    await dax.ask(get("a"));
    one.gateway.tell("drain", { withinMs: 50 });
    await dax.ended();
    dax.socket.end();
    await one.node.stopped;
    expect(dax.failure).toBeUndefined();
  });
});
