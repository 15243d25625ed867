import type { ByteRange, Item, KeySchema } from "@hotkeep/attributes";
import type { Index, Table } from "../catalog/table.js";
import type { PassingRow } from "../storage/rows.js";
import type { Storage } from "../storage/storage.js";
import { pickAttributes, projectToIndex } from "./index-projection.js";
import { borrowEntryItem } from "./item-rows.js";
import { entryBounds, entryKey, itemBounds, itemKey, justAfter, type RowBounds, withoutSpace } from "./row-keys.js";
import { StoredItem } from "./stored-item.js";

/** What Query and Scan read: a table, or one of its indexes. */
export class Source {
  readonly table: Table;
  readonly index: Index | undefined;
  readonly #storage: Storage;

  constructor(storage: Storage, table: Table, index?: Index) {
    this.#storage = storage;
    this.table = table;
    this.index = index;
  }

  /** The key schema that key conditions speak of. */
  get key(): KeySchema {
    return this.index?.key ?? this.table.key;
  }

  /** Names of the attributes that identify a place: those of the table's key, then those of the index's. */
  get placeNames(): readonly string[] {
    const names = new Set<string>();
    for (const schema of this.index === undefined ? [this.table.key] : [this.table.key, this.index.key]) {
      names.add(schema.hash.name);
      if (schema.range !== undefined) names.add(schema.range.name);
    }
    return [...names];
  }

  /** The place of an item, as ExclusiveStartKey and LastEvaluatedKey have it. */
  placeOf(item: Item): Item {
    return pickAttributes(item, this.placeNames);
  }

  /** Rows within a range of encoded keys, after `startPlace` in reading direction when there is one. */
  bounds(range: ByteRange, reverse: boolean, startPlace: Item | undefined): RowBounds {
    const { table, index } = this;
    const bounds = index === undefined ? itemBounds(table, range) : entryBounds(index, range);
    if (startPlace === undefined) return bounds;
    const start = this.#rowKey(startPlace);
    return reverse
      ? { from: bounds.from, to: lower(start, bounds.to) }
      : { from: higher(justAfter(start), bounds.from), to: bounds.to };
  }

  /** Whether a place lies in a range of encoded keys. */
  contains(range: ByteRange, place: Item): boolean {
    const { from, to } = this.bounds(range, false, undefined);
    const row = this.#rowKey(place);
    return Buffer.compare(row, from) >= 0 && Buffer.compare(row, to) < 0;
  }

  /** Rows of the source within bounds, in order; one consistent view of the data. */
  rows(bounds: RowBounds, reverse: boolean): Iterable<PassingRow> {
    return this.#storage.items.range({ ...bounds, reverse });
  }

  /** The item of one of the source's rows. The next read takes its memory. */
  itemOf(row: PassingRow): StoredItem {
    return this.index === undefined
      ? new StoredItem(row.borrowed)
      : borrowEntryItem(this.#storage, this.table, row.value);
  }

  /** What the source itself shows of an item: all of it, or the index's projection. */
  shown(item: Item): Item {
    return this.index === undefined ? item : projectToIndex(this.table, this.index, item);
  }

  /** Whether {@link shown} is always the whole item. */
  get showsAll(): boolean {
    return this.index === undefined || this.index.definition.projection.type === "ALL";
  }

  #rowKey(place: Item): Buffer {
    const primary = itemKey(this.table, place);
    return this.index === undefined ? primary : entryKey(this.index, place, withoutSpace(primary));
  }
}

function higher(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) > 0 ? a : b;
}

function lower(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) < 0 ? a : b;
}
