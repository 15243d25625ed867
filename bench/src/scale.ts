import { setTimeout as wait } from "node:timers/promises";
import { DAX } from "@aws-sdk/client-dax";
import { loadCore, pinFamily, pinning, serverCore } from "./cores.js";
import type { Figures } from "./figures.js";
import { firstAnswer } from "./first-answer.js";
import { startHitNode } from "./hit-node.js";
import { type LoadTarget, load } from "./load.js";
import { machineLine } from "./machine.js";
import { nodeProcesses } from "./processes.js";
import { type RedisPeer, startRedis } from "./redis.js";

const connections = 50;
const readyMs = 20_000;
const cores = [serverCore, loadCore];

/** A server on each core, and how to ask it. */
type Pair = readonly (() => LoadTarget)[];

/**
 * Hits of one node and of two. Each node shares a core with the generator that asks it, so the second node comes with
 * everything that the first one had, and nothing else: the sum beside the single figure tells what nodes cost each
 * other. Nodes and generators are sessions of their own, so that the scheduler gives each the same. Beside it the same
 * with redis-server: what the machine lets two servers have of two cores.
 */
export async function scale({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  if (!pinning) throw new Error("this needs taskset and two cores");
  const value = "x".repeat(200);
  const first = await startHitNode(value);
  const peers: RedisPeer[] = [];
  try {
    const nodes = await growTo(2, first);
    for (const [at, pid] of nodeProcesses(first.hotkeep.process.pid!).entries()) pinFamily(pid, cores[at]!);
    for (const core of cores) {
      const peer = await startRedis(Buffer.from(value), core);
      if (peer !== undefined) peers.push(peer);
    }
    process.stdout.write(`GetItem hits, ${connections} connections a node; ${machineLine()}\n`);
    process.stdout.write("each server shares a core with its own generator\n");
    const pairs: Pair[] = [nodes];
    if (peers.length > 0)
      pairs.push(
        peers.map(
          ({ target }) =>
            () =>
              target,
        ),
      );
    const perSecond = pairs.map(() => ({ alone: [] as number[], together: [] as number[] }));
    for (let round = 0; round < rounds; round++) {
      for (const [at, pair] of pairs.entries()) {
        const { alone, together } = await hitsOf(pair, round % 2, seconds);
        perSecond[at]!.alone.push(alone);
        perSecond[at]!.together.push(together);
      }
    }
    const [ours, redis] = perSecond.map(({ alone, together }) => {
      const [one, two] = [middle(alone), middle(together)].map(Math.round) as [number, number];
      return { one, two, ratio: Number((two / one).toFixed(2)) };
    });
    printRow("nodes", ours!);
    if (redis === undefined) return { ...ours! };
    printRow(`Redis ${peers[0]!.version}`, redis);
    return { ...ours!, redis_one: redis.one, redis_two: redis.two, redis_ratio: redis.ratio };
  } finally {
    for (const peer of peers) peer.stop();
    await first.stop();
  }
}

/** Answers a second of one server, then of both at once. */
async function hitsOf(pair: Pair, which: number, seconds: number): Promise<{ alone: number; together: number }> {
  const pressure = { connections, inFlight: 1, seconds };
  const alone = await load(pair[which]!(), pressure, cores[which]);
  const both = await Promise.all(pair.map((target, at) => load(target(), pressure, cores[at])));
  return { alone: alone.perSecond, together: both.reduce((sum, one) => sum + one.perSecond, 0) };
}

function middle(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}

function printRow(name: string, { one, two, ratio }: { one: number; two: number; ratio: number }): void {
  process.stdout.write(`${name.padEnd(14)} one ${one}/s, two ${two}/s: ${ratio.toFixed(2)} times\n`);
}

/** Adds nodes; the answer is how to ask each of them, with its cache filled. */
async function growTo(
  NewReplicationFactor: number,
  { hotkeep, target }: Awaited<ReturnType<typeof startHitNode>>,
): Promise<readonly (() => LoadTarget)[]> {
  const { endpoint, region } = hotkeep;
  const dax = new DAX({ endpoint, region, credentials: hotkeep.credentials.root! });
  const ClusterName = "daxcluster01";
  await dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor });
  for (const deadline = performance.now() + readyMs; ; await wait(50)) {
    const { Clusters } = await dax.describeClusters({ ClusterNames: [ClusterName] });
    const { ActiveNodes, Nodes = [] } = Clusters![0]!;
    if (ActiveNodes === NewReplicationFactor) {
      dax.destroy();
      const byName = [...Nodes].sort((a, b) => (a.NodeId! < b.NodeId! ? -1 : 1));
      const targets = byName.map(({ Endpoint }) => () => ({
        ...target(),
        ...{ address: Endpoint!.Address!, port: Endpoint!.Port! },
      }));
      for (const one of targets) await firstAnswer(one());
      return targets;
    }
    if (performance.now() > deadline) throw new Error(`there are ${ActiveNodes} nodes after ${readyMs} ms`);
  }
}
