import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import { type Item, indexes, ledger, orders, type WatchedIndex } from "./world.js";

/** Everything in the tables and their indexes, as Scan tells it. */
export interface Snapshot {
  /** Items under their names, see `nameOf`. */
  readonly items: ReadonlyMap<string, Item>;
  readonly entries: ReadonlyMap<WatchedIndex, readonly Item[]>;
}

/** One text for a table and a key in it. */
export function nameOf(table: string, { pk, sk }: Item): string {
  return [table, pk?.S, sk?.S].filter((part) => part !== undefined).join("/");
}

/** An item as one text, whatever the order of its attributes. */
export function textOf(item: Item | undefined): string {
  if (item === undefined) return "nothing";
  return JSON.stringify(Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))));
}

async function scan(client: DynamoDB, TableName: string, IndexName?: string): Promise<Item[]> {
  const found: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.scan({
      TableName,
      ...(IndexName === undefined ? { ConsistentRead: true } : { IndexName }),
      ...(from && { ExclusiveStartKey: from }),
    });
    found.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return found;
}

/** Reads all there is, while nobody writes. */
export async function readAll(client: DynamoDB): Promise<Snapshot> {
  const items = new Map<string, Item>();
  for (const table of [orders, ledger]) {
    for (const item of await scan(client, table)) items.set(nameOf(table, item), item);
  }
  const entries = new Map<WatchedIndex, Item[]>();
  for (const index of indexes) entries.set(index, await scan(client, index.table, index.name));
  return { items, entries };
}

/** What an item's entry in an index must be; nothing when the item lacks a part of the key. */
function entryOf(index: WatchedIndex, item: Item): Item | undefined {
  if (index.key.some((attribute) => item[attribute] === undefined)) return undefined;
  const { projected } = index;
  if (projected === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([attribute]) => projected.includes(attribute)));
}

/** Entries without their item, items without their entry, and entries that tell an older state of it. */
export function indexFaults({ items, entries }: Snapshot): readonly string[] {
  const faults: string[] = [];
  for (const [index, found] of entries) {
    const missing = new Map<string, number>();
    for (const [name, item] of items) {
      if (!name.startsWith(`${index.table}/`)) continue;
      const entry = entryOf(index, item);
      if (entry !== undefined) missing.set(textOf(entry), (missing.get(textOf(entry)) ?? 0) + 1);
    }
    for (const entry of found) {
      const text = textOf(entry);
      const count = missing.get(text) ?? 0;
      if (count === 0) faults.push(`${index.name} has an entry that no item has: ${text}`);
      else if (count === 1) missing.delete(text);
      else missing.set(text, count - 1);
    }
    for (const text of missing.keys()) faults.push(`${index.name} lacks an entry: ${text}`);
  }
  return faults;
}
