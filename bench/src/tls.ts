import { readdirSync, readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { encodeAuthorizeRequest, encodeGetItemRequest, encodePreamble } from "@hotkeep/dax-wire";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import type { Figures } from "./figures.js";

/** Size of the item's one large attribute, in bytes. */
const valueBytes = 200;

/** Connections that ask again as soon as they are answered. */
const connections = 50;

/** Connections opened one after the other in a round. */
const handshakes = 200;

/** A node under test. */
interface Target {
  readonly pid: number;
  dial(): Promise<Socket>;
}

/** CPU time that a process has taken, in microseconds. Linux counts in hundredths of a second. */
function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function pidOfNode(name: string, gateway: number): number {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (parent === gateway && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(name)) return Number(entry);
    } catch (error) {
      // A process may end between being listed and being read.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error;
    }
  }
  throw new Error(`no process runs node ${name}`);
}

async function createEncrypted(hotkeep: RunningHotkeep): Promise<string> {
  const { endpoint, region, account } = hotkeep;
  const dax = new DAX({ endpoint, region, credentials: { ...hotkeep.credentials.root! } });
  await dax.createCluster({
    ClusterName: "safe",
    NodeType: "dax.r5.large",
    ReplicationFactor: 1,
    IamRoleArn: `arn:aws:iam::${account}:role/DAXServiceRole`,
    ClusterEndpointEncryptionType: "TLS",
  });
  for (;;) {
    const { Clusters: clusters } = await dax.describeClusters({ ClusterNames: ["safe"] });
    const { Status: status, ClusterDiscoveryEndpoint: at } = clusters![0]!;
    if (status === "available") {
      dax.destroy();
      return at!.Address!;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ready(socket: Socket, event: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Hits for `seconds`; the node's CPU time for each, in microseconds. */
async function cpuOfHit(target: Target, preamble: Buffer, request: Buffer, seconds: number): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => target.dial()));
  for (const socket of sockets) socket.write(preamble);
  const responseBytes = await lengthOfAnswer(sockets[0]!, request);
  let answers = 0;
  let open = true;
  for (const socket of sockets) {
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received < responseBytes) return;
      received -= responseBytes;
      answers += 1;
      if (open) socket.write(request);
    });
    socket.write(request);
  }
  // Warm before it counts.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [answersBefore, cpuBefore] = [answers, cpuMicros(target.pid)];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const perHit = (cpuMicros(target.pid) - cpuBefore) / (answers - answersBefore);
  open = false;
  for (const socket of sockets) socket.destroy();
  return perHit;
}

function lengthOfAnswer(socket: Socket, request: Buffer): Promise<number> {
  const quietMs = 150;
  return new Promise((resolve) => {
    let length = 0;
    let quiet: NodeJS.Timeout | undefined;
    const count = (chunk: Buffer): void => {
      length += chunk.length;
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        socket.off("data", count);
        resolve(length);
      }, quietMs);
    };
    socket.on("data", count);
    socket.write(request);
  });
}

/** The node's CPU time for one connection from accept to close, in microseconds. */
async function cpuOfConnection(target: Target): Promise<number> {
  const before = cpuMicros(target.pid);
  for (let i = 0; i < handshakes; i++) {
    const socket = await target.dial();
    socket.destroy();
  }
  return (cpuMicros(target.pid) - before) / handshakes;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** CPU time of a node for a hit and for a connection, with TLS and without, round by round. */
export async function tls({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  const hotkeep = await startHotkeep();
  try {
    const { endpoint, region } = hotkeep;
    const root = hotkeep.credentials.root!;
    const dynamodb = new DynamoDB({ endpoint, region, credentials: { ...root } });
    const key = { Author: { S: "bench" }, Title: { S: "hit" } };
    await dynamodb.putItem({ TableName: "Books", Item: { ...key, Text: { S: "x".repeat(valueBytes) } } });
    dynamodb.destroy();
    const address = await createEncrypted(hotkeep);
    const ca = readFileSync(join(hotkeep.dataDirectory, "ca.pem"), "utf8");
    const plainAt = new URL(hotkeep.clusters[0]!.endpoint);
    const plain: Target = {
      pid: pidOfNode("daxcluster01-a", hotkeep.process.pid!),
      dial: () => ready(connectTcp(Number(plainAt.port), plainAt.hostname), "connect"),
    };
    const secure: Target = {
      pid: pidOfNode("safe-a", hotkeep.process.pid!),
      dial: () => ready(connectTls({ host: address, port: 9111, ca }), "secureConnect"),
    };
    const preamble = () =>
      Buffer.concat([
        encodePreamble("hotkeep-bench", Buffer.alloc(16)),
        encodeAuthorizeRequest({ ...root, region, now: Date.now() }),
      ]);
    // A hash key of type S with a range key of type S: the hash as CBOR text, the range as bare text.
    const keyBytes = Buffer.concat([Buffer.from([0x60 + "bench".length]), Buffer.from("bench"), Buffer.from("hit")]);
    const request = encodeGetItemRequest("Books", keyBytes);
    process.stdout.write(
      `CPU time of the node, µs; ${connections} connections × 1 in flight; ${cpus()[0]?.model}, Node.js ${process.version}\n`,
    );
    const hits: [number[], number[]] = [[], []];
    const opened: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [i, target] of [plain, secure].entries()) {
        hits[i]!.push(await cpuOfHit(target, preamble(), request, seconds));
        opened[i]!.push(await cpuOfConnection(target));
      }
    }
    const figures: Record<string, number> = {};
    for (const [name, [without, with_]] of [
      ["hit", hits],
      ["connection", opened],
    ] as const) {
      const [a, b] = [middle(without), middle(with_)];
      figures[`${name}_plain_us`] = Number(a.toFixed(2));
      figures[`${name}_tls_us`] = Number(b.toFixed(2));
      figures[`${name}_ratio`] = Number((b / a).toFixed(2));
      const cells = [name, `plain ${a.toFixed(2)}`, `TLS ${b.toFixed(2)}`, `ratio ${(b / a).toFixed(2)}`];
      process.stdout.write(`${cells.map((cell) => cell.padEnd(16)).join("")}\n`);
    }
    return figures;
  } finally {
    await hotkeep.stop();
  }
}
