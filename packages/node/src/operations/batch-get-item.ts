import { type AttributeMap, type Item, validateProjection } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import {
  type BatchGetItemRequest,
  type BatchGetTable,
  type ConsumedCapacity,
  decodeKey,
  encodeBatchGetResponse,
  encodeKey,
} from "@hotkeep/dax-wire";
import { ageOf } from "../cache/cache-entry.js";
import type { Fill, FoundItem } from "../cache/item-cache.js";
import { itemKeyOf } from "../cache/item-key.js";
import type { KeysAndAttributes } from "../table/table-calls.js";
import type { KnownTable } from "../table/table-schemas.js";
import type { OperationContext } from "./context.js";
import { orExpired } from "./fallback.js";
import { addressIn, decodeCached, encodedItemIn, type ItemAddress, projected, wholeItemResponse } from "./items.js";
import { addCapacity, ifGiven, unlessNone } from "./options.js";
import { refuseWhenOverloaded } from "./overload.js";
import { pauseBeforeRetry } from "./retry.js";

/** Keys in one BatchGetItem (documented). */
const keysMax = 100;

/** One requested item: where it is, which fill of ours reads it, what came of it. */
interface Wanted {
  readonly address: ItemAddress;
  readonly source: BatchGetTable;
  fill?: Fill;
  /** What is there when it is settled: an item, an item that needs no encoding, or nothing. */
  found?: { readonly item?: Item; readonly encoded?: Buffer };
}

/** BatchGetItem: each key as its own GetItem; those that are not in memory are read with one call. */
export async function batchGetItem(context: OperationContext, request: BatchGetItemRequest): Promise<Buffer> {
  const wanted = await addressKeys(context, request);
  const toRead: Wanted[] = [];
  const joined: Promise<void>[] = [];
  const { items, metrics, clock, watch, sighting } = context;
  for (const one of wanted) {
    const { itemKey } = one.address;
    if (one.source.consistentRead) {
      sighting?.note("bypass");
      toRead.push(one);
      continue;
    }
    watch.lookUp(itemKey);
    const now = clock.monotonic();
    const entry = items.find(itemKey, 0, itemKey.length, now);
    if (entry !== undefined) {
      metrics.ItemCacheHits++;
      sighting?.found(entry.response, ageOf(entry, now));
      if (one.source.projection !== undefined) {
        joined.push(settle(one, decodeCached(context, one.address, entry.response)));
        continue;
      }
      const encoded = encodedItemIn(entry.response);
      one.found = encoded === undefined ? {} : { encoded };
      continue;
    }
    metrics.ItemCacheMisses++;
    const running = items.fillOf(itemKey);
    sighting?.note(running === undefined ? "miss" : "coalesced");
    if (running !== undefined) {
      joined.push(settle(one, running.found).catch(() => readMyself(one)));
      continue;
    }
    readMyself(one);
  }
  function readMyself(one: Wanted): void {
    one.fill = items.beginFill(one.address.itemKey, "BatchGetItem", clock.monotonic());
    toRead.push(one);
  }
  const mine = [...toRead];
  async function readAll(): Promise<readonly ConsumedCapacity[]> {
    try {
      if (mine.length > 0) refuseWhenOverloaded(context);
      const capacity = await read(context, request, mine);
      await Promise.all(joined);
      // What others tried to read and could not.
      const left = toRead.slice(mine.length);
      return addCapacity(capacity, await read(context, request, left));
    } catch (error) {
      await Promise.allSettled(joined);
      for (const { fill } of wanted) if (fill !== undefined) items.failFill(fill, error);
      throw error;
    }
  }
  const capacity = await orExpired(context, readAll(), () => takeExpired(context, wanted));
  return answer(context, request, wanted, capacity);
}

/** Settles everything that is not settled with what has expired; undefined when not all of it is there. */
function takeExpired(
  context: OperationContext,
  wanted: readonly Wanted[],
): Promise<readonly ConsumedCapacity[]> | undefined {
  const { items, clock, sighting } = context;
  const now = clock.monotonic();
  const found: { readonly one: Wanted; readonly response: Buffer; readonly ageMs: number }[] = [];
  for (const one of wanted) {
    if (one.found !== undefined) continue;
    const entry = one.source.consistentRead ? undefined : items.findExpired(one.address.itemKey, now);
    if (entry === undefined) return undefined;
    found.push({ one, response: entry.response, ageMs: ageOf(entry, now) });
  }
  for (const { ageMs } of found) sighting?.note("stale", ageMs);
  const decoded = found.map(({ one, response }) => settle(one, decodeCached(context, one.address, response)));
  return Promise.all(decoded).then(() => []);
}

function tooShort(value: string, path: string): AwsError {
  return new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  );
}

async function settle(one: Wanted, found: Promise<FoundItem>): Promise<void> {
  one.found = await found;
}

async function addressKeys(context: OperationContext, request: BatchGetItemRequest): Promise<Wanted[]> {
  const count = request.tables.reduce((sum, table) => sum + table.keys.length, 0);
  if (count > keysMax) {
    throw new AwsError("ValidationException", "Too many items requested for the BatchGetItem call");
  }
  if (request.tables.length === 0) throw tooShort("{}", "requestItems");
  const wanted: Wanted[] = [];
  const seen = new Set<string>();
  for (const source of request.tables) {
    if (source.projection !== undefined) validateProjection(source.projection);
    if (source.keys.length === 0) throw tooShort("[]", `requestItems.${source.table}.member.keys`);
    const table = await context.schemas.get(source.table);
    for (const key of source.keys) {
      const address = addressIn(context, table, source.table, key);
      seen.add(address.itemKey.toString("latin1"));
      wanted.push({ address, source });
    }
  }
  // Clients do not check it, and a batch served from memory would never come before the table's own check.
  if (seen.size !== wanted.length) {
    throw new AwsError("ValidationException", "Provided list of item keys contains duplicates");
  }
  return wanted;
}

/** Reads items with as few calls as the table allows; what stays unprocessed keeps `found` undefined. */
async function read(
  context: OperationContext,
  request: BatchGetItemRequest,
  toRead: readonly Wanted[],
): Promise<readonly ConsumedCapacity[]> {
  const { tables, limits, items, clock } = context;
  let left = toRead;
  let capacity: readonly ConsumedCapacity[] = [];
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await pauseBeforeRetry(context, attempt);
    const output = await tables.call("BatchGetItem", {
      RequestItems: requestItems(left),
      ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
    });
    capacity = addCapacity(capacity, output.ConsumedCapacity);
    const unprocessed = keyTexts(left, output.UnprocessedKeys);
    const found = itemsByKey(left, output.Responses);
    const next: Wanted[] = [];
    for (const one of left) {
      const text = one.address.itemKey.toString("latin1");
      const item = found.get(text);
      if (item === undefined && unprocessed.has(text)) {
        next.push(one);
        continue;
      }
      one.found = item === undefined ? {} : { item };
      if (one.fill !== undefined) {
        const response = await wholeItemResponse(context, one.address.table, item);
        items.endFill(one.fill, { ...one.found, response }, clock.monotonic());
      }
    }
    left = next;
    if (attempt >= limits.batchRetriesMax) break;
  }
  for (const { fill } of left) {
    if (fill !== undefined)
      items.failFill(fill, new AwsError("ThrottlingException", "The table left the key unprocessed."));
  }
  return capacity;
}

function requestItems(wanted: readonly Wanted[]): Record<string, KeysAndAttributes> {
  const out: Record<string, { Keys: AttributeMap[]; ConsistentRead?: boolean }> = {};
  for (const { address, source, fill } of wanted) {
    const { table, key } = address;
    let entry = out[table.name];
    if (entry === undefined) {
      // Whole items always: without its key an item could not be told from another.
      entry = { Keys: [] };
      out[table.name] = entry;
    }
    // One table may be there twice, as name and as ARN.
    if (source.consistentRead || fill?.consistent === true) entry.ConsistentRead = true;
    entry.Keys.push(decodeKey(table.schema, key));
  }
  return out;
}

function keyTexts(
  wanted: readonly Wanted[],
  unprocessed: Readonly<Record<string, KeysAndAttributes>> | undefined,
): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const table of tablesOf(wanted)) {
    for (const key of unprocessed?.[table.name]?.Keys ?? []) {
      texts.add(itemKeyOf(table.name, encodeKey(table.schema, key)).toString("latin1"));
    }
  }
  return texts;
}

function itemsByKey(
  wanted: readonly Wanted[],
  responses: Readonly<Record<string, readonly Item[]>> | undefined,
): ReadonlyMap<string, Item> {
  const byKey = new Map<string, Item>();
  for (const table of tablesOf(wanted)) {
    for (const item of responses?.[table.name] ?? []) {
      byKey.set(itemKeyOf(table.name, encodeKey(table.schema, item)).toString("latin1"), item);
    }
  }
  return byKey;
}

function tablesOf(wanted: readonly Wanted[]): Iterable<KnownTable> {
  return new Set(wanted.map((one) => one.address.table));
}

function answer(
  context: OperationContext,
  request: BatchGetItemRequest,
  wanted: readonly Wanted[],
  capacity: readonly ConsumedCapacity[],
): Promise<Buffer> {
  const tables = request.tables.map((source) => {
    const ofTable = wanted.filter((one) => one.source === source);
    const { schema } = ofTable[0]!.address.table;
    const unprocessedKeys = ofTable
      .filter((one) => one.found === undefined)
      .map((one) => decodeKey(schema, one.address.key));
    return {
      table: source.table,
      schema,
      ...ifGiven("projection", source.projection),
      items: ofTable.map((one) => projected(one.found?.item, source.projection)).filter((item) => item !== undefined),
      encodedItems: ofTable.flatMap(({ address, found }) =>
        found?.encoded === undefined ? [] : [{ key: address.key, item: found.encoded }],
      ),
      ...(unprocessedKeys.length === 0 ? {} : { unprocessedKeys }),
    };
  });
  const result = { tables, ...(capacity.length === 0 ? {} : { consumedCapacity: capacity }) };
  return context.lists.encode((listIdOf) => encodeBatchGetResponse(result, listIdOf));
}
