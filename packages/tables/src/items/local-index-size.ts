import { itemBytesMax, itemSizeBytes } from "@hotkeep/attributes";
import type { Table } from "../catalog/table.js";
import { invalid } from "../errors.js";
import { projectToIndex } from "./index-projection.js";
import { isIndexed, type SizedItem } from "./item-rows.js";

/**
 * With local indexes, an item and what they show of it must not exceed 400 KB together (documented: "Local secondary
 * index item size").
 *
 * @throws AwsError `ValidationException` with the words for an item that is too large by itself (observed).
 */
export function checkSizeWithLocalIndexes(
  table: Table,
  { item, sizeBytes }: SizedItem,
  during: "put" | "update",
): void {
  let bytes = sizeBytes;
  for (const index of table.indexes) {
    if (index.isGlobal || !isIndexed(index.key, item)) continue;
    const shown = projectToIndex(table, index, item);
    bytes += shown === item ? sizeBytes : itemSizeBytes(shown);
  }
  if (bytes <= itemBytesMax) return;
  throw invalid(
    during === "put"
      ? "Item size has exceeded the maximum allowed size"
      : "Item size to update has exceeded the maximum allowed size",
  );
}
