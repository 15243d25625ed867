import type { Item, KeySchema } from "@hotkeep/attributes";
import { type CborWriter, encode } from "../cbor/writer.js";
import type {
  ConsumedCapacity,
  GetItemResult,
  ItemCollectionMetrics,
  ListIdOf,
  PageResult,
  WriteResult,
} from "../response.js";
import { writeValue } from "../values/attribute-value.js";
import { attributeNamesOf, emptyListId, writeItem } from "../values/item.js";
import { encodeKey, writeCompoundKey } from "../values/key.js";
import { writeBasicCapacity, writeMetrics } from "./capacity.js";
import { writeProjected } from "./projection.js";
import { responseKey, writeSuccess } from "./response-keys.js";

/**
 * The answer to getItem. For an item without projection and capacity it is what a cache keeps and sends as it is.
 * @param schema of the table
 */
export function encodeGetItemResponse(result: GetItemResult, schema: KeySchema, listIdOf: ListIdOf): Buffer {
  const { item, projection, consumedCapacity } = result;
  return encode((writer) => {
    writeSuccess(writer);
    // A missing item is a missing key: observed, clients fail on a null in its place.
    writer.map(count(item, consumedCapacity));
    if (item !== undefined) {
      writer.integer(responseKey.item);
      if (projection !== undefined) writeProjected(writer, projection, item);
      else writer.wrapped((inner) => writeItem(inner, schema, item, listIdOf));
    }
    writeCapacity(writer, consumedCapacity);
  });
}

/** The answer to putItem, updateItem and deleteItem. */
export function encodeWriteResponse(result: WriteResult, schema: KeySchema, listIdOf: ListIdOf): Buffer {
  const { consumedCapacity, itemCollectionMetrics } = result;
  // Observed: an empty map would be shown to the user as empty Attributes; DynamoDB leaves them out.
  const attributes = Object.keys(result.attributes ?? {}).length === 0 ? undefined : result.attributes;
  return encode((writer) => {
    writeSuccess(writer);
    writer.map(count(attributes, consumedCapacity, itemCollectionMetrics));
    if (attributes !== undefined) {
      writer.integer(responseKey.attributes);
      writer.wrapped((inner) => {
        if (result.updatedOnly === true) writeUpdated(inner, schema, attributes, listIdOf);
        else writeItem(inner, schema, attributes, listIdOf);
      });
    }
    writeCapacity(writer, consumedCapacity);
    writeItemCollectionMetrics(writer, itemCollectionMetrics);
  });
}

/** UPDATED_OLD and UPDATED_NEW: the list of the names that are there, then values by their position in it. */
function writeUpdated(writer: CborWriter, schema: KeySchema, attributes: Item, listIdOf: ListIdOf): void {
  const names = attributeNamesOf(schema, attributes);
  writer.integer(names.length === 0 ? emptyListId : listIdOf(names));
  writer.map(names.length);
  names.forEach((name, ordinal) => {
    writer.integer(ordinal);
    writeValue(writer, attributes[name]!);
  });
}

/**
 * The answer to query and scan.
 * @param schema of the table, also when an index was read
 */
export function encodePageResponse(result: PageResult, schema: KeySchema, listIdOf: ListIdOf): Buffer {
  const { items, projection, lastEvaluatedKey, consumedCapacity } = result;
  return encode((writer) => {
    writeSuccess(writer);
    writer.map(2 + count(items, lastEvaluatedKey, consumedCapacity));
    if (items !== undefined) {
      writer.integer(responseKey.items);
      writer.array(items.length);
      for (const item of items) {
        if (projection !== undefined) {
          writeProjected(writer, projection, item);
          continue;
        }
        writer.array(2);
        writer.bytes(encodeKey(schema, item));
        writer.wrapped((inner) => writeItem(inner, schema, item, listIdOf));
      }
    }
    writer.integer(responseKey.count);
    writer.integer(result.count);
    writer.integer(responseKey.scannedCount);
    writer.integer(result.scannedCount);
    if (lastEvaluatedKey !== undefined) {
      writer.integer(responseKey.lastEvaluatedKey);
      if (result.indexed) writer.wrapped((inner) => writeCompoundKey(inner, lastEvaluatedKey));
      else writer.bytes(encodeKey(schema, lastEvaluatedKey));
    }
    writeCapacity(writer, consumedCapacity);
  });
}

function count(...members: readonly unknown[]): number {
  return members.filter((member) => member !== undefined).length;
}

function writeCapacity(writer: CborWriter, capacity: ConsumedCapacity | undefined): void {
  if (capacity === undefined) return;
  writer.integer(responseKey.consumedCapacity);
  writeBasicCapacity(writer, capacity);
}

function writeItemCollectionMetrics(writer: CborWriter, metrics: ItemCollectionMetrics | undefined): void {
  if (metrics === undefined) return;
  writer.integer(responseKey.itemCollectionMetrics);
  writeMetrics(writer, metrics);
}
