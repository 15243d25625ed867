import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  encodeAuthorizeRequest,
  encodeDefineAttributeListIdRequest,
  encodeDefineAttributeListRequest,
  encodeEndpointsRequest,
  encodeGetItemRequest,
  encodeKey,
  encodePreamble,
  encodePutItemRequest,
  encodeValue,
} from "@hotkeep/dax-wire";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient } from "../../packages/node/test/support/raw-client.js";
import { awsClients } from "../src/clients.js";
import { childrenOf } from "../src/fuzz/processes.js";

const nodesCount = 3;
const pollMs = 50;
const agreeMsMax = 30_000;
const roleField = 4;
const leaderRole = 1;

// Two of the seventeen rules of the wire are about a cluster; the others stand in the node's own tests.
describe("a cluster of three nodes", () => {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-rules-"));
  let range: LoopbackRange;
  let hotkeep: RunningHotkeep;
  let clients: readonly RawClient[] = [];

  beforeAll(async () => {
    range = await takeLoopbackRange();
    hotkeep = await startHotkeep({ dataDirectory: folder, range });
    const { dax } = awsClients(hotkeep, hotkeep.credentials.root!);
    await dax.increaseReplicationFactor({ ClusterName: "daxcluster01", NewReplicationFactor: nodesCount });
    await connectEverywhere();
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await hotkeep?.stop();
    range?.release();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One connection to each node, once all of them serve. */
  async function connectEverywhere(): Promise<void> {
    for (const client of clients) client.close();
    const { dax } = awsClients(hotkeep, hotkeep.credentials.root!);
    for (;;) {
      const { Clusters } = await dax.describeClusters({ ClusterNames: ["daxcluster01"] });
      const { Status, ActiveNodes, Nodes = [] } = Clusters![0]!;
      if (Status === "available" && ActiveNodes === nodesCount) {
        clients = await Promise.all(Nodes.map(({ Endpoint }) => open(Endpoint!.Address!, Endpoint!.Port!)));
        return;
      }
      await wait(pollMs);
    }
  }

  async function open(host: string, port: number): Promise<RawClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, "connect");
    const client = RawClient.over(socket);
    const { region } = hotkeep;
    client.send(
      encodePreamble("Rules", null),
      encodeAuthorizeRequest({ ...hotkeep.credentials.alice!, region, now: Date.now() }),
    );
    return client;
  }

  /** Each node's roster: names and roles, in the order of names. */
  function askRosters(): Promise<(readonly (readonly [string, unknown])[])[]> {
    return Promise.all(
      clients.map(async (client) => {
        const [nodes] = (await client.ask(encodeEndpointsRequest())).values as [Map<number, unknown>[]];
        return nodes.map((node) => [String(node.get(1)), node.get(roleField)] as const).sort();
      }),
    );
  }

  /** A node that has just come back to its gateway throttles writes until it has its seat again; clients try again. */
  async function accepted(client: RawClient, write: Buffer): Promise<void> {
    for (const deadline = Date.now() + agreeMsMax; ; await wait(pollMs)) {
      const { codes, message } = await client.ask(write);
      if (codes.length === 0) return;
      if (Date.now() > deadline) throw new Error(`the write was refused: ${message}`);
    }
  }

  it("rule 13: an attribute list id means the same on every node, and after everything was killed and started again", async () => {
    const names = ["alpha", "beta", "gamma"];
    const [id] = (await clients[0]!.ask(encodeDefineAttributeListIdRequest(names))).values as [number];
    expect(id).toBeGreaterThan(1);
    const heldEverywhere = async () => {
      for (const client of clients) {
        expect((await client.ask(encodeDefineAttributeListRequest(id))).values).toEqual([names]);
        expect((await client.ask(encodeDefineAttributeListIdRequest(names))).values).toEqual([id]);
      }
    };
    await heldEverywhere();
    const nodes = childrenOf(hotkeep.pid);
    expect(nodes).toHaveLength(nodesCount);
    await hotkeep.kill();
    for (const pid of nodes) process.kill(pid, "SIGKILL");
    hotkeep = await startHotkeep({ dataDirectory: folder, range });
    await connectEverywhere();
    await heldEverywhere();
    const [next] = (await clients[1]!.ask(encodeDefineAttributeListIdRequest(["delta"]))).values as [number];
    expect(next).not.toBe(id);
  });

  it("rule 14: every node takes writes, and lists the same nodes with exactly one leader", async () => {
    const schema = { hash: { name: "Author", type: "S" }, range: { name: "Title", type: "S" } } as const;
    const [listId] = (await clients[0]!.ask(encodeDefineAttributeListIdRequest(["Note"]))).values as [number];
    for (const [at, client] of clients.entries()) {
      const key = encodeKey(schema, { Author: { S: "rule 14" }, Title: { S: `node ${at}` } });
      const item = Buffer.concat([encodeValue({ N: String(listId) }), encodeValue({ S: `from ${at}` })]);
      await accepted(client, encodePutItemRequest("Books", key, item));
      for (const other of clients) {
        const { bytes } = await other.ask(encodeGetItemRequest("Books", key));
        expect(bytes.toString("latin1")).toContain(`from ${at}`);
      }
    }
    // A node whose seat has ended for a moment, as on a machine that is busy, names no leader until it has it again.
    let rosters = await askRosters();
    const agreed = () => rosters.every((roster) => roster.some(([, role]) => role === leaderRole));
    for (const deadline = Date.now() + agreeMsMax; !agreed() && Date.now() < deadline; await wait(pollMs)) {
      rosters = await askRosters();
    }
    expect(rosters[0]).toHaveLength(nodesCount);
    expect(rosters[0]!.filter(([, role]) => role === leaderRole)).toHaveLength(1);
    for (const roster of rosters) expect(roster).toEqual(rosters[0]);
  });
});
