import { checkKey, readItem } from "@hotkeep/attributes";
import type { GatewayRequests } from "@hotkeep/control-feed";
import { encodeKey } from "@hotkeep/dax-wire";
import type { OperationContext } from "../operations/context.js";
import { itemKeyOf } from "./item-key.js";

type Ask = GatewayRequests["invalidate"]["request"];
type Answer = GatewayRequests["invalidate"]["response"];

/**
 * Forgets what somebody asked to have forgotten. Reads that are on their way store nothing, and the next ones are
 * strongly consistent, so nothing older than this moment comes back. Answers to queries and scans go whenever more than
 * one item goes: what they are made of is not known.
 *
 * @throws AwsError ValidationException when the key is none of the table's
 */
export async function invalidate(context: OperationContext, { table: name, key }: Ask): Promise<Answer> {
  const { items, pages, clock, schemas } = context;
  if (name === undefined) return { items: items.forgetAll(clock.monotonic()), pages: pages.clear() };
  const table = await schemas.get(name);
  const now = clock.monotonic();
  if (key === undefined) return { items: items.forgetTable(table.name, now), pages: pages.clear() };
  const itemKey = itemKeyOf(table.name, encodeKey(table.schema, checkKey(readItem(key), table.schema)));
  const there = items.inspect(itemKey, now) !== undefined;
  items.invalidate(itemKey, now, false);
  return { items: there ? 1 : 0, pages: 0 };
}
