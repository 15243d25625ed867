import { encodeHashPrefix, type Item } from "@hotkeep/attributes";
import type { Table } from "../catalog/table.js";
import type { Storage } from "../storage/storage.js";
import { itemBounds } from "./row-keys.js";
import { recordSize } from "./stored-item.js";

const gibibyte = 1024 ** 3;

/**
 * The `ItemCollectionMetrics` of an item's collection, for tables with local indexes (documented): its key and bounds
 * of its size in gigabytes. The size is that of the collection's items, counted now.
 */
export function describeCollection(storage: Storage, table: Table, key: Item): Record<string, unknown> | undefined {
  if (!table.indexes.some((index) => !index.isGlobal)) return undefined;
  const { name } = table.key.hash;
  const from = encodeHashPrefix(table.key, key[name]!);
  let bytes = 0;
  for (const { value } of storage.items.range(itemBounds(table, { from, to: afterPrefix(from) })))
    bytes += recordSize(value);
  const lower = Math.floor(bytes / gibibyte);
  return { ItemCollectionKey: { [name]: key[name] }, SizeEstimateRangeGB: [lower, lower + 1] };
}

/** The smallest key above all that begin with `prefix`; undefined when there is none. */
function afterPrefix(prefix: Buffer): Buffer | undefined {
  for (let at = prefix.length - 1; at >= 0; at--) {
    if (prefix[at] === 0xff) continue;
    const after = Buffer.from(prefix.subarray(0, at + 1));
    after[at]! += 1;
    return after;
  }
  return undefined;
}
