import { invalidValue } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Tags } from "../model/records.js";
import { wildcard } from "./wildcard.js";

/** The filters of a describing call: name to the values an item has. */
export type FilterFields<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

interface FilterInput {
  readonly Name?: string;
  readonly Values?: readonly string[];
}

/**
 * The items that pass every filter; a filter is passed when one of its values matches one of the item's. Values
 * have wildcards, see {@link wildcard}. `tag:KEY` and `tag-key` work where `tagsOf` is given.
 *
 * @throws AwsError `InvalidParameterValue` for a filter this call does not have
 */
export function applyFilters<Item>(
  items: readonly Item[],
  filters: readonly FilterInput[] | undefined,
  fields: FilterFields<Item>,
  tagsOf?: (item: Item) => Tags,
): readonly Item[] {
  if (filters === undefined || filters.length === 0) return items;
  if (filters.length > networkLimits.filtersMax) {
    throw invalidValue(`The maximum number of filters is ${networkLimits.filtersMax}`);
  }
  const tests = filters.map((filter) => testOf(filter, fields, tagsOf));
  return items.filter((item) => tests.every((test) => test(item)));
}

function testOf<Item>(
  filter: FilterInput,
  fields: FilterFields<Item>,
  tagsOf: ((item: Item) => Tags) | undefined,
): (item: Item) => boolean {
  const name = filter.Name ?? "";
  const valuesOf = fieldOf(name, fields, tagsOf);
  const values = filter.Values ?? [];
  if (values.length > networkLimits.filterValuesMax) {
    throw invalidValue(`The maximum number of filter values is ${networkLimits.filterValuesMax}`);
  }
  const patterns = values.map(wildcard);
  return (item) => valuesOf(item).some((value) => patterns.some((pattern) => pattern(value)));
}

function fieldOf<Item>(
  name: string,
  fields: FilterFields<Item>,
  tagsOf: ((item: Item) => Tags) | undefined,
): (item: Item) => readonly string[] {
  if (tagsOf !== undefined) {
    if (name === "tag-key") return (item) => Object.keys(tagsOf(item));
    if (name.startsWith("tag:")) {
      const key = name.slice("tag:".length);
      return (item) => (Object.hasOwn(tagsOf(item), key) ? [tagsOf(item)[key]!] : []);
    }
  }
  if (!Object.hasOwn(fields, name)) throw invalidValue(`The filter '${name}' is invalid`);
  return fields[name]!;
}
