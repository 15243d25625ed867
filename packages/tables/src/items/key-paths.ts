import type { Table } from "../catalog/table.js";
import { invalid } from "../errors.js";

const message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";

/**
 * Refuses expressions that look into key attributes of a table or its indexes: those are never lists or maps.
 *
 * `nested` are the top-level names of all longer paths, those of one expression before those of another: in this order
 * they are complained about (observed). @throws AwsError `ValidationException` with the service's words.
 */
export function checkKeyPaths(table: Table, nested: readonly (readonly string[])[]): void {
  for (const names of nested) if (names.length > 0) checkNames(table, names);
}

function checkNames(table: Table, nested: readonly string[]): void {
  for (const attribute of [table.key.hash, table.key.range]) {
    if (attribute !== undefined && nested.includes(attribute.name)) throw invalid(`${message}: Key: ${attribute.name}`);
  }
  for (const { key } of table.indexes) {
    for (const attribute of [key.hash, key.range]) {
      if (attribute !== undefined && nested.includes(attribute.name))
        throw invalid(`${message}: IndexKey: ${attribute.name}`);
    }
  }
}
