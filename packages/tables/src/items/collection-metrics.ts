import type { Item } from "@hotkeep/attributes";
import type { Table } from "../catalog/table.js";
import type { Storage } from "../storage/storage.js";
import { collectionBytes } from "./collection-sizes.js";

const gibibyte = 1024 ** 3;

/**
 * The `ItemCollectionMetrics` of an item's collection, for tables with local indexes (documented): its key and bounds
 * of its size in gigabytes. The size is that of the collection's items, counted now, and `growthBytes` more.
 */
export function describeCollection(
  storage: Storage,
  table: Table,
  key: Item,
  growthBytes = 0,
): Record<string, unknown> | undefined {
  if (!table.indexes.some((index) => !index.isGlobal)) return undefined;
  const { name } = table.key.hash;
  const lower = Math.floor((collectionBytes(storage, table, key) + growthBytes) / gibibyte);
  return { ItemCollectionKey: { [name]: key[name] }, SizeEstimateRangeGB: [lower, lower + 1] };
}
