import type { Item } from "@hotkeep/attributes";
import type { Index, Table } from "../catalog/table.js";

/** Names of the attributes that an index shows; undefined for all. */
export function projectedNames(table: Table, index: Index): ReadonlySet<string> | undefined {
  const { projection, key } = index.definition;
  if (projection.type === "ALL") return undefined;
  const names = new Set([table.key.hash.name, key.hash.name, ...(projection.nonKeyAttributes ?? [])]);
  if (table.key.range !== undefined) names.add(table.key.range.name);
  if (key.range !== undefined) names.add(key.range.name);
  return names;
}

/** The item as the index shows it. */
export function projectToIndex(table: Table, index: Index, item: Item): Item {
  const names = projectedNames(table, index);
  return names === undefined ? item : pickAttributes(item, names);
}

/** The named attributes of an item, those that it has. */
export function pickAttributes(item: Item, names: Iterable<string>): Item {
  const picked: Record<string, Item[string]> = Object.create(null);
  for (const name of names) if (Object.hasOwn(item, name)) picked[name] = item[name]!;
  return picked;
}
