import { parseArgs } from "node:util";
import { admission } from "./admission.js";
import { checkBars } from "./bars.js";
import { call } from "./call.js";
import { decide } from "./decide.js";
import type { Figures } from "./figures.js";
import { hit } from "./hit.js";
import { nodeMemory } from "./node/memory.js";
import { node } from "./node/node.js";
import { scale } from "./scale.js";
import { soak } from "./soak.js";
import { start } from "./start.js";
import { memory } from "./tables/memory.js";
import { million } from "./tables/million.js";
import { tables } from "./tables/tables.js";
import { tls } from "./tls.js";

const help = `Measures Hotkeep beside a peer, in one run, as medians of several rounds.

  npm run bench -- hit             GetItem hits over the DAX wire, beside redis-server GET
  npm run bench -- node            calls through a cache node, beside the same calls straight to the tables
  npm run bench -- node --memory   a million items in a node's cache, and in one too small for them; some minutes
  npm run bench -- start           time from spawning the program to its ready line
  npm run bench -- call            CPU time of one call from headers to answer, without HTTP
  npm run bench -- tables          the DynamoDB API over HTTP, durable, beside DynamoDB Local and dynalite
  npm run bench -- tables --load   a million items loaded; pages at the end beside pages at the start
  npm run bench -- tables --memory 5 GB of items served; the memory it takes (10 GB of disk, some minutes)
  npm run bench -- admission       hit ratios of both ways to choose what stays in the cache, on published kinds of traces
  npm run bench -- decide          CPU time of one access decision; no peer, the bar is a microsecond
  npm run bench -- tls             CPU time of a node for hits and connections, with TLS beside plain TCP
  npm run bench -- scale           hits of two nodes beside hits of one
  npm run soak -- --minutes N      minutes (10) of load with connections that come and go: flat memory, flat p99
  npm run bench -- hit --check     exit status 1 when a figure misses its bar in bench/bars.json
  --rounds N (5)   --seconds S a round (1)
`;

interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly minutes: number;
}

/** A benchmark prints its table and returns its figures by name. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<Figures>>> = {
  admission,
  call,
  decide,
  hit,
  node,
  "node-memory": nodeMemory,
  scale,
  soak,
  start,
  tables,
  tls,
  "tables-load": million,
  "tables-memory": memory,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      load: { type: "boolean", default: false },
      memory: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "1" },
      minutes: { type: "string", default: "10" },
      help: { type: "boolean", default: false },
    },
  });
  const part = values.load ? "-load" : values.memory ? "-memory" : "";
  const name = positionals[0] === undefined ? undefined : `${positionals[0]}${part}`;
  const bench = name === undefined ? undefined : benches[name];
  if (values.help || name === undefined || bench === undefined) {
    process.stdout.write(help);
    if (!values.help && name !== undefined) process.stderr.write(`✗ there is no benchmark \`${name}\`\n`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { rounds, seconds, minutes } = values;
  const figures = await bench({ rounds: Number(rounds), seconds: Number(seconds), minutes: Number(minutes) });
  const missed = values.check ? checkBars(name, figures) : [];
  for (const line of missed) process.stdout.write(`✗ ${line}\n`);
  const pairs = Object.entries(figures).map(([figure, value]) => `${figure}=${value}`);
  process.stdout.write(`${pairs.join(" ")}\n`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
