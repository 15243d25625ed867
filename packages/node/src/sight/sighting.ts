import type { DaxError, MethodName } from "@hotkeep/dax-wire";
import type { TableEndpoint } from "../table/table-calls.js";

/** What the cache had to say to one look-up. */
export type CacheOutcome = "hit" | "negative" | "miss" | "coalesced" | "bypass" | "stale";
/** What became of a request. `mixed`: of several items some were one thing, some another. */
export type Outcome = CacheOutcome | "mixed" | "write" | "denied" | "error";

/** How a request is followed to the table; see the tracer. */
export interface FollowedRequest {
  /** The same endpoint, with every call a part of this request. */
  tables(endpoint: TableEndpoint): TableEndpoint;
}

const writes = new Set<MethodName>(["putItem", "updateItem", "deleteItem", "batchWriteItem", "transactWriteItems"]);

/** What is noted of one request while it is processed. Made only when somebody looks. */
export class Sighting {
  readonly method: MethodName;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly principal: string;
  readonly followed: FollowedRequest | undefined;
  readonly counts: Record<CacheOutcome, number> = { hit: 0, negative: 0, miss: 0, coalesced: 0, bypass: 0, stale: 0 };
  /** Where the item cache has it; of requests for one item. */
  itemKey: Uint8Array | undefined;
  table: string | undefined;
  ageMs: number | undefined;
  deniedBy: "caller" | "service-role" | undefined;
  error: DaxError | undefined;

  constructor(method: MethodName, startedAt: number, principal: string, followed?: FollowedRequest) {
    this.method = method;
    this.startedAt = startedAt;
    this.principal = principal;
    this.followed = followed;
  }

  /** The request is about this item. */
  about(table: string, itemKey?: Uint8Array): void {
    this.table = table;
    this.itemKey = itemKey;
  }

  /** The cache answered a look-up; `ageMs` is of what it had. */
  note(outcome: CacheOutcome, ageMs?: number): void {
    this.counts[outcome]++;
    // It was a miss until the table did not answer.
    if (outcome === "stale" && this.counts.miss > 0) this.counts.miss--;
    if (ageMs !== undefined) this.ageMs = ageMs;
  }

  /** An entry of the item cache was found. */
  found(response: Uint8Array, ageMs: number): void {
    this.note(isNegative(response) ? "negative" : "hit", ageMs);
  }

  get outcome(): Outcome {
    if (this.deniedBy !== undefined) return "denied";
    if (this.error !== undefined) return "error";
    if (writes.has(this.method)) return "write";
    const kinds = (Object.keys(this.counts) as CacheOutcome[]).filter((kind) => this.counts[kind] > 0);
    return kinds.length > 1 ? "mixed" : (kinds[0] ?? "bypass");
  }
}

/** Whether an entry of the item cache says that there is no such item. */
export function isNegative(response: Uint8Array): boolean {
  return response[1] === 0xa0;
}
