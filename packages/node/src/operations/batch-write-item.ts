import type { Item } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import {
  type BatchWriteItemRequest,
  type BatchWriteResult,
  type ConsumedCapacity,
  decodeKey,
  encodeBatchWriteResponse,
  encodeKey,
  type ItemCollectionMetrics,
  type UnprocessedWrite,
} from "@hotkeep/dax-wire";
import { itemKeyOf } from "../cache/item-key.js";
import type { TableCalls, WriteRequest } from "../table/table-calls.js";
import type { KnownTable } from "../table/table-schemas.js";
import type { OperationContext } from "./context.js";
import { addressOf, type ItemAddress, readPutItem, responseToCache } from "./items.js";
import { addCapacity, ifGiven, unlessNone } from "./options.js";
import { pauseBeforeRetry } from "./retry.js";
import { answerToWrite, writeThrough } from "./write-through.js";

/** Writes in one BatchWriteItem (documented). */
const writesMax = 25;

/** One write of the batch; `item` undefined: a delete. */
interface OneWrite {
  readonly address: ItemAddress;
  readonly item: Item | undefined;
}

interface Outcome {
  readonly left: readonly OneWrite[];
  readonly capacity: readonly ConsumedCapacity[];
  readonly metrics: Readonly<Record<string, readonly ItemCollectionMetrics[]>> | undefined;
}

/** BatchWriteItem: to the tables, then each written item to the cache. */
export async function batchWriteItem(context: OperationContext, request: BatchWriteItemRequest): Promise<Buffer> {
  const writes = await readWrites(context, request);
  const outcome = await writeThrough(
    context,
    writes.map((write) => write.address),
    () => send(context, request, writes),
    ({ left }) => {
      const unwritten = new Set(left);
      return Promise.all(
        writes.map((write) =>
          unwritten.has(write) ? undefined : responseToCache(context, write.address.table, write.item),
        ),
      );
    },
  );
  const result: BatchWriteResult = {
    ...(outcome.left.length === 0 ? {} : { unprocessed: unprocessedOf(outcome.left) }),
    ...(outcome.capacity.length === 0 ? {} : { consumedCapacity: outcome.capacity }),
    ...ifGiven("itemCollectionMetrics", outcome.metrics),
  };
  return answerToWrite(context, (listIdOf) => encodeBatchWriteResponse(result, listIdOf));
}

async function readWrites(context: OperationContext, request: BatchWriteItemRequest): Promise<readonly OneWrite[]> {
  const count = request.tables.reduce((sum, table) => sum + table.writes.length, 0);
  if (count > writesMax) {
    throw new AwsError("ValidationException", "Too many items requested for the BatchWriteItem call");
  }
  const writes: OneWrite[] = [];
  for (const { table: name, writes: ofTable } of request.tables) {
    for (const { key, item } of ofTable) {
      const address = await addressOf(context, name, key);
      writes.push({
        address,
        item: item === null ? undefined : await readPutItem(context, address.table, address.key, item),
      });
    }
  }
  return writes;
}

/**
 * Sends until nothing is left or patience is: one client family cannot read unprocessed puts (observed), so they are
 * sent again here first.
 */
async function send(
  context: OperationContext,
  request: BatchWriteItemRequest,
  writes: readonly OneWrite[],
): Promise<Outcome> {
  const { tables, limits } = context;
  let left = writes;
  let capacity: readonly ConsumedCapacity[] = [];
  let metrics: Record<string, readonly ItemCollectionMetrics[]> | undefined;
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0) await pauseBeforeRetry(context, attempt);
    let output: TableCalls["BatchWriteItem"]["output"];
    try {
      output = await tables.call("BatchWriteItem", {
        RequestItems: requestItems(left),
        ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
        ...unlessNone("ReturnItemCollectionMetrics", request.returnItemCollectionMetrics),
      });
    } catch (error) {
      // Part of the batch is written: that is no failure of the whole.
      if (attempt > 0) return { left, capacity, metrics };
      throw error;
    }
    capacity = addCapacity(capacity, output.ConsumedCapacity);
    for (const [table, more] of Object.entries(output.ItemCollectionMetrics ?? {})) {
      metrics = { ...metrics, [table]: [...(metrics?.[table] ?? []), ...more] };
    }
    left = unwritten(left, output.UnprocessedItems);
    if (left.length === 0 || attempt >= limits.batchRetriesMax) return { left, capacity, metrics };
  }
}

function requestItems(writes: readonly OneWrite[]): Record<string, WriteRequest[]> {
  const out: Record<string, WriteRequest[]> = {};
  for (const { address, item } of writes) {
    const { table, key } = address;
    out[table.name] ??= [];
    out[table.name]!.push(
      item === undefined ? { DeleteRequest: { Key: decodeKey(table.schema, key) } } : { PutRequest: { Item: item } },
    );
  }
  return out;
}

function unwritten(
  writes: readonly OneWrite[],
  unprocessed: Readonly<Record<string, readonly WriteRequest[]>> | undefined,
): readonly OneWrite[] {
  if (unprocessed === undefined || Object.keys(unprocessed).length === 0) return [];
  const texts = new Set<string>();
  for (const table of new Set(writes.map((write) => write.address.table))) {
    for (const request of unprocessed[table.name] ?? []) {
      const key = "PutRequest" in request ? request.PutRequest.Item : request.DeleteRequest.Key;
      texts.add(itemKeyOf(table.name, encodeKey(table.schema, key)).toString("latin1"));
    }
  }
  return writes.filter((write) => texts.has(write.address.itemKey.toString("latin1")));
}

function unprocessedOf(left: readonly OneWrite[]): NonNullable<BatchWriteResult["unprocessed"]> {
  const byTable = new Map<KnownTable, UnprocessedWrite[]>();
  for (const { address, item } of left) {
    const writes = byTable.get(address.table) ?? [];
    byTable.set(address.table, writes);
    writes.push(item === undefined ? { delete: decodeKey(address.table.schema, address.key) } : { put: item });
  }
  return [...byTable].map(([table, writes]) => ({ table: table.name, schema: table.schema, writes }));
}
