import type { Logger, PermissionRequest } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { Directory } from "../directory/directory.js";
import { accessedActionsMax, freshAccessesMax, lastUsedIntervalMs } from "../limits.js";
import { accesses } from "../records/tables.js";
import type { Records, RecordTransaction } from "../records/transaction.js";
import type { AccessRecord } from "../records/types.js";

// Documented as not tracked: nobody is called when a role is passed.
const NOT_TRACKED = new Set(["iam:PassRole"]);

interface Access {
  readonly entityId: string;
  readonly service: string;
  readonly action: string;
  readonly at: number;
  readonly region: string;
}

/**
 * Writes down which user or role last did what, for the access advisor: each action at most once in
 * {@link lastUsedIntervalMs}. The caller does not wait for it.
 */
export class AccessTrail {
  readonly #directory: Directory;
  readonly #records: Records;
  readonly #logger: Logger;
  readonly #writing = new Map<string, Promise<void>>();
  /** Until when what is written down is new enough, by user or role and action: nearly every call ends here. */
  readonly #fresh = new Map<string, Map<string, number>>();
  #freshCount = 0;

  constructor(parts: { readonly directory: Directory; readonly records: Records; readonly logger: Logger }) {
    this.#directory = parts.directory;
    this.#records = parts.records;
    this.#logger = parts.logger;
  }

  /** Notes what a call is about to do. */
  note(
    call: Pick<CallContext, "principal" | "now" | "region">,
    requests: readonly Pick<PermissionRequest, "action">[],
  ): void {
    const { principal, now: at, region } = call;
    const entityId =
      principal.kind === "user" ? principal.id : principal.kind === "role-session" ? principal.roleId : undefined;
    if (entityId === undefined) return;
    const fresh = this.#fresh.get(entityId);
    for (const { action: full } of requests) {
      const until = fresh?.get(full);
      if ((until !== undefined && at < until) || NOT_TRACKED.has(full)) continue;
      const [service = "", action = ""] = full.split(":");
      const last = this.#note({ entityId, service, action, at, region });
      if (last !== undefined) this.#keepFresh(entityId, full, last + lastUsedIntervalMs);
    }
  }

  #keepFresh(entityId: string, action: string, until: number): void {
    if (this.#freshCount++ >= freshAccessesMax) {
      this.#fresh.clear();
      this.#freshCount = 1;
    }
    const actions = this.#fresh.get(entityId);
    if (actions === undefined) this.#fresh.set(entityId, new Map([[action, until]]));
    else actions.set(action, until);
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  /** When the access was written down, if that is new enough; otherwise it is being written. */
  #note(access: Access): number | undefined {
    const key = accessKey(access);
    const known = this.#directory.accesses.get(key);
    const last =
      known !== undefined && Object.hasOwn(known.actions, access.action) ? known.actions[access.action] : undefined;
    if (last !== undefined && access.at - last.at < lastUsedIntervalMs) return last.at;
    const writing = `${key}/${access.action}`;
    if (this.#writing.has(writing)) return undefined;
    const written = this.#records
      .edit(async (tx) => tx.put(accesses, key, merged(await tx.get(accesses, key), access)))
      .catch((error: unknown) => {
        this.#logger.warn("an access could not be written down", { key, error: String(error) });
      })
      .finally(() => this.#writing.delete(writing));
    this.#writing.set(writing, written);
    return undefined;
  }
}

function accessKey({ entityId, service }: { readonly entityId: string; readonly service: string }): string {
  return `${entityId}/${service}`;
}

function merged(known: AccessRecord | undefined, { entityId, service, action, at, region }: Access): AccessRecord {
  const actions = { ...known?.actions, [action]: { at, region } };
  const names = Object.keys(actions);
  if (names.length > accessedActionsMax) {
    const oldest = names.reduce((a, b) => (actions[a]!.at <= actions[b]!.at ? a : b));
    delete actions[oldest];
  }
  return { entityId, service, at, region, actions };
}

/** Forgets what a user or role did; part of deleting it. */
export function forgetAccesses(tx: RecordTransaction, directory: Directory, entityId: string): void {
  for (const access of directory.accesses.where("entity", entityId)) tx.delete(accesses, accessKey(access));
}
