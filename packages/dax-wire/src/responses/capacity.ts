import type { CborWriter } from "../cbor/writer.js";
import type { Capacity, ConsumedCapacity, ItemCollectionMetrics } from "../response.js";
import { writeValue } from "../values/attribute-value.js";

/** Writes capacity as all methods but transactions have it: a byte string around five values. */
export function writeBasicCapacity(writer: CborWriter, capacity: ConsumedCapacity): void {
  writer.wrapped((inner) => {
    inner.text(capacity.TableName);
    inner.double(unitsOf(capacity));
    if (capacity.Table === undefined) inner.null();
    else inner.double(unitsOf(capacity.Table));
    writeIndexUnits(inner, capacity.GlobalSecondaryIndexes);
    writeIndexUnits(inner, capacity.LocalSecondaryIndexes);
  });
}

function unitsOf(capacity: Capacity): number {
  return capacity.CapacityUnits ?? (capacity.ReadCapacityUnits ?? 0) + (capacity.WriteCapacityUnits ?? 0);
}

function writeIndexUnits(writer: CborWriter, indexes: Readonly<Record<string, Capacity>> | undefined): void {
  if (indexes === undefined) {
    writer.null();
    return;
  }
  const entries = Object.entries(indexes);
  writer.map(entries.length);
  for (const [name, capacity] of entries) {
    writer.text(name);
    writer.double(unitsOf(capacity));
  }
}

// Keys of the extended form.
const capacityUnits = 1;
const readCapacityUnits = 2;
const writeCapacityUnits = 3;
const tableName = 4;
const table = 5;
const globalSecondaryIndexes = 6;
const localSecondaryIndexes = 7;

/** Writes capacity as transactions have it: a map that can tell reads from writes. */
export function writeExtendedCapacity(writer: CborWriter, capacity: ConsumedCapacity): void {
  const { Table, GlobalSecondaryIndexes, LocalSecondaryIndexes } = capacity;
  const parts = [Table, GlobalSecondaryIndexes, LocalSecondaryIndexes].filter((part) => part !== undefined);
  writer.map(1 + unitEntries(capacity).length + parts.length);
  writer.integer(tableName);
  writer.text(capacity.TableName);
  writeUnits(writer, capacity);
  if (Table !== undefined) {
    writer.integer(table);
    writer.map(unitEntries(Table).length);
    writeUnits(writer, Table);
  }
  writeIndexes(writer, globalSecondaryIndexes, GlobalSecondaryIndexes);
  writeIndexes(writer, localSecondaryIndexes, LocalSecondaryIndexes);
}

function writeIndexes(writer: CborWriter, key: number, indexes: Readonly<Record<string, Capacity>> | undefined): void {
  if (indexes === undefined) return;
  const entries = Object.entries(indexes);
  writer.integer(key);
  writer.map(entries.length);
  for (const [name, capacity] of entries) {
    writer.text(name);
    writer.map(unitEntries(capacity).length);
    writeUnits(writer, capacity);
  }
}

function unitEntries(capacity: Capacity): (readonly [number, number])[] {
  const entries: (readonly [number, number | undefined])[] = [
    [capacityUnits, capacity.CapacityUnits],
    [readCapacityUnits, capacity.ReadCapacityUnits],
    [writeCapacityUnits, capacity.WriteCapacityUnits],
  ];
  return entries.filter((entry): entry is readonly [number, number] => entry[1] !== undefined);
}

function writeUnits(writer: CborWriter, capacity: Capacity): void {
  for (const [key, units] of unitEntries(capacity)) {
    writer.integer(key);
    writer.double(units);
  }
}

/** Writes item collection metrics; clients add the partition key's name. Sizes have to be floats here. */
export function writeMetrics(writer: CborWriter, metrics: ItemCollectionMetrics): void {
  const hash = Object.values(metrics.ItemCollectionKey)[0];
  if (hash === undefined) throw new RangeError("Item collection metrics without an item collection key");
  writer.wrapped((inner) => {
    writeValue(inner, hash);
    inner.double(metrics.SizeEstimateRangeGB[0]);
    inner.double(metrics.SizeEstimateRangeGB[1]);
  });
}

/** Writes the metrics of a batch or transaction: a map from table name to a list. */
export function writeMetricsByTable(
  writer: CborWriter,
  byTable: Readonly<Record<string, readonly ItemCollectionMetrics[]>> | undefined,
): void {
  const entries = Object.entries(byTable ?? {});
  writer.map(entries.length);
  for (const [name, list] of entries) {
    writer.text(name);
    writer.array(list.length);
    for (const metrics of list) writeMetrics(writer, metrics);
  }
}
