import { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Figures } from "../figures.js";
import { machineLine } from "../machine.js";
import { connections, type HttpResult, httpLoad } from "./http-load.js";
import { startBareServer, startDynalite, startDynamoDbLocal, startOurs, type TableServer } from "./servers.js";
import { signedRequests } from "./signed-requests.js";
import { fillTable, type Kind, kinds } from "./workload.js";

/** Java compiles what is hot; nothing before that is measured. */
const warmUpSeconds = 4;

/** PutItem, GetItem, Query, TransactWriteItems and UpdateItem per second, beside the peers, round by round. */
export async function tables({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  const servers = await startAll();
  try {
    process.stdout.write(`${connections} connections, items of about 280 bytes; ${machineLine()}\n`);
    process.stdout.write("ours: signatures verified, policies decided, every write on disk before its answer\n");
    for (const server of servers) await prepare(server);
    printRow(["", "", "ops/s", "p50 µs", "p99 µs", "CPU µs", "ours/it", "by CPU"]);
    const figures: Record<string, number> = {};
    for (const kind of kinds) {
      const results = new Map<TableServer, HttpResult[]>();
      for (let round = 0; round < rounds; round++) {
        for (const server of servers) {
          if (!server.knows(kind.operation)) continue;
          const result = await httpLoad(endOf(server), requestsFor(server, kind), { seconds });
          results.set(server, [...(results.get(server) ?? []), result]);
        }
      }
      Object.assign(figures, report(kind, results));
    }
    return figures;
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function startAll(): Promise<readonly TableServer[]> {
  const running: TableServer[] = [];
  for (const start of [startOurs, startDynamoDbLocal, startDynalite, startBareServer]) {
    const server = await start();
    if ("absent" in server) process.stdout.write(`without ${server.name}: ${server.absent}\n`);
    else running.push(server);
  }
  return running;
}

async function prepare(server: TableServer): Promise<void> {
  if (server.name === "bare node:http") return;
  const { endpoint, region, owner } = server;
  const dynamodb = new DynamoDB({ endpoint: endpoint.href, region, credentials: owner });
  await fillTable(dynamodb);
  dynamodb.destroy();
  for (const kind of kinds) {
    if (!server.knows(kind.operation)) continue;
    await httpLoad(endOf(server), requestsFor(server, kind), { seconds: warmUpSeconds });
  }
}

const endOf = ({ endpoint, pid }: TableServer) => ({ host: endpoint.hostname, port: Number(endpoint.port), pid });

const requestsFor = ({ endpoint, region, credentials }: TableServer, { operation, bodies }: Kind) =>
  signedRequests({ endpoint, region, credentials, operation, bodies: bodies() });

/** Prints one kind's rows and gives its figures. */
function report(kind: Kind, results: ReadonlyMap<TableServer, readonly HttpResult[]>): Record<string, number> {
  const figures: Record<string, number> = {};
  let ours: HttpResult | undefined;
  for (const [server, rounds] of results) {
    const result = median(rounds);
    ours ??= result;
    const ratio = ours.perSecond / result.perSecond;
    const cpuRatio = result.cpuUs / ours.cpuUs;
    const { perSecond, p50Us, p99Us, cpuUs } = result;
    const cells = [perSecond.toFixed(0), String(p50Us), String(p99Us), cpuUs.toFixed(0)];
    printRow([kind.name, server.name, ...cells, ...(result === ours ? [] : [ratio.toFixed(2), cpuRatio.toFixed(2)])]);
    const name = kind.operation.toLowerCase();
    if (result === ours) {
      figures[`${name}_per_s`] = Math.round(perSecond);
      figures[`${name}_p99_us`] = p99Us;
    } else {
      const peer = server.name.toLowerCase().replace(/\W/g, "_");
      figures[`${name}_to_${peer}`] = Number(ratio.toFixed(2));
      figures[`${name}_cpu_to_${peer}`] = Number(cpuRatio.toFixed(2));
    }
  }
  return figures;
}

function median(results: readonly HttpResult[]): HttpResult {
  const middle = (figure: keyof HttpResult): number =>
    results.map((result) => result[figure]).sort((a, b) => a - b)[Math.floor(results.length / 2)]!;
  return { perSecond: middle("perSecond"), p50Us: middle("p50Us"), p99Us: middle("p99Us"), cpuUs: middle("cpuUs") };
}

function printRow([kind = "", server = "", ...figures]: readonly string[]): void {
  process.stdout.write(`${kind.padEnd(17)}${server.padEnd(16)}${figures.map((each) => each.padStart(9)).join("")}\n`);
}
