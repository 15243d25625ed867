import type { Figures } from "../figures.js";
import { firstAnswer } from "../first-answer.js";
import { type LoadResult, type LoadTarget, load, median } from "../load.js";
import { machineLine } from "../machine.js";
import { httpLoad } from "../tables/http-load.js";
import { signedRequests } from "../tables/signed-requests.js";
import { type NodeCall, nodeCalls } from "./calls.js";
import { type NodeWorld, placeOf, startNodeWorld, textListId } from "./world.js";

const connections = 32;

/** Calls through a cache node, each beside the same call over HTTP straight to the tables, round by round. */
export async function node({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  const world = await startNodeWorld();
  try {
    const listId = await textListId(world);
    process.stdout.write(`${connections} connections, items of about 230 bytes; ${machineLine()}\n`);
    process.stdout.write("gateway, tables and nodes share the server's core\n");
    printRow(["", "node/s", "p50 µs", "p99 µs", "tables/s", "p50 µs", "p99 µs", "ratio"]);
    const figures: Record<string, number> = {};
    for (const call of nodeCalls) {
      const target = await daxTarget(world, call, listId);
      const throughNode: LoadResult[] = [];
      const straight: LoadResult[] = [];
      for (let round = 0; round < rounds; round++) {
        throughNode.push(await load(target, { connections, inFlight: 1, seconds }));
        straight.push(await httpLoad(endOf(world), httpRequests(world, call), { seconds }));
      }
      const [ours, tables] = [median(throughNode), median(straight)];
      const ratio = ours.perSecond / tables.perSecond;
      const cells = [ours, tables].flatMap((one) => [one.perSecond.toFixed(0), String(one.p50Us), String(one.p99Us)]);
      printRow([call.name, ...cells, ratio.toFixed(2)]);
      const name = call.name.toLowerCase().replace(/\W+/g, "_").replace(/_$/, "");
      figures[`${name}_per_s`] = Math.round(ours.perSecond);
      figures[`${name}_ratio`] = Number(ratio.toFixed(2));
    }
    return figures;
  } finally {
    await world.stop();
  }
}

const endOf = ({ hotkeep }: NodeWorld) => {
  const { hostname, port } = new URL(hotkeep.endpoint);
  return { host: hostname, port: Number(port), pid: hotkeep.process.pid! };
};

const httpRequests = ({ hotkeep, user }: NodeWorld, { operation, bodies }: NodeCall) =>
  signedRequests({
    ...{ endpoint: new URL(hotkeep.endpoint), region: hotkeep.region, credentials: user },
    ...{ operation, bodies: bodies() },
  });

async function daxTarget(world: NodeWorld, call: NodeCall, listId: number): Promise<LoadTarget> {
  const [request, ...otherRequests] = call.frames(listId) as [Buffer, ...Buffer[]];
  const place = placeOf(world, call.cluster);
  const answer = await firstAnswer({ ...place, request });
  if (answer[0] !== 0x80) throw new Error(`${call.name}: the node answered ${answer.toString("latin1").slice(0, 300)}`);
  // Fills the cache: nothing is a hit before it has been a miss.
  if (call.isHit) await firstAnswer({ ...place, request: Buffer.concat(otherRequests) });
  return { ...place, request, otherRequests, responseBytes: answer.length };
}

function printRow([name = "", ...figures]: readonly string[]): void {
  process.stdout.write(`${name.padEnd(20)}${figures.map((each) => each.padStart(9)).join("")}\n`);
}
