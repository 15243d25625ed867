import { type AttributeValue, type Item, planReads, type SelectStatement } from "@hotkeep/attributes";
import type { Table } from "../catalog/table.js";
import { invalid } from "../errors.js";

/**
 * The key of the one item that a SELECT of a batch or transaction names; nothing else may stand in its clause.
 * @throws AwsError `ValidationException`
 */
export function selectedKey(
  { where, index }: SelectStatement,
  table: Table,
  operation: "BatchExecuteStatement" | "ExecuteTransaction",
): Item {
  const { hash, range } = table.key;
  const reads = index === undefined ? planReads(where, table.key) : undefined;
  const [read, ...more] = reads ?? [];
  const isExact = read !== undefined && read.filter === undefined && more.length === 0;
  if (!isExact || (range !== undefined && read.rangeValue === undefined)) {
    throw invalid(`Select statements within ${operation} must specify the primary key in the where clause.`);
  }
  const key: Record<string, AttributeValue> = Object.create(null);
  key[hash.name] = read.hash;
  if (range !== undefined) key[range.name] = read.rangeValue!;
  return key;
}
