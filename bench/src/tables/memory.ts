import { readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Figures } from "../figures.js";
import { machineLine } from "../machine.js";
import { Caller, inParallel, progress } from "./caller.js";
import { httpLoad } from "./http-load.js";
import { startOurs } from "./servers.js";
import { signedRequests } from "./signed-requests.js";
import { createBenchTable, tableName } from "./workload.js";

const dataBytes = 5 * 1024 ** 3;
const textBytes = 30_000;
const items = Math.ceil(dataBytes / textBytes);
const batchItems = 10;
const loaders = 8;
/** LMDB keeps what it replaces until no reader needs it, and rounds items up to pages. */
const diskBytesNeeded = 2 * dataBytes;
const sampleMs = 200;

const key = (i: number) => ({ pk: { S: `partition-${Math.floor(i / 100)}` }, sk: { S: `item-${100 + (i % 100)}` } });

/** What a process holds besides files that are mapped: heap, buffers, stacks, everything private and anonymous. */
function anonymousMiB(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Anonymous:\s+(\d+) kB$/m.exec(rollup)?.[1]) / 1024;
}

/** Writes 5 GB of items, reads them at random, and watches how much memory of its own the gateway takes meanwhile. */
export async function memory({ seconds }: { readonly seconds: number }): Promise<Figures> {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < diskBytesNeeded) {
    throw new Error(
      `${tmpdir()} has ${Math.floor((bavail * bsize) / 1e9)} GB free; this takes ${diskBytesNeeded / 1e9}`,
    );
  }
  const server = await startOurs();
  const { endpoint, region, pid } = server;
  const dynamodb = new DynamoDB({ endpoint: endpoint.href, region, credentials: server.owner });
  const caller = new Caller(server, loaders);
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, anonymousMiB(pid));
  }, sampleMs);
  const takePeak = (): number => {
    const taken = Math.max(peak, anonymousMiB(pid));
    peak = 0;
    return Math.round(taken);
  };
  try {
    process.stdout.write(`${items} items of ${textBytes} bytes, 5 GiB; ${machineLine()}\n`);
    await createBenchTable(dynamodb);
    const atStart = takePeak();
    const text = { S: "x".repeat(textBytes) };
    const batches = Math.ceil(items / batchItems);
    const load = async (batch: number) => {
      const requests = Array.from({ length: batchItems }, (_, i) => ({
        PutRequest: { Item: { ...key(batch * batchItems + i), text } },
      }));
      await caller.call("BatchWriteItem", { RequestItems: { [tableName]: requests } });
    };
    await inParallel(batches, loaders, load, progress("batches of 10 written:", batches));
    const loading = takePeak();
    const bodies = Array.from({ length: 20_000 }, (_, i) => ({ TableName: tableName, Key: key((i * 7919) % items) }));
    const requests = signedRequests({
      endpoint,
      region,
      credentials: server.credentials,
      operation: "GetItem",
      bodies,
    });
    const { perSecond, p99Us } = await httpLoad(
      { host: endpoint.hostname, port: Number(endpoint.port), pid },
      requests,
      { seconds: Math.max(10, seconds) },
    );
    const reading = takePeak();
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const mapped = Number(/^RssFile:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    process.stdout.write(
      "private anonymous memory of the gateway, peaks of samples of /proc/PID/smaps_rollup, field Anonymous:\n" +
        `  at the start      ${atStart} MiB\n` +
        `  while loading     ${loading} MiB\n` +
        `  while reading     ${reading} MiB, ${perSecond.toFixed(0)} GetItem/s at random, p99 ${p99Us} µs\n` +
        `pages of the data files in its map at the end: ${mapped.toFixed(0)} MiB, the system's to take back\n`,
    );
    return { memory_loading_mib: loading, memory_reading_mib: reading };
  } finally {
    clearInterval(sampler);
    caller.close();
    dynamodb.destroy();
    await server.stop();
  }
}
