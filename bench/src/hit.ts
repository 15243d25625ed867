import type { Figures } from "./figures.js";
import { startHitNode } from "./hit-node.js";
import { type LoadResult, load, median, type Pressure } from "./load.js";
import { machineLine } from "./machine.js";
import { startRedis } from "./redis.js";

/** Size of the item's one large attribute and of the Redis value, in bytes. */
const valueBytes = 200;

const shapes: readonly Omit<Pressure, "seconds">[] = [
  { connections: 1, inFlight: 1 },
  { connections: 50, inFlight: 1 },
  { connections: 200, inFlight: 1 },
  { connections: 50, inFlight: 16 },
];

const shapeName = ({ connections, inFlight }: Omit<Pressure, "seconds">): string =>
  inFlight === 1 ? String(connections) : `${connections}x${inFlight}`;

function printHeader(redis: string | undefined): void {
  process.stdout.write(`GetItem hits, ${valueBytes}-byte item; ${machineLine()}\n`);
  process.stdout.write(
    redis === undefined ? "redis-server is not installed: no ratios\n" : `peer: redis-server ${redis}\n`,
  );
  const columns = ["", "hits/s", "p50 µs", "p99 µs", "Redis/s", "p50 µs", "p99 µs", "ratio"];
  process.stdout.write(`${columns.map((column) => column.padStart(9)).join("")}\n`);
}

function printRow(name: string, ours: LoadResult, theirs: LoadResult | undefined): void {
  const cells = (result: LoadResult | undefined): string[] =>
    result === undefined ? ["", "", ""] : [result.perSecond.toFixed(0), String(result.p50Us), String(result.p99Us)];
  const ratio = theirs === undefined ? "" : (ours.perSecond / theirs.perSecond).toFixed(2);
  const line = [name, ...cells(ours), ...cells(theirs), ratio].map((cell) => cell.padStart(9)).join("");
  process.stdout.write(`${line}\n`);
}

/** GetItem hits per second over the wire, beside GET of a value of the same size on redis-server, round by round. */
export async function hit({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  const value = "x".repeat(valueBytes);
  const redis = await startRedis(Buffer.from(value));
  const figures: Record<string, number> = {};
  try {
    const node = await startHitNode(value);
    try {
      printHeader(redis?.version);
      for (const shape of shapes) {
        const ours: LoadResult[] = [];
        const theirs: LoadResult[] = [];
        for (let round = 0; round < rounds; round++) {
          ours.push(await load(node.target(), { ...shape, seconds }));
          if (redis !== undefined) theirs.push(await load(redis.target, { ...shape, seconds }));
        }
        const mine = median(ours);
        const name = shapeName(shape);
        figures[`hits_${name}`] = Math.round(mine.perSecond);
        figures[`p99_us_${name}`] = mine.p99Us;
        if (redis !== undefined) {
          const peer = median(theirs);
          figures[`redis_${name}`] = Math.round(peer.perSecond);
          figures[`ratio_${name}`] = Number((mine.perSecond / peer.perSecond).toFixed(3));
          figures[`p99_to_redis_${name}`] = Number((mine.p99Us / peer.p99Us).toFixed(2));
          printRow(name, mine, peer);
        } else printRow(name, mine, undefined);
      }
    } finally {
      await node.stop();
    }
  } finally {
    redis?.stop();
  }
  return figures;
}
