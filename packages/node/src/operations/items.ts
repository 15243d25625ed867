import { type Item, type Projection, projectItem } from "@hotkeep/attributes";
import { canonicalKey, decodeItem, encodeGetItemResponse, itemListId } from "@hotkeep/dax-wire";
import type { FoundItem } from "../cache/item-cache.js";
import { itemKeyOf } from "../cache/item-key.js";
import type { KnownTable } from "../table/table-schemas.js";
import type { OperationContext } from "./context.js";

/** One item of one table, by the key that a client sent. */
export interface ItemAddress {
  readonly table: KnownTable;
  /** Canonical primary key bytes. */
  readonly key: Buffer;
  /** Where the item cache has it. */
  readonly itemKey: Buffer;
}

/** @throws AwsError ValidationException when the key does not fit the table */
export async function addressOf(context: OperationContext, tableName: string, sentKey: Buffer): Promise<ItemAddress> {
  return addressIn(context, await context.schemas.get(tableName), tableName, sentKey);
}

/** The same for a table that is known, under the name by which the client called it. */
export function addressIn(
  context: OperationContext,
  table: KnownTable,
  tableName: string,
  sentKey: Buffer,
): ItemAddress {
  try {
    const key = canonicalKey(table.schema, sentKey);
    return { table, key, itemKey: itemKeyOf(table.name, key) };
  } catch (error) {
    // Perhaps the client knows a newer table than this node does.
    context.schemas.doubt(tableName);
    throw error;
  }
}

/** Decodes the item of a put. @throws AwsError */
export async function readPutItem(
  context: OperationContext,
  table: KnownTable,
  key: Buffer,
  bytes: Buffer,
): Promise<Item> {
  const names = await context.lists.namesOf(itemListId(bytes));
  return decodeItem(table.schema, key, names, bytes);
}

/** What a projection, if there is one, leaves of a whole item. */
export function projected(item: Item | undefined, projection: Projection | undefined): Item | undefined {
  return item === undefined || projection === undefined ? item : projectItem(item, projection);
}

/** The answer to a getItem that finds `item` whole, or nothing. */
export function wholeItemResponse(
  context: Pick<OperationContext, "lists">,
  table: KnownTable,
  item: Item | undefined,
): Promise<Buffer> {
  return context.lists.encode((listIdOf) =>
    encodeGetItemResponse(item === undefined ? {} : { item }, table.schema, listIdOf),
  );
}

/** The item's byte string in an entry of the item cache; undefined: there is no such item. */
export function encodedItemIn(response: Buffer): Buffer | undefined {
  // 80 a0: there is no such item. 80 a1 00 and a byte string: the item.
  return response[1] === 0xa0 ? undefined : response.subarray(3);
}

/** What an entry of the item cache says, as values. */
export async function decodeCached(
  context: OperationContext,
  { table, key }: ItemAddress,
  response: Buffer,
): Promise<FoundItem> {
  const encoded = encodedItemIn(response);
  if (encoded === undefined) return { response };
  const head = encoded[0]!;
  const at = head < 0x58 ? 1 : head === 0x58 ? 2 : head === 0x59 ? 3 : 5;
  return { item: await readPutItem(context, table, key, encoded.subarray(at)), response };
}

/**
 * The answer that may be cached for a value just written; undefined when it cannot be made. A write that succeeded
 * does not fail because its value cannot be cached.
 */
export async function responseToCache(
  context: OperationContext,
  table: KnownTable,
  item: Item | undefined,
): Promise<Buffer | undefined> {
  try {
    return await wholeItemResponse(context, table, item);
  } catch (error) {
    context.logger.warn("a written item is not cached", { table: table.name, error: (error as Error).message });
    return undefined;
  }
}
