import { checkKey, itemBytesMax, itemSizeBytes, keyOf } from "@hotkeep/attributes";
import type { Index, Table } from "../catalog/table.js";
import { entryOf } from "../items/item-rows.js";
import { itemKey, itemRange, placed, withoutSpace } from "../items/row-keys.js";
import { StoredItem } from "../items/stored-item.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { Counter } from "../storage/write-transaction.js";
import type { Faults } from "./faults.js";

/** What of a table was looked at. */
export interface TableTally {
  items: number;
  itemBytes: number;
  entries: number;
}

interface Sum {
  items: number;
  bytes: number;
}

/**
 * Walks a table's items and the entries of its indexes: every item stands under its own key, in the size it is said to
 * have; it has its entry in every index it belongs to, and every entry has its item; the totals are those of the rows.
 */
export function checkTable(rows: StoredRows, table: Table, faults: Faults): TableTally {
  const own: Sum = { items: 0, bytes: 0 };
  const shown = new Map(table.indexes.map((index) => [index, { items: 0, bytes: 0 }]));
  for (const { key, value } of rows.items.range(itemRange(table.space))) {
    const where = `item ${key.toString("hex")} of ${table.name}`;
    const stored = faults.attempt(where, () => checkedItem(table, key, value, where, faults));
    if (stored === undefined) continue;
    own.items++;
    own.bytes += stored.sizeBytes;
    for (const [index, sum] of shown) checkShown(rows, table, index, key, stored, sum, where, faults);
  }
  let entries = 0;
  for (const [index, sum] of shown) {
    entries += checkEntries(rows, table, index, faults);
    checkTotals(`index ${table.name}/${index.name}`, index.counter, sum, faults);
  }
  checkTotals(`table ${table.name}`, table.counter, own, faults);
  return { items: own.items, itemBytes: own.bytes, entries };
}

function checkedItem(table: Table, key: Buffer, value: Buffer, where: string, faults: Faults): StoredItem {
  const stored = new StoredItem(value);
  const sizeBytes = itemSizeBytes(stored.item);
  if (sizeBytes !== stored.sizeBytes) faults.add(`${where} is stored with ${stored.sizeBytes} bytes, has ${sizeBytes}`);
  if (sizeBytes > itemBytesMax) faults.add(`${where} has ${sizeBytes} bytes`);
  const expected = itemKey(table, checkKey(keyOf(stored.item, table.key), table.key));
  if (!expected.equals(key)) faults.add(`${where} has the key of row ${expected.toString("hex")}`);
  return stored;
}

/** An item's entry in one index. An index that is being built may lack it, and its totals count what is there. */
function checkShown(
  rows: StoredRows,
  table: Table,
  index: Index,
  key: Buffer,
  stored: StoredItem,
  sum: Sum,
  where: string,
  faults: Faults,
): void {
  const primary = withoutSpace(key);
  const entry = entryOf(table, index, stored, primary);
  if (entry === undefined) return;
  const found = rows.items.get(entry.key);
  if (found === undefined && index.isBuilding) return;
  sum.items++;
  sum.bytes += entry.sizeBytes;
  if (found === undefined) faults.add(`${where} has no entry in index ${index.name}`);
  else if (!found.equals(primary)) faults.add(`${where} has an entry in index ${index.name} that names another item`);
}

/** Every entry names an item that belongs there. */
function checkEntries(rows: StoredRows, table: Table, index: Index, faults: Faults): number {
  let entries = 0;
  for (const { key, value } of rows.items.range(itemRange(index.space))) {
    entries++;
    const where = `entry ${key.toString("hex")} of index ${table.name}/${index.name}`;
    faults.attempt(where, () => {
      const record = rows.items.get(placed(table.space, value));
      if (record === undefined) return faults.add(`${where} has no item`);
      const entry = entryOf(table, index, new StoredItem(record), value);
      if (entry === undefined || !entry.key.equals(key)) faults.add(`${where} is not where its item belongs`);
    });
  }
  return entries;
}

function checkTotals(what: string, { items, bytes }: Counter, sum: Sum, faults: Faults): void {
  if (items !== sum.items) faults.add(`${what} counts ${items} items, there are ${sum.items}`);
  if (bytes !== sum.bytes) faults.add(`${what} counts ${bytes} bytes, there are ${sum.bytes}`);
}
