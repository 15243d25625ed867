import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { formatFeedAddress, parseFeedAddress } from "@hotkeep/control-feed";
import { type LogFields, silentLogger } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { pskOf, pskTls } from "../src/psk.js";
import { configuration, type Harness, openHarness, quickLimits, until } from "./support.js";

let harness: Harness;
afterEach(() => harness?.close());

/** What a stranger's socket ends with. */
interface Outcome {
  readonly bytes: number;
  readonly handshake: boolean;
}

describe("the feed's door", () => {
  it("gives a node with a wrong token nothing, and lets it in when the token becomes right", async () => {
    harness = await openHarness((connection) => connection.handle("hello", () => configuration));
    const client = harness.client({ token: "token-of-somebody-else" });
    await expect(client.request("hello", { nodeId: "daxcluster01-a", pid: 1 }, { timeoutMs: 2_000 })).rejects.toThrow(
      `The gateway at 127.0.0.1:${harness.server.port} cannot be reached to ask for \`hello\`: the gateway knows this name by another secret.`,
    );
    expect(harness.accepted).toEqual([]);
    expect(client.connected).toBe(false);

    harness.tokens.set("daxcluster01-a", "token-of-somebody-else");
    expect(await client.request("hello", { nodeId: "daxcluster01-a", pid: 1 })).toEqual(configuration);
  });

  it("gives an unknown node nothing", async () => {
    harness = await openHarness();
    const client = harness.client({ nodeId: "daxcluster01-z" });
    await expect(client.request("roleSession", {}, { timeoutMs: 60 })).rejects.toMatchObject({ code: "FeedTimeout" });
    expect(harness.accepted).toEqual([]);
  });

  it("does not let a node pass as another one", async () => {
    harness = await openHarness();
    harness.tokens.set("daxcluster01-b", "token-of-b");
    const client = harness.client({ nodeId: "daxcluster01-b", token: "token-of-a" });
    await expect(client.request("roleSession", {}, { timeoutMs: 60 })).rejects.toMatchObject({ code: "FeedTimeout" });
    expect(harness.accepted).toEqual([]);
  });

  it("gives a gateway that does not know the token nothing: the node does not speak to it", async () => {
    harness = await openHarness();
    harness.tokens.set("daxcluster01-a", "what an impostor guesses");
    const client = harness.client();
    await expect(client.request("roleSession", {}, { timeoutMs: 60 })).rejects.toMatchObject({ code: "FeedTimeout" });
  });

  it("answers plain TCP with no message and closes", async () => {
    harness = await openHarness();
    const outcome = await new Promise<Outcome>((resolve) => {
      let bytes = 0;
      const socket = connectTcp(harness.server.port, "127.0.0.1", () => {
        const hello = Buffer.from('["request",1,"hello",{"nodeId":"daxcluster01-a","pid":1}]');
        const header = Buffer.alloc(4);
        header.writeUInt32BE(hello.length);
        socket.write(Buffer.concat([header, hello]));
      });
      socket.on("data", (chunk) => {
        bytes += chunk.length;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve({ bytes, handshake: false }));
    });
    // At most one TLS alert record.
    expect(outcome.bytes).toBeLessThanOrEqual(7);
    expect(harness.accepted).toEqual([]);
  });

  it("refuses TLS without a pre-shared key", async () => {
    harness = await openHarness();
    const handshake = await new Promise<boolean>((resolve) => {
      const socket = connectTls({ port: harness.server.port, host: "127.0.0.1", rejectUnauthorized: false });
      socket.once("secureConnect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    expect(handshake).toBe(false);
    expect(harness.accepted).toEqual([]);
  });

  it("ends a connection whose frame is not understood, and lives on", async () => {
    harness = await openHarness((connection) => connection.handle("attributeList", () => null));
    for (const bytes of [
      Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
      Buffer.from([0, 0, 0, 1, 0x7b]),
      Buffer.from([0, 0, 0, 2, 0x5b, 0x5d]),
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connectTls(
          {
            ...pskTls,
            port: harness.server.port,
            host: "127.0.0.1",
            pskCallback: () => ({ psk: pskOf("token-of-a"), identity: "daxcluster01-a" }),
            checkServerIdentity: () => undefined,
          },
          () => socket.write(bytes),
        );
        socket.on("error", () => {});
        socket.on("data", () => {});
        socket.on("close", () => resolve());
      });
    }
    expect(harness.accepted).toHaveLength(3);
    expect(await harness.client().request("attributeList", { id: 2 })).toBeNull();
  });
});

describe("a node's connection", () => {
  it("says why there is none: to whoever asks before the first, in the log once a reason after it", async () => {
    const warnings: unknown[] = [];
    const debugged: unknown[] = [];
    const logger = {
      ...silentLogger,
      debug: (_: string, fields?: LogFields) => debugged.push(fields?.reason),
      warn: (_: string, fields?: LogFields) => warnings.push(fields?.reason),
    };
    const stranger = createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("220 mail.example.org ESMTP\r\n"),
    );
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    harness = await openHarness();
    const address = { host: "127.0.0.1", port };
    const early = harness.client({ address, logger });
    await expect(early.request("roleSession", {}, { timeoutMs: 2_000 })).rejects.toMatchObject({
      message: `The gateway at 127.0.0.1:${port} cannot be reached to ask for \`roleSession\`: what listens there is not a control feed.`,
      help: "Is it running, and is this the address of its control feed? `hotkeep up --feed` sets it.",
    });
    await early.close();
    stranger.close();
    expect(warnings).toEqual([]);
    expect(debugged.length).toBeGreaterThan(1);

    debugged.length = 0;
    const client = harness.client({ logger });
    await until(() => client.connected);
    await harness.server.close();
    await until(() => debugged.length > 3);
    expect(warnings.filter((reason) => /ECONNREFUSED/.test(String(reason)))).toHaveLength(1);
  });

  it("comes back by itself after the gateway was away, and announces it", async () => {
    harness = await openHarness((connection) => connection.handle("attributeList", () => null));
    const port = harness.server.port;
    const client = harness.client();
    let connections = 0;
    const reasons: string[] = [];
    client.onConnected(() => {
      connections += 1;
    });
    client.onDisconnected((reason) => void reasons.push(reason));
    await client.request("attributeList", { id: 2 });
    await harness.server.close();
    await until(() => !client.connected);
    expect(client.notify("left", { sequence: 1 })).toBe(false);
    // Asked while the gateway is away, answered when it is back.
    const pending = client.request("attributeList", { id: 3 });

    const second = await openHarness(
      (connection) => connection.handle("attributeList", () => ({ names: ["again"] })),
      quickLimits,
      port,
    );
    expect(await pending).toEqual({ names: ["again"] });
    expect(connections).toBe(2);
    expect(reasons).toHaveLength(1);
    await client.close();
    await second.close();
  });

  it("fails what waits for an answer when the connection breaks", async () => {
    harness = await openHarness((connection) => connection.handle("roleSession", () => new Promise(() => {})));
    const client = harness.client();
    const pending = client.request("roleSession", {});
    pending.catch(() => {});
    const connection = await harness.nextNode();
    await until(() => client.connected);
    connection.close("a test says so");
    await expect(pending).rejects.toMatchObject({ code: "FeedDisconnected" });
  });

  it("takes the place of an older one of the same node", async () => {
    harness = await openHarness();
    harness.client();
    const first = await harness.nextNode();
    const next = harness.nextNode();
    harness.client({ limits: { reconnectMinMs: 10_000, reconnectMaxMs: 10_000 } });
    const second = await next;
    await first.closed;
    expect(second).not.toBe(first);
  });

  it("is given up by both ends when nothing is heard, and not while pings are answered", async () => {
    const lively = { ...quickLimits, pingAfterMs: 20, silenceMaxMs: 2_000 };
    harness = await openHarness(() => {}, lively);
    const client = harness.client({ limits: lively });
    const connection = await harness.nextNode();
    let closed = false;
    void connection.closed.then(() => {
      closed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 2_400));
    expect(closed).toBe(false);
    expect(client.connected).toBe(true);

    // A peer that completes the handshake and then says nothing.
    harness.tokens.set("mute", "token-of-mute");
    const next = harness.nextNode();
    const mute = connectTls({
      ...pskTls,
      port: harness.server.port,
      host: "127.0.0.1",
      pskCallback: () => ({ psk: pskOf("token-of-mute"), identity: "mute" }),
      checkServerIdentity: () => undefined,
    });
    mute.on("error", () => {});
    await (await next).closed;
    mute.destroy();
    expect(harness.server.connection("mute")).toBeUndefined();
  });

  it("stays closed once it was closed", async () => {
    harness = await openHarness();
    const client = harness.client();
    const connection = await harness.nextNode();
    await until(() => client.connected);
    await client.close();
    await connection.closed;
    await expect(client.request("roleSession", {})).rejects.toMatchObject({ code: "FeedClosed" });
    expect(harness.server.connections()).toEqual([]);
  });
});

describe("a feed address", () => {
  it("is written and read, IPv6 too", () => {
    for (const address of [
      { host: "127.0.0.1", port: 7000 },
      { host: "::1", port: 65535 },
      { host: "gateway.internal", port: 1 },
    ]) {
      expect(parseFeedAddress(formatFeedAddress(address))).toEqual(address);
    }
  });

  it("is refused when it is not HOST:PORT", () => {
    for (const text of ["", "127.0.0.1", "127.0.0.1:", "a:b:1", "127.0.0.1:0", "127.0.0.1:70000", "a b:1"]) {
      expect(() => parseFeedAddress(text)).toThrow(`\`${text}\` is not a feed address.`);
    }
  });
});
