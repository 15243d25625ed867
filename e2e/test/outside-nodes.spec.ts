import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";
import { freePort, hotkeepCommand, type OutsideNode, startOutsideNode } from "../src/outside-node.js";

let folder: string;
let dataDirectory: string;
let range: LoopbackRange;
let feed: string;
let hotkeep: RunningHotkeep;
let clients: ReturnType<typeof awsClients>;
const started: OutsideNode[] = [];
const daxClients: ReturnType<typeof daxClient>[] = [];

async function start(): Promise<void> {
  hotkeep = await startHotkeep({ dataDirectory, range, flags: ["--feed", feed] });
  clients = awsClients(hotkeep, hotkeep.credentials.root!);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-outside-"));
  dataDirectory = join(folder, "data");
  range = await takeLoopbackRange();
  feed = `127.0.0.1:${await freePort()}`;
  await start();
});
afterAll(async () => {
  for (const client of daxClients) client.close();
  for (const { process: child } of started) child.kill("SIGKILL");
  await hotkeep?.stop();
  range.release();
  rmSync(folder, { recursive: true, force: true });
});

async function token(...flags: string[]): Promise<string> {
  const text = await hotkeepCommand("token", "create", "--data", dataDirectory, "--cluster", "shop", ...flags);
  const file = join(folder, `token-${Math.random()}`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function outsideNode(listen: string, tokenFile: string, name: string, ...more: string[]): OutsideNode {
  const credentialFile = join(folder, `${name}.credential`);
  const node = startOutsideNode(
    ...["--join", feed, "--token-file", tokenFile, "--credential-file", credentialFile, "--listen", listen],
    ...more,
  );
  started.push(node);
  return node;
}

const cluster = async () => (await clients.dax.describeClusters({ ClusterNames: ["shop"] })).Clusters![0]!;
const status = async () => (await cluster()).Status;

const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

/** Reads through one node's address as root. */
async function reads(address: string): Promise<unknown> {
  const client = daxClient(`dax://${address}`, hotkeep.region, hotkeep.credentials.root!);
  try {
    const { Item } = (await client.getItem(dracula)) as { readonly Item?: { readonly Year?: unknown } };
    return Item?.Year;
  } finally {
    client.close();
  }
}

describe("a cluster whose nodes somebody else starts", () => {
  const ports: number[] = [];
  let nodes: OutsideNode[] = [];

  it("is creating until they have joined, each by a token of its own", async () => {
    const { Cluster } = await clients.dax.createCluster({
      ClusterName: "Shop",
      NodeType: "dax.t3.small",
      ReplicationFactor: 2,
      IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`,
      Tags: [{ Key: "hotkeep:launch", Value: "external" }],
    });
    expect(Cluster).toMatchObject({ Status: "creating", TotalNodes: 2 });
    // Nobody is sent to where no node is.
    const told = () => JSON.parse(readFileSync(join(dataDirectory, "running.json"), "utf8"));
    await expect.poll(() => told().waiting).toEqual([{ name: "shop", region: hotkeep.region, nodes: 2 }]);
    expect(told()).toMatchObject({ feed, clusters: [{ name: "daxcluster01" }] });
    ports.push(await freePort(), await freePort());
    nodes = [outsideNode(`127.0.0.1:${ports[0]}`, await token(), "one", "--zone", `${hotkeep.region}b`)];
    await expect
      .poll(() => hotkeepCommand("token", "list", "--data", dataDirectory))
      .toBe("no join token waits to be used");
    expect(await status()).toBe("creating");
    nodes.push(outsideNode(`0.0.0.0:${ports[1]}`, await token(), "two", "--advertise", "127.0.0.1"));
    await expect.poll(status).toBe("available");
    const { Nodes, ClusterDiscoveryEndpoint } = await cluster();
    // The first asked for the place in zone b.
    expect(Nodes!.map(({ NodeId, Endpoint, AvailabilityZone }) => [NodeId, Endpoint, AvailabilityZone])).toEqual([
      ["shop-a", { Address: "127.0.0.1", Port: ports[1] }, `${hotkeep.region}a`],
      ["shop-b", { Address: "127.0.0.1", Port: ports[0] }, `${hotkeep.region}b`],
    ]);
    expect(ClusterDiscoveryEndpoint).toMatchObject({ URL: `dax://127.0.0.1:${ports[1]}` });
    await expect.poll(() => told().clusters[1]).toEqual({ name: "shop", endpoint: `dax://127.0.0.1:${ports[1]}` });
    expect(told()).not.toHaveProperty("waiting");
    expect(await reads(`127.0.0.1:${ports[0]}`)).toEqual({ N: "1897" });
    expect(await reads(`127.0.0.1:${ports[1]}`)).toEqual({ N: "1897" });
  });

  it("keeps what a node may come back with to its owner, and out of sight", async () => {
    const path = join(folder, "one.credential");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { token: secret } = JSON.parse(readFileSync(path, "utf8")) as { readonly token: string };
    expect(readFileSync(`/proc/${nodes[0]!.process.pid}/cmdline`, "utf8")).not.toContain(secret);
    expect(readFileSync(`/proc/${nodes[0]!.process.pid}/environ`, "utf8")).toBe("");
    expect(hotkeep.errorOutput()).not.toContain(secret);
  });

  it("takes a token once, and none that is made up or for somebody else to read", async () => {
    const used = await token("--node", "shop-a");
    const text = readFileSync(used, "utf8");
    const [first] = JSON.parse(await hotkeepCommand("token", "list", "--data", dataDirectory, "--output", "json"));
    expect(first).toMatchObject({ NodeId: "shop-a", CreatedBy: `arn:aws:iam::${hotkeep.account}:root` });
    expect(JSON.stringify(first)).not.toContain(text.split("-").at(-1));
    await hotkeepCommand("token", "delete", first.JoinTokenId, "--data", dataDirectory);
    const port = await freePort();
    const late = await outsideNode(`127.0.0.1:${port}`, used, "late").ended;
    expect(late).toEqual({
      code: 1,
      errors: `✗ the gateway at ${feed} refuses this join token\n  a token is good once and for a limited time: make another with \`hotkeep token create\`\n`,
    });

    const madeUp = join(folder, "made-up");
    writeFileSync(
      madeUp,
      text.replace(/.$/, (last) => (last === "a" ? "b" : "a")),
      { mode: 0o600 },
    );
    expect((await outsideNode(`127.0.0.1:${port}`, madeUp, "made-up").ended).errors).toContain(
      "refuses this join token",
    );
    writeFileSync(madeUp, "nonsense", { mode: 0o600 });
    expect((await outsideNode(`127.0.0.1:${port}`, madeUp, "nonsense").ended).errors).toContain(
      "This is not a join token.",
    );
    const open = join(folder, "open");
    writeFileSync(open, text, { mode: 0o644 });
    expect((await outsideNode(`127.0.0.1:${port}`, open, "open").ended).errors).toContain("others may read");
  });

  it("says in one line that no gateway is there, and what to do", async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const node = startOutsideNode("--join", nowhere, "--token-file", await token(), "--listen", "127.0.0.1");
    started.push(node);
    expect(await node.ended).toEqual({
      code: 1,
      errors: `✗ The gateway at ${nowhere} cannot be reached to ask for \`join\`: connect ECONNREFUSED ${nowhere}.\n  Is it running, and is this the address of its control feed? \`hotkeep up --feed\` sets it.\n`,
    });
  });

  it("has no place for a node too many", async () => {
    const extra = await outsideNode(`127.0.0.1:${await freePort()}`, await token(), "extra").ended;
    expect(extra).toMatchObject({ code: 1 });
    expect(extra.errors).toContain("Every node of cluster `shop` is there already.");
  });

  it("waits for the nodes of a higher replication factor, which may be taken back", async () => {
    const ClusterName = "shop";
    await clients.dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: 3 });
    expect(await cluster()).toMatchObject({ Status: "modifying", TotalNodes: 3, ActiveNodes: 2 });
    await clients.dax.decreaseReplicationFactor({ ClusterName, NewReplicationFactor: 2 });
    await expect.poll(status).toBe("available");
    expect((await cluster()).Nodes!.map(({ NodeId }) => NodeId)).toEqual(["shop-a", "shop-b"]);
  });

  it("is asked for tokens by those who may, and only for clusters of this kind", async () => {
    const ask = (...flags: string[]) => hotkeepCommand("token", "create", "--data", dataDirectory, ...flags);
    await expect(ask("--cluster", "shop", "--profile", "alice")).rejects.toThrow(
      /is not authorized to perform: hotkeep:CreateJoinToken on resource: arn:aws:dax:.*:cache\/shop/,
    );
    await expect(ask("--cluster", "DAXCluster01")).rejects.toThrow(/are started by this gateway/);
    await expect(ask("--cluster", "nowhere")).rejects.toThrow(/There is no cluster nowhere\./);
  });

  it("goes on when the gateway is killed, and its nodes come back to the next one", async () => {
    const client = daxClient(`dax://127.0.0.1:${ports[0]}`, hotkeep.region, hotkeep.credentials.root!);
    daxClients.push(client);
    expect(await client.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    await hotkeep.kill();
    expect(await client.getItem(dracula)).toMatchObject({ Item: { Year: { N: "1897" } } });
    await start();
    await expect.poll(status).toBe("available");
    const item = { ...dracula.Key, Year: { N: "1898" } };
    await expect
      .poll(() =>
        client.putItem({ TableName: "Books", Item: item }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(nodes.map((node) => node.process.exitCode)).toEqual([null, null]);
    // A node that is still on its way back to the gateway hears of the write when it is there.
    await expect.poll(() => reads(`127.0.0.1:${ports[1]}`)).toEqual({ N: "1898" });
  });

  it("outlives a gateway that is stopped in good order, too", async () => {
    await hotkeep.stop();
    await start();
    await expect.poll(status).toBe("available");
    await expect.poll(() => reads(`127.0.0.1:${ports[0]}`)).toEqual({ N: "1898" });
    expect(nodes.map((node) => node.process.exitCode)).toEqual([null, null]);
  });

  it("takes a node that was started again back without a token, and gives its place away on demand", async () => {
    nodes[0]!.process.kill("SIGKILL");
    await nodes[0]!.ended;
    nodes[0] = outsideNode(`127.0.0.1:${ports[0]}`, "/nonexistent", "one");
    await expect
      .poll(() => reads(`127.0.0.1:${ports[0]}`).catch(() => undefined))
      .toEqual({
        N: "1898",
      });
    const port = await freePort();
    const heir = outsideNode(`127.0.0.1:${port}`, await token("--node", "shop-b"), "heir");
    const ousted = await nodes[0].ended;
    expect(ousted.errors).toContain("the gateway does not know this node any more");
    nodes[0] = heir;
    await expect
      .poll(() => reads(`127.0.0.1:${port}`).catch(() => undefined))
      .toEqual({
        N: "1898",
      });
    await expect.poll(async () => (await cluster()).Nodes![1]!.Endpoint).toEqual({ Address: "127.0.0.1", Port: port });
  });

  it("reboots a node in its process, and ends all of them when it is deleted", async () => {
    await clients.dax.rebootNode({ ClusterName: "shop", NodeId: "shop-b" });
    await expect.poll(status).toBe("available");
    expect(nodes.map((node) => node.process.exitCode)).toEqual([null, null]);
    await clients.dax.deleteCluster({ ClusterName: "shop" });
    expect((await Promise.all(nodes.map((node) => node.ended))).map(({ code }) => code)).toEqual([0, 0]);
    await expect.poll(() => status().catch((error: Error) => error.name)).toBe("ClusterNotFoundFault");
  });

  it("may have an encrypted endpoint, with a certificate for where clients find it", async () => {
    await clients.dax.createCluster({
      ClusterName: "shop",
      NodeType: "dax.t3.small",
      ReplicationFactor: 1,
      IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`,
      ClusterEndpointEncryptionType: "TLS",
      Tags: [{ Key: "hotkeep:launch", Value: "external" }],
    });
    const port = await freePort();
    outsideNode(`0.0.0.0:${port}`, await token(), "tls", "--advertise", "127.0.0.1");
    await expect.poll(status).toBe("available");
    expect((await cluster()).ClusterDiscoveryEndpoint!.URL).toBe(`daxs://127.0.0.1:${port}`);
    const ca = await hotkeepCommand("ca", "--data", dataDirectory);
    const socket = connect({ host: "127.0.0.1", port, ca });
    await once(socket, "secureConnect");
    expect(socket.authorized).toBe(true);
    expect(socket.getPeerCertificate().subjectaltname).toContain("IP Address:127.0.0.1");
    socket.destroy();
    await clients.dax.deleteCluster({ ClusterName: "shop" });
    await expect.poll(() => status().catch((error: Error) => error.name)).toBe("ClusterNotFoundFault");
  });

  it("can be deleted before any node has come", async () => {
    await clients.dax.createCluster({
      ClusterName: "shop",
      NodeType: "dax.t3.small",
      ReplicationFactor: 1,
      IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`,
      Tags: [{ Key: "hotkeep:launch", Value: "external" }],
    });
    // It keeps no gateway from starting: without one its nodes could never join.
    await hotkeep.stop();
    await start();
    expect(await status()).toBe("creating");
    await clients.dax.deleteCluster({ ClusterName: "shop" });
    await expect.poll(() => status().catch((error: Error) => error.name)).toBe("ClusterNotFoundFault");
  });
});
