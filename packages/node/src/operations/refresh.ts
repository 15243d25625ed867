import { decodeKey } from "@hotkeep/dax-wire";
import type { Fill } from "../cache/item-cache.js";
import type { OperationContext } from "./context.js";
import { type ItemAddress, wholeItemResponse } from "./items.js";
import { ifGiven } from "./options.js";

const running = new WeakMap<OperationContext, number>();

/**
 * Reads the items of a transaction again in the background with one TransactGetItems (documented), so that they are
 * cached again. It is a courtesy: too many at a time, or a service role that may not read, and the items stay out.
 */
export function refresh(context: OperationContext, addresses: readonly ItemAddress[]): void {
  const count = running.get(context) ?? 0;
  if (count >= context.limits.refreshesRunningMax) return;
  const { items, clock } = context;
  const fills = addresses.flatMap((address) =>
    items.fillOf(address.itemKey) === undefined
      ? [{ address, fill: items.beginFill(address.itemKey, "TransactGetItems", clock.monotonic()) }]
      : [],
  );
  if (fills.length === 0) return;
  running.set(context, count + 1);
  read(context, fills)
    .catch((error: unknown) => {
      for (const { fill } of fills) items.failFill(fill, error);
      context.logger.debug("a transaction's items are not read again", { error: (error as Error).message });
    })
    .finally(() => running.set(context, (running.get(context) ?? 1) - 1))
    .catch(() => {});
}

async function read(
  context: OperationContext,
  fills: readonly { readonly address: ItemAddress; readonly fill: Fill }[],
): Promise<void> {
  const output = await context.tables.call("TransactGetItems", {
    TransactItems: fills.map(({ address: { table, key } }) => ({
      Get: { TableName: table.name, Key: decodeKey(table.schema, key) },
    })),
  });
  for (const [i, { address, fill }] of fills.entries()) {
    const item = output.Responses?.[i]?.Item;
    const response = await wholeItemResponse(context, address.table, item);
    context.items.endFill(fill, { ...ifGiven("item", item), response }, context.clock.monotonic());
  }
}
