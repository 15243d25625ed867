import { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Figures } from "../figures.js";
import { machineLine } from "../machine.js";
import { Caller, inParallel, progress } from "./caller.js";
import { startOurs } from "./servers.js";
import { batchItemsMax, benchItem, createBenchTable, itemsPerPartition, tableName } from "./workload.js";

const items = 1_000_000;
/** Items of the one large partition; the others have {@link itemsPerPartition} each. */
const largePartition = 200_000;
const pageItems = 1_000;
/** Pages at either end whose times are compared, and how often each is read. */
const comparedPages = 20;
const pageRounds = 10;
const loaders = 16;

/** Where item number `i` stands. */
function place(i: number): [partition: string, place: number] {
  if (i < largePartition) return ["large", 1_000_000 + i];
  const rest = i - largePartition;
  return [`small-${100_000 + Math.floor(rest / itemsPerPartition)}`, rest % itemsPerPartition];
}

/**
 * Loads a million items, then turns the pages of a Scan over all of them and of a Query over a partition of 200,000:
 * the last pages must cost what the first ones do.
 */
export async function million(): Promise<Figures> {
  const server = await startOurs();
  const dynamodb = new DynamoDB({ endpoint: server.endpoint.href, region: server.region, credentials: server.owner });
  const caller = new Caller(server, loaders);
  try {
    process.stdout.write(`${items} items of about 280 bytes; ${machineLine()}\n`);
    await createBenchTable(dynamodb);
    const first = await partitionMs(caller, 0);
    const started = performance.now();
    const batches = items / batchItemsMax;
    const load = async (batch: number) => {
      const requests = Array.from({ length: batchItemsMax }, (_, i) => ({
        PutRequest: { Item: benchItem(...place(batch * batchItemsMax + i)) },
      }));
      await caller.call("BatchWriteItem", { RequestItems: { [tableName]: requests } });
    };
    await inParallel(batches, loaders, load, progress("batches of 25 written:", batches));
    const seconds = (performance.now() - started) / 1000;
    const scan = await pageThrough(caller, "Scan", {});
    if (scan.count !== items) throw new Error(`the scan found ${scan.count} items of ${items}`);
    const query = await pageThrough(caller, "Query", {
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "large" } },
    });
    if (query.count !== largePartition) throw new Error(`the query found ${query.count} items of ${largePartition}`);
    const last = await partitionMs(caller, (items - largePartition) / itemsPerPartition - 1);
    process.stdout.write(`loaded in ${seconds.toFixed(0)} s, ${(items / seconds).toFixed(0)} items/s\n`);
    for (const [name, { startMs, endMs, pages }] of [["Scan", scan] as const, ["Query", query] as const]) {
      process.stdout.write(
        `${name}, ${pages} pages of ${pageItems}: first ${comparedPages} pages ${startMs.toFixed(2)} ms a page, last ${comparedPages} ${endMs.toFixed(2)} ms\n`,
      );
    }
    process.stdout.write(
      `Query of a partition: empty table ${first.toFixed(2)} ms, full table ${last.toFixed(2)} ms\n`,
    );
    return {
      load_items_per_s: Math.round(items / seconds),
      scan_end_to_start: Number((scan.endMs / scan.startMs).toFixed(2)),
      query_end_to_start: Number((query.endMs / query.startMs).toFixed(2)),
    };
  } finally {
    caller.close();
    dynamodb.destroy();
    await server.stop();
  }
}

interface Pages {
  readonly count: number;
  readonly pages: number;
  /** Medians of the first and of the last pages. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Turns all pages once, then the first and the last ones again and again by turns, so that whatever else the machine does
 * slows both alike.
 */
async function pageThrough(caller: Caller, operation: "Scan" | "Query", input: object): Promise<Pages> {
  const starts: object[] = [];
  const turn = async (from: object) => {
    const before = performance.now();
    const answer = await caller.call(operation, { TableName: tableName, Limit: pageItems, ...input, ...from });
    return { ms: performance.now() - before, answer };
  };
  let count = 0;
  let from: object = {};
  for (;;) {
    const { answer } = await turn(from);
    const page = JSON.parse(answer.toString()) as { readonly Count: number; readonly LastEvaluatedKey?: object };
    count += page.Count;
    // The last page may be an empty one.
    if (page.LastEvaluatedKey === undefined) break;
    starts.push(from);
    from = { ExclusiveStartKey: page.LastEvaluatedKey };
  }
  const first: number[] = [];
  const last: number[] = [];
  for (let round = 0; round < pageRounds; round++) {
    for (let i = 0; i < comparedPages; i++) {
      first.push((await turn(starts[i]!)).ms);
      last.push((await turn(starts.at(-1 - i)!)).ms);
    }
  }
  return { count, pages: starts.length, startMs: median(first), endMs: median(last) };
}

/** Median time of a Query of one small partition. */
async function partitionMs(caller: Caller, partition: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const before = performance.now();
    await caller.call("Query", {
      TableName: tableName,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: `small-${100_000 + partition}` } },
    });
    times.push(performance.now() - before);
  }
  return median(times);
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
