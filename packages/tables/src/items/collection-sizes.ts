import { encodeHashPrefix, type Item } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { Table } from "../catalog/table.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import type { SizedItem } from "./item-rows.js";
import { itemBounds } from "./row-keys.js";
import { recordSize } from "./stored-item.js";

/** Collections of one table whose sizes are kept in memory; beyond it they are counted anew. */
const keptMax = 10_000;

/** The items of one partition key together, in bytes, counted now. Their copies in local indexes are not in it (ours). */
export function collectionBytes(storage: Storage, table: Table, key: Item): number {
  const from = encodeHashPrefix(table.key, key[table.key.hash.name]!);
  let bytes = 0;
  for (const { value } of storage.items.range(itemBounds(table, { from, to: afterPrefix(from) })))
    bytes += recordSize(value);
  return bytes;
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

/**
 * Sizes of a table's item collections, as far as somebody had to know them: only a table with local indexes bounds its
 * collections, and only one that is larger than the bound as a whole can have one that is too large.
 */
export class CollectionSizes {
  readonly #sizes = new Map<string, number>();

  /**
   * @throws AwsError `ItemCollectionSizeLimitExceededException` when a change would make its collection larger than
   * `bytesMax` (documented).
   */
  check(
    storage: Storage,
    table: Table,
    key: Item,
    { before, after }: { readonly before: SizedItem | undefined; readonly after: SizedItem | undefined },
    bytesMax: number,
  ): void {
    const growth = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0);
    if (growth <= 0 || table.counter.bytes + growth <= bytesMax) return;
    if (table.indexes.every((index) => index.isGlobal)) return;
    const name = nameOf(table, key);
    let bytes = this.#sizes.get(name);
    if (bytes === undefined) {
      bytes = collectionBytes(storage, table, key);
      if (this.#sizes.size >= keptMax) this.#sizes.clear();
      this.#sizes.set(name, bytes);
    }
    if (bytes + growth > bytesMax) {
      throw new AwsError("ItemCollectionSizeLimitExceededException", "Collection size exceeded.");
    }
  }

  /** Takes a change over that a transaction is about to make; forgets everything when it is not made after all. */
  note(transaction: WriteTransaction, table: Table, before: SizedItem | undefined, after: SizedItem | undefined): void {
    if (this.#sizes.size === 0) return;
    const name = nameOf(table, (after ?? before)!.item);
    const bytes = this.#sizes.get(name);
    if (bytes === undefined) return;
    this.#sizes.set(name, bytes + (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0));
    transaction.onRollback(() => this.#sizes.clear());
  }
}

function nameOf(table: Table, item: Item): string {
  return encodeHashPrefix(table.key, item[table.key.hash.name]!).toString("latin1");
}
