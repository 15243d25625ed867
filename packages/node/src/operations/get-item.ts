import { validateProjection } from "@hotkeep/attributes";
import { type ConsumedCapacity, decodeKey, encodeGetItemResponse, type GetItemRequest } from "@hotkeep/dax-wire";
import { ageOf } from "../cache/cache-entry.js";
import type { FoundItem } from "../cache/item-cache.js";
import type { OperationContext } from "./context.js";
import { printExpressions } from "./expressions.js";
import { orExpired } from "./fallback.js";
import { addressOf, decodeCached, type ItemAddress, projected, wholeItemResponse } from "./items.js";
import { ifGiven, unlessNone } from "./options.js";
import { refuseWhenOverloaded } from "./overload.js";

/** GetItem: from the cache, or else whole from the table into the cache; the projection is applied to the answer. */
export async function getItem(context: OperationContext, request: GetItemRequest): Promise<Buffer> {
  const { items, lists, metrics, clock, watch, sighting } = context;
  const address = await addressOf(context, request.table, request.key);
  const { projection } = request;
  sighting?.about(address.table.name, address.itemKey);
  if (request.consistentRead) {
    sighting?.note("bypass");
    return getConsistently(context, request, address);
  }
  watch.lookUp(address.itemKey);
  // From here on the table does not see the projection: it reads whole items, or nothing.
  if (projection !== undefined) validateProjection(projection);
  const now = clock.monotonic();
  const entry = items.find(address.itemKey, 0, address.itemKey.length, now);
  let found: FoundItem;
  let consumedCapacity: ConsumedCapacity | undefined;
  if (entry !== undefined) {
    metrics.ItemCacheHits++;
    sighting?.found(entry.response, ageOf(entry, now));
    if (projection === undefined) return entry.response;
    found = await decodeCached(context, address, entry.response);
  } else {
    metrics.ItemCacheMisses++;
    ({ found, consumedCapacity } = await orExpired(context, readThrough(context, request, address), () =>
      expiredItem(context, address),
    ));
  }
  if (projection === undefined && consumedCapacity === undefined) return found.response;
  const result = {
    ...ifGiven("item", projected(found.item, projection)),
    ...ifGiven("projection", projection),
    ...ifGiven("consumedCapacity", consumedCapacity),
  };
  return lists.encode((listIdOf) => encodeGetItemResponse(result, address.table.schema, listIdOf));
}

/** Passes by the cache in both directions. */
async function getConsistently(
  context: OperationContext,
  request: GetItemRequest,
  { table, key }: ItemAddress,
): Promise<Buffer> {
  const output = await context.tables.call("GetItem", {
    TableName: table.name,
    Key: decodeKey(table.schema, key),
    ConsistentRead: true,
    ...printExpressions({ ProjectionExpression: request.projection }),
    ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
  });
  const result = {
    ...ifGiven("item", output.Item),
    ...ifGiven("projection", request.projection),
    ...ifGiven("consumedCapacity", output.ConsumedCapacity),
  };
  return context.lists.encode((listIdOf) => encodeGetItemResponse(result, table.schema, listIdOf));
}

interface ReadThrough {
  readonly found: FoundItem;
  /** Of the one request that asked the table; the others cost nothing. */
  readonly consumedCapacity?: ConsumedCapacity;
}

function expiredItem(context: OperationContext, address: ItemAddress): Promise<ReadThrough> | undefined {
  const now = context.clock.monotonic();
  const entry = context.items.findExpired(address.itemKey, now);
  if (entry === undefined) return undefined;
  context.sighting?.note("stale", ageOf(entry, now));
  return decodeCached(context, address, entry.response).then((found) => ({ found }));
}

async function readThrough(
  context: OperationContext,
  request: GetItemRequest,
  { table, key, itemKey }: ItemAddress,
): Promise<ReadThrough> {
  const { items, clock, sighting } = context;
  const running = items.fillOf(itemKey);
  if (running !== undefined) {
    try {
      const found = await running.found;
      sighting?.note("coalesced");
      return { found };
    } catch (error) {
      // A batch's read may have failed for a reason that does not concern this call.
      if (running.kind === "GetItem") throw error;
    }
  }
  refuseWhenOverloaded(context);
  sighting?.note("miss");
  const fill = items.beginFill(itemKey, "GetItem", clock.monotonic());
  try {
    const output = await context.tables.call("GetItem", {
      TableName: table.name,
      Key: decodeKey(table.schema, key),
      ...(fill.consistent && { ConsistentRead: true }),
      ...unlessNone("ReturnConsumedCapacity", request.returnConsumedCapacity),
    });
    const found = {
      ...ifGiven("item", output.Item),
      response: await wholeItemResponse(context, table, output.Item),
    };
    items.endFill(fill, found, clock.monotonic());
    return { found, ...ifGiven("consumedCapacity", output.ConsumedCapacity) };
  } catch (error) {
    items.failFill(fill, error);
    throw error;
  }
}
