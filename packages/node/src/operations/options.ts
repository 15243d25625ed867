import type { ConsumedCapacity } from "@hotkeep/dax-wire";

/** `{ [name]: value }`, or nothing when the value is the API's default NONE. */
export function unlessNone<Name extends string>(name: Name, value: string): { readonly [key in Name]?: string } {
  return value === "NONE" ? {} : ({ [name]: value } as { readonly [key in Name]: string });
}

/** `{ [name]: value }`, or nothing when there is no value. */
export function ifGiven<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: Value });
}

/** Capacity of several calls, added up by table. */
export function addCapacity(
  sum: readonly ConsumedCapacity[],
  more: readonly ConsumedCapacity[] | undefined,
): readonly ConsumedCapacity[] {
  if (more === undefined || more.length === 0) return sum;
  if (sum.length === 0) return more;
  const byTable = new Map(sum.map((one) => [one.TableName, one]));
  for (const one of more) {
    const before = byTable.get(one.TableName);
    byTable.set(
      one.TableName,
      before === undefined ? one : { ...before, CapacityUnits: (before.CapacityUnits ?? 0) + (one.CapacityUnits ?? 0) },
    );
  }
  return [...byTable.values()];
}
