import { checkKey, readItem } from "@hotkeep/attributes";
import type { GatewayRequests, HotKey } from "@hotkeep/control-feed";
import { AwsError, type Clock } from "@hotkeep/core";
import { decodeKey, encodeKey } from "@hotkeep/dax-wire";
import { itemKeyOf, readItemKey } from "../cache/item-key.js";
import type { OperationContext } from "../operations/context.js";
import { decodeCached } from "../operations/items.js";
import type { RoleSessions } from "../table/role-sessions.js";
import { TableUnreachable } from "../table/table-calls.js";
import type { Watch } from "./watch.js";

type Ask = GatewayRequests["xray"]["request"];
type Answer = GatewayRequests["xray"]["response"];

/** Answers for one key: what the item cache has, and on request what the table holds, read as the service role. */
export class XRay {
  readonly #context: OperationContext;
  readonly #roleSessions: Pick<RoleSessions, "arn">;

  constructor(context: OperationContext, roleSessions: Pick<RoleSessions, "arn">) {
    this.#context = context;
    this.#roleSessions = roleSessions;
  }

  /** @throws AwsError ValidationException when the key is none of the table's */
  async look({ table: name, key: json, stored: withStored }: Ask): Promise<Answer> {
    const { schemas, items, clock, tables } = this.#context;
    let table: Awaited<ReturnType<typeof schemas.get>>;
    try {
      table = await schemas.get(name);
    } catch (error) {
      // The key schema comes from the table: without it nothing is known of the key either.
      return { cached: problemOf(error), ...(withStored ? { stored: problemOf(error) } : {}) };
    }
    const key = encodeKey(table.schema, checkKey(readItem(json), table.schema));
    const itemKey = itemKeyOf(table.name, key);
    const entry = items.inspect(itemKey, clock.monotonic());
    let cached: Answer["cached"] = { state: "absent" };
    if (entry !== undefined) {
      const { item } = await decodeCached(this.#context, { table, key, itemKey }, entry.response);
      cached = {
        state: item === undefined ? "negative" : "cached",
        ageMs: Math.round(entry.ageMs),
        ...(Number.isFinite(entry.expiresInMs) ? { expiresInMs: Math.round(entry.expiresInMs) } : {}),
        ...(item === undefined ? {} : { item }),
      };
    }
    if (!withStored) return { cached };
    try {
      const { Item: item } = await tables.call("GetItem", {
        TableName: table.name,
        Key: decodeKey(table.schema, key),
        ConsistentRead: true,
      });
      const readBy = this.#roleSessions.arn;
      const by = readBy === undefined ? {} : { readBy };
      return { cached, stored: item === undefined ? { state: "none", ...by } : { state: "found", item, ...by } };
    } catch (error) {
      return { cached, stored: problemOf(error) };
    }
  }
}

function problemOf(error: unknown): { readonly state: "refused" | "unreachable"; readonly message: string } {
  if (error instanceof AwsError && error.fault === "client") return { state: "refused", message: error.message };
  if (error instanceof TableUnreachable || error instanceof AwsError) {
    return { state: "unreachable", message: error.message };
  }
  throw error;
}

/** The report of hot keys, in words that people read. */
export async function hotKeysOf(
  { schemas }: Pick<OperationContext, "schemas">,
  watch: Watch,
  clock: Clock,
  keysMax: number,
): Promise<GatewayRequests["hotKeys"]["response"]> {
  const { spanMs, total, counters } = watch.hotKeys.report(clock.monotonic());
  const keys: HotKey[] = [];
  for (const { key: text, count, over } of counters.slice(0, keysMax)) {
    const { table, key } = readItemKey(Buffer.from(text, "latin1"));
    const schema = schemas.known(table)?.schema;
    if (schema !== undefined) keys.push({ table, key: decodeKey(schema, key), count: count - over });
  }
  return { spanMs, total, keys };
}
