import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { NodeCertificate } from "@hotkeep/control-feed";
import { type Clock, silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { type RunningNode, startNode } from "@hotkeep/node";
import { afterEach, describe, expect, it } from "vitest";
import { authority, authorityPem } from "../support/authority.js";
import { BareTables } from "../support/bare-tables.js";
import { authorizeFrame, RawClient } from "../support/raw-client.js";
import { clusterArn, policyOf, StandInGateway } from "../support/stand-in-gateway.js";
import { KeptLog, ShiftedClock } from "../support/world.js";

const get = encodeGetItemRequest("Books", Buffer.from("a"));
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function world() {
  const by = await authority.fingerprint();
  const tables = await new BareTables().listen();
  closers.push(() => tables.close());
  const gateway = new StandInGateway({ tableEndpoint: tables.url, tls: { names: ["127.0.0.1"], authority: by } });
  const secure = (value: string) => [
    { Effect: "Allow", Action: "dax:*", Resource: clusterArn, Condition: { Bool: { "aws:SecureTransport": value } } },
  ];
  gateway.user("AKIASECURE", "secure", [policyOf(secure("true"))]);
  gateway.user("AKIAPLAIN", "plain", [policyOf(secure("false"))]);
  const certified = { names: ["127.0.0.1"] };
  gateway.certificates = (publicKey): Promise<NodeCertificate> =>
    authority.issue({ subject: "daxcluster01-a", publicKey, ...certified });
  const log = new KeptLog();
  const start = async (clock: Clock = systemClock): Promise<RunningNode> => {
    const node = await startNode({ feed: gateway, clock, random: systemRandom, logger: log });
    closers.push(() => node.close());
    return node;
  };
  return { by, gateway, log, start, certified };
}

/** A clock on which no time passes; timers run on the machine's own. */
class StandingClock extends ShiftedClock {
  readonly #at = systemClock.monotonic();
  override monotonic(): number {
    return this.#at;
  }
}

function dial(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ca: authorityPem }, () => resolve(socket));
    socket.once("error", reject);
    closers.push(() => socket.destroy());
  });
}

async function authorized(port: number, accessKeyId: string): Promise<RawClient> {
  const client = RawClient.over(await dial(port));
  client.send(encodePreamble("RawClient-1", null), authorizeFrame(accessKeyId));
  return client;
}

describe("a node of a cluster with TLS", () => {
  it("shows a certificate of its gateway's authority, and policies see an encrypted connection", async () => {
    const { start } = await world();
    const node = await start();
    expect(node.transport).toBe("tls");
    const secure = await authorized(node.port, "AKIASECURE");
    expect((await secure.ask(get)).codes).toEqual([]);
    const plain = await authorized(node.port, "AKIAPLAIN");
    expect((await plain.ask(get)).codes).toEqual([4, 37, 38, 42]);
  });

  it("does not answer those who come without TLS, and says so once a second at most", async () => {
    const { start, log } = await world();
    const node = await start(new StandingClock());
    for (let i = 0; i < 5; i++) {
      const socket = connectTcp(node.port, "127.0.0.1");
      const plain = RawClient.over(socket);
      plain.send(encodePreamble("RawClient-1", null), authorizeFrame("AKIASECURE"));
      await plain.ended();
      plain.close();
    }
    const lines = log.lines.filter(({ message }) => message === "a TLS handshake failed");
    expect(lines).toMatchObject([{ level: "warn", fields: { remoteAddress: "127.0.0.1", unreportedBefore: 0 } }]);
  });

  it("gets another certificate when its cluster has a new name, and keeps its connections", async () => {
    const { by, gateway, start, certified, log } = await world();
    const node = await start();
    const client = await authorized(node.port, "AKIASECURE");
    expect((await client.ask(get)).codes).toEqual([]);
    const names = ["127.0.0.1", "127.31.0.5"];
    const { configuration } = gateway;
    gateway.tell("configuration", { ...configuration, recordTtlMs: 1 });
    expect(gateway.timesAsked("certificate")).toBe(1);
    certified.names = names;
    gateway.tell("configuration", { ...configuration, tls: { names, authority: by } });
    await expect.poll(() => log.lines.some(({ message }) => message === "certificate renewed")).toBe(true);
    const { subjectaltname } = (await dial(node.port)).getPeerCertificate();
    expect(subjectaltname).toBe("IP Address:127.0.0.1, IP Address:127.31.0.5");
    expect((await client.ask(get)).codes).toEqual([]);
    // A name that has gone is no reason to hurry.
    gateway.tell("configuration", configuration);
    expect(gateway.timesAsked("certificate")).toBe(2);
  });

  it("does not start without a certificate", async () => {
    const { gateway } = await world();
    gateway.certificates = () => Promise.reject(new Error("the authority has ended"));
    await expect(
      startNode({ feed: gateway, clock: systemClock, random: systemRandom, logger: silentLogger }),
    ).rejects.toThrow("the authority has ended");
  });
});
