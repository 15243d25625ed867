import { hashKeyBytesMax, type Item, type KeyAttribute, rangeKeyBytesMax, typeOf } from "@hotkeep/attributes";
import type { Index, Table } from "../catalog/table.js";
import { invalid, invalidParameters } from "../errors.js";
import { keyValueBytes } from "./item-rows.js";

/**
 * Checks the attributes of an item that are keys of indexes: they may be missing, but not of another type, empty or
 * too long.
 *
 * @throws AwsError `ValidationException` with the service's words, which differ a little after an update.
 */
export function checkIndexKeys(table: Table, item: Item, during: "put" | "update"): void {
  for (const index of table.indexes) {
    checkIndexKey(index, index.key.hash, item, hashKeyBytesMax, during);
    if (index.key.range !== undefined) checkIndexKey(index, index.key.range, item, rangeKeyBytesMax, during);
  }
}

function checkIndexKey(
  index: Index,
  attribute: KeyAttribute,
  item: Item,
  bytesMax: number,
  during: "put" | "update",
): void {
  const { name, type } = attribute;
  if (!Object.hasOwn(item, name)) return;
  const value = item[name]!;
  const actual = typeOf(value);
  if (actual !== type) {
    throw invalidParameters(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`,
    );
  }
  const bytes = keyValueBytes(value);
  if (bytes === 0) {
    const kind = type === "S" ? "string" : "binary";
    const cannot = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
    throw invalid(
      during === "update"
        ? "One or more parameter values are not valid. The update expression attempted to update a secondary index " +
            `key to a value that is not supported. ${cannot}`
        : "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
            `${cannot} IndexName: ${index.name}, IndexKey: ${name}`,
    );
  }
  if (bytes > bytesMax) {
    const what =
      attribute === index.key.hash
        ? `Size of hashkey has exceeded the maximum size limit of${bytesMax} bytes`
        : `Aggregated size of all range keys has exceeded the size limit of ${bytesMax} bytes`;
    throw invalidParameters(`${what} IndexName: ${index.name}, IndexKey: ${name}`);
  }
}
