import { setTimeout as wait } from "node:timers/promises";
import { DAX } from "@aws-sdk/client-dax";
import { loadCore, pinFamily, pinning, serverCore } from "./cores.js";
import type { Figures } from "./figures.js";
import { firstAnswer } from "./first-answer.js";
import { startHitNode } from "./hit-node.js";
import { type LoadTarget, load, median } from "./load.js";
import { machineLine } from "./machine.js";
import { nodeProcesses } from "./processes.js";

const connections = 50;
const readyMs = 20_000;
const cores = [serverCore, loadCore];

/**
 * Hits of one node and of two. Each node shares a core with the generator that asks it, so the second node comes with
 * everything that the first one had, and nothing else: the sum beside the single figure tells what nodes cost each
 * other.
 */
export async function scale({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  if (!pinning) throw new Error("this needs taskset and two cores");
  const first = await startHitNode("x".repeat(200));
  try {
    const targets = await growTo(2, first);
    const nodes = nodeProcesses(first.hotkeep.process.pid!);
    for (const [at, pid] of nodes.entries()) pinFamily(pid, cores[at]!);
    process.stdout.write(`GetItem hits, ${connections} connections a node; ${machineLine()}\n`);
    process.stdout.write("each node shares a core with its own generator\n");
    const pressure = { connections, inFlight: 1, seconds };
    const perSecond = { alone: [] as number[], together: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      perSecond.alone.push((await load(targets[round % 2]!(), pressure, cores[round % 2])).perSecond);
      const both = await Promise.all(targets.map((target, at) => load(target(), pressure, cores[at])));
      perSecond.together.push(both.reduce((sum, one) => sum + one.perSecond, 0));
    }
    const middle = (figures: readonly number[]) =>
      median(figures.map((figure) => ({ perSecond: figure, p50Us: 0, p99Us: 0 }))).perSecond;
    const [alone, together] = [middle(perSecond.alone), middle(perSecond.together)];
    process.stdout.write(`one node ${alone.toFixed(0)} hits/s, two nodes ${together.toFixed(0)} hits/s\n`);
    return { one: Math.round(alone), two: Math.round(together), ratio: Number((together / alone).toFixed(2)) };
  } finally {
    await first.stop();
  }
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
