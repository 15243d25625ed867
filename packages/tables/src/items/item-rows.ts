import {
  type AttributeValue,
  equalValues,
  hashKeyBytesMax,
  type Item,
  itemSizeBytes,
  type KeyAttribute,
  type KeySchema,
  rangeKeyBytesMax,
  typeOf,
} from "@hotkeep/attributes";
import { HotkeepError } from "@hotkeep/core";
import type { Index, Table } from "../catalog/table.js";
import { type Capacity, writeUnits } from "../request/capacity.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import type { Changer } from "../streams/change-record.js";
import { projectToIndex } from "./index-projection.js";
import { entryKey, placed, withoutSpace } from "./row-keys.js";
import { encodeRecord, recordHeaderBytes, recordSize, StoredItem } from "./stored-item.js";

/** An item with its size as DynamoDB counts it. */
export interface SizedItem {
  readonly item: Item;
  readonly sizeBytes: number;
}

/** Reads an item by its row key. */
export function readItemRow(storage: Storage, rowKey: Buffer): StoredItem | undefined {
  const record = storage.items.get(rowKey);
  return record === undefined ? undefined : new StoredItem(record);
}

const answerStart = Buffer.from('{"Item":');

/** The whole answer `{"Item":…}` for an item, or undefined: one copy from the memory map, nothing parsed. */
export function readItemAnswer(storage: Storage, rowKey: Buffer): Buffer | undefined {
  const record = storage.items.borrow(rowKey);
  if (record === undefined) return undefined;
  recordSize(record);
  // The borrowed buffer lies: its length is the record's, the memory behind it goes on.
  const jsonBytes = record.length - recordHeaderBytes;
  const answer = Buffer.allocUnsafe(answerStart.length + jsonBytes + 1);
  answerStart.copy(answer, 0);
  record.copy(answer, answerStart.length, recordHeaderBytes, recordHeaderBytes + jsonBytes);
  answer[answer.length - 1] = 0x7d;
  return answer;
}

/** Reads an item by its row key. The next read takes its memory. */
export function borrowItemRow(storage: Storage, rowKey: Buffer): StoredItem | undefined {
  const record = storage.items.borrow(rowKey);
  return record === undefined ? undefined : new StoredItem(record);
}

/** Reads the item that an index entry stands for. The next read takes its memory. */
export function borrowEntryItem(storage: Storage, table: Table, entryValue: Buffer): StoredItem {
  const found = borrowItemRow(storage, placed(table.space, entryValue));
  if (found === undefined) {
    throw new HotkeepError(
      "TablesUnusable",
      `An index of the table \`${table.name}\` names an item that is not there.`,
    );
  }
  return found;
}

/** Puts `after` in the place of `before` (undefined: no item), with all index entries, totals and the stream's record. */
export function replaceItemRow(
  transaction: WriteTransaction,
  storage: Storage,
  table: Table,
  rowKey: Buffer,
  before: SizedItem | undefined,
  after: SizedItem | undefined,
  capacity: Capacity,
  changer: Changer = "caller",
): void {
  if (after !== undefined) transaction.put(storage.items, rowKey, encodeRecord(after.item, after.sizeBytes));
  else if (before !== undefined) transaction.remove(storage.items, rowKey);
  else return;
  table.stream?.append(transaction, { before, after, changer });
  table.collections.note(transaction, table, before, after);
  const items = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
  transaction.count(table.counter, items, (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0));
  const primary = withoutSpace(rowKey);
  for (const index of table.indexes) {
    const found = before && entryOf(table, index, before, primary);
    const old = found !== undefined && index.isBuilding && !storage.items.has(found.key) ? undefined : found;
    const next = after && entryOf(table, index, after, primary);
    replaceEntry(transaction, storage, index, primary, old, next, capacity);
  }
}

/** An item's place in an index and what the index shows of it. */
export interface Entry {
  readonly key: Buffer;
  readonly shown: Item;
  readonly sizeBytes: number;
}

/** The entry of an item in an index; undefined when it does not belong there. `primary`: its row key without the number. */
export function entryOf(table: Table, index: Index, sized: SizedItem, primary: Buffer): Entry | undefined {
  if (!isIndexed(index.key, sized.item)) return undefined;
  const shown = projectToIndex(table, index, sized.item);
  const sizeBytes = shown === sized.item ? sized.sizeBytes : itemSizeBytes(shown);
  return { key: entryKey(index, sized.item, primary), shown, sizeBytes };
}

/** The stored entry only names the item, so it changes when its place does; units are counted as if it held a copy. */
function replaceEntry(
  transaction: WriteTransaction,
  storage: Storage,
  index: Index,
  primary: Buffer,
  old: Entry | undefined,
  next: Entry | undefined,
  capacity: Capacity,
): void {
  const stays = old !== undefined && next !== undefined && old.key.equals(next.key);
  if (old !== undefined && !stays) {
    transaction.remove(storage.items, old.key);
    capacity.add(writeUnits(old.sizeBytes), index);
  }
  if (next !== undefined && !stays) {
    transaction.put(storage.items, next.key, primary);
    capacity.add(writeUnits(next.sizeBytes), index);
  }
  if (stays && !equalValues({ M: old.shown }, { M: next.shown })) {
    capacity.add(writeUnits(Math.max(old.sizeBytes, next.sizeBytes)), index);
  }
  const items = (next === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
  transaction.count(index.counter, items, (next?.sizeBytes ?? 0) - (old?.sizeBytes ?? 0));
}

/** Adds an entry for an item that was written before its index was made. */
export function addEntry(
  transaction: WriteTransaction,
  storage: Storage,
  table: Table,
  index: Index,
  rowKey: Buffer,
  stored: StoredItem,
): void {
  const primary = withoutSpace(rowKey);
  const entry = entryOf(table, index, stored, primary);
  if (entry === undefined || storage.items.has(entry.key)) return;
  transaction.put(storage.items, entry.key, primary);
  transaction.count(index.counter, 1, entry.sizeBytes);
}

/**
 * An item is in an index when it has all of the index's key attributes, in the right types, not empty and not too
 * long. Items written while the index exists can only lack them; older items can have anything.
 */
export function isIndexed(key: KeySchema, item: Item): boolean {
  return (
    hasKey(item, key.hash, hashKeyBytesMax) && (key.range === undefined || hasKey(item, key.range, rangeKeyBytesMax))
  );
}

function hasKey(item: Item, { name, type }: KeyAttribute, bytesMax: number): boolean {
  if (!Object.hasOwn(item, name)) return false;
  const value = item[name]!;
  if (typeOf(value) !== type) return false;
  const bytes = keyValueBytes(value);
  return bytes > 0 && bytes <= bytesMax;
}

/** Bytes that count towards the limits of key lengths; numbers are never too long. */
export function keyValueBytes(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  return "B" in value ? Buffer.byteLength(value.B, "base64") : 1;
}
