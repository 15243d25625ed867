import type { AttributeValue, Item, KeySchema } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { CborReader } from "../cbor/reader.js";
import { type CborWriter, encode } from "../cbor/writer.js";
import { malformedRequest } from "../errors.js";
import type { DaxRequest } from "../request.js";
import type { ListIdOf } from "../response.js";
import { readValue, writeValue } from "./attribute-value.js";
import { decodeKey } from "./key.js";

/** The id of the empty attribute list. Observed: clients know it and never ask. */
export const emptyListId = 1;

/** The attribute list id that an item starts with. @throws AwsError ValidationException */
export function itemListId(item: Buffer): number {
  const id = new CborReader(item).integer("an attribute list id");
  if (id < emptyListId) throw malformedRequest(`there is no attribute list with the id ${id}`);
  return id;
}

/** The distinct list ids, without the empty list's, whose names are needed to decode the request's items. */
export function requestListIds(request: DaxRequest): readonly number[] {
  const ids = new Set<number>();
  for (const item of itemsOf(request)) if (item !== null) ids.add(itemListId(item));
  ids.delete(emptyListId);
  return [...ids];
}

function itemsOf(request: DaxRequest): readonly (Buffer | null)[] {
  switch (request.method) {
    case "putItem":
      return [request.item];
    case "batchWriteItem":
      return request.tables.flatMap((entry) => entry.writes.map((write) => write.item));
    case "transactWriteItems":
      return request.writes.map((write) => write.item);
    default:
      return [];
  }
}

/**
 * A put's whole item: the attributes of its key bytes and one value for each name of its list.
 * @param names of the list with the id {@link itemListId}; empty for the empty list
 * @throws AwsError ValidationException, also when there are more or fewer values than names
 */
export function decodeItem(schema: KeySchema, key: Buffer, names: readonly string[], item: Buffer): Item {
  const result = decodeKey(schema, key) as Record<string, AttributeValue>;
  const reader = new CborReader(item);
  reader.integer("an attribute list id");
  for (const name of names) {
    if (name in result) throw malformedRequest(`the attribute \`${name}\` is in the item twice`);
    if (reader.atEnd) throw malformedRequest("an item has fewer values than its attribute list has names");
    result[name] = readValue(reader);
  }
  if (!reader.atEnd) throw malformedRequest("an item has more values than its attribute list has names");
  return result;
}

/** An item's attribute names without those of its key, sorted: the list under which it is encoded. */
export function attributeNamesOf(schema: KeySchema, item: Item): readonly string[] {
  const { hash, range } = schema;
  return Object.keys(item)
    .filter((name) => name !== hash.name && name !== range?.name)
    .sort();
}

/** Writes list id and values. */
export function writeItem(writer: CborWriter, schema: KeySchema, item: Item, listIdOf: ListIdOf): void {
  const names = attributeNamesOf(schema, item);
  writer.integer(names.length === 0 ? emptyListId : listIdOf(names));
  for (const name of names) writeValue(writer, item[name]!);
}

/** An item without its key as it travels: list id and values. */
export function encodeItem(schema: KeySchema, item: Item, listIdOf: ListIdOf): Buffer {
  return encode((writer) => writeItem(writer, schema, item, listIdOf));
}

/**
 * Runs an encoder with the attribute lists that are known. When it needs others, says which: get ids for them and
 * encode again.
 */
export function encodeWithLists(
  known: (names: readonly string[]) => number | undefined,
  encodeWith: (listIdOf: ListIdOf) => Buffer,
): { readonly bytes: Buffer; readonly missing?: undefined } | { readonly missing: readonly (readonly string[])[] } {
  const missing = new Map<string, readonly string[]>();
  const bytes = encodeWith((names) => {
    const id = known(names);
    if (id === undefined) missing.set(JSON.stringify(names), names);
    else if (id <= emptyListId) {
      throw new AwsError("InternalServerError", `${id} cannot be an attribute list's id`, { fault: "server" });
    }
    return id ?? emptyListId;
  });
  return missing.size === 0 ? { bytes } : { missing: [...missing.values()] };
}
