import type { Table } from "../catalog/table.js";
import { invalid } from "../errors.js";

const message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";

/**
 * Refuses expressions that look into key attributes of a table or its indexes: those are never lists or maps.
 *
 * `nested` are the top-level names of all longer paths. @throws AwsError `ValidationException` with the service's words.
 */
export function checkKeyPaths(table: Table, nested: ReadonlySet<string>): void {
  if (nested.size === 0) return;
  for (const attribute of [table.key.hash, table.key.range]) {
    if (attribute !== undefined && nested.has(attribute.name)) throw invalid(`${message}: Key: ${attribute.name}`);
  }
  for (const { key } of table.indexes) {
    for (const attribute of [key.hash, key.range]) {
      if (attribute !== undefined && nested.has(attribute.name))
        throw invalid(`${message}: IndexKey: ${attribute.name}`);
    }
  }
}
