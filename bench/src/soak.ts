import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Dax } from "@amazon-dax-sdk/client-dax";
import type { Figures } from "./figures.js";
import { startHitNode } from "./hit-node.js";
import { type LoadTarget, load } from "./load.js";
import { machineLine } from "./machine.js";
import { nodeProcess, residentBytes } from "./processes.js";

const connections = 200;
/** Of what the node can serve at most. */
const share = 0.8;
const windowSeconds = 10;
const churnEveryMs = 20;
const otherCallsEveryMs = 10;
const mebibyte = 1024 * 1024;

interface Window {
  readonly perSecond: number;
  readonly p99Us: number;
  readonly nodeBytes: number;
}

/**
 * Minutes of hits at four fifths of what the node can serve, while other connections come, ask once and go, and an
 * official client writes and reads beside them. The memory and the p99 of the last third stand beside those of the
 * first.
 */
export async function soak({ minutes }: { minutes: number }): Promise<Figures> {
  const node = await startHitNode("x".repeat(200));
  const stopped = { now: false };
  const beside: Promise<number>[] = [];
  try {
    const pid = nodeProcess(node.hotkeep.process.pid!);
    // The other calls take their share of the processors, so what is possible beside them is what counts.
    beside.push(churn(node.target, stopped), otherCalls(node.hotkeep, stopped));
    const most = await load(node.target(), { connections, inFlight: 1, seconds: 5 });
    const rate = most.perSecond * share;
    process.stdout.write(`${minutes} minutes at ${rate.toFixed(0)} hits/s of at most ${most.perSecond.toFixed(0)}; `);
    process.stdout.write(`${connections} connections, ${1000 / churnEveryMs} more a second; ${machineLine()}\n`);
    const windows: Window[] = [];
    for (let at = 0; at < (minutes * 60) / windowSeconds; at++) {
      const { perSecond, p99Us } = await load(node.target(), {
        connections,
        inFlight: 1,
        seconds: windowSeconds,
        rate,
      });
      windows.push({ perSecond, p99Us, nodeBytes: residentBytes(pid) });
      if (at % 6 === 0) tell(at, windows.at(-1)!);
    }
    stopped.now = true;
    const [dialled, called] = (await Promise.all(beside)) as [number, number];
    process.stdout.write(`beside: ${dialled} connections came and went, ${called} calls of an official client\n`);
    return compared(windows);
  } finally {
    stopped.now = true;
    await Promise.allSettled(beside);
    await node.stop();
  }
}

function tell(at: number, { perSecond, p99Us, nodeBytes }: Window): void {
  const minute = ((at * windowSeconds) / 60).toFixed(0).padStart(3);
  const memory = (nodeBytes / mebibyte).toFixed(0);
  process.stdout.write(`minute ${minute}: ${perSecond.toFixed(0)} hits/s, p99 ${p99Us} µs, node ${memory} MiB\n`);
}

function compared(windows: readonly Window[]): Figures {
  const third = Math.max(1, Math.floor(windows.length / 3));
  const middle = (part: readonly Window[], figure: keyof Window): number =>
    part.map((window) => window[figure]).sort((a, b) => a - b)[Math.floor(part.length / 2)]!;
  const [first, last] = [windows.slice(0, third), windows.slice(-third)];
  const ratio = (figure: keyof Window) => Number((middle(last, figure) / middle(first, figure)).toFixed(2));
  return {
    p99_us: middle(windows, "p99Us"),
    p99_last_to_first: ratio("p99Us"),
    node_mib: Math.round(middle(last, "nodeBytes") / mebibyte),
    memory_last_to_first: ratio("nodeBytes"),
  };
}

/** Connections that come, ask once and go. The answer: how many. */
async function churn(target: () => LoadTarget, stopped: { readonly now: boolean }): Promise<number> {
  let count = 0;
  while (!stopped.now) {
    const { address, port, preamble, request, responseBytes } = target();
    const socket = connect({ host: address, port, noDelay: true });
    await once(socket, "connect");
    socket.write(Buffer.concat([preamble, request]));
    let received = 0;
    for await (const chunk of socket) {
      received += (chunk as Buffer).length;
      if (received >= responseBytes) break;
    }
    if (received !== responseBytes) throw new Error(`${received} bytes came instead of ${responseBytes}`);
    count++;
    await wait(churnEveryMs);
  }
  return count;
}

/** Writes, reads and queries by an official client. The answer: how many calls. */
async function otherCalls(
  hotkeep: Awaited<ReturnType<typeof startHitNode>>["hotkeep"],
  stopped: { readonly now: boolean },
): Promise<number> {
  const { region, clusters, credentials } = hotkeep;
  const client = new Dax({
    ...{ endpoint: clusters[0]!.endpoint, region, credentials: credentials.alice! },
    ...{ maxRetries: 5 },
  } as never) as unknown as Record<"putItem" | "getItem" | "query" | "shutdown", (input?: object) => Promise<unknown>>;
  let count = 0;
  while (!stopped.now) {
    const key = { Author: { S: "soak" }, Title: { S: `book ${count % 5_000}` } };
    await client.putItem({ TableName: "Books", Item: { ...key, Text: { S: "x".repeat(count % 2_000) } } });
    await client.getItem({ TableName: "Books", Key: key });
    await client.query({
      TableName: "Books",
      KeyConditionExpression: "Author = :a AND Title = :t",
      ExpressionAttributeValues: { ":a": { S: "soak" }, ":t": key.Title },
    });
    count += 3;
    await wait(otherCallsEveryMs);
  }
  void client.shutdown();
  return count;
}
