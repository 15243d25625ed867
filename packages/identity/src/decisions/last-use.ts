import type { Logger, Principal } from "@hotkeep/core";
import type { Directory } from "../directory/directory.js";
import { lastUsedIntervalMs } from "../limits.js";
import { lastUses } from "../records/tables.js";
import type { Records } from "../records/transaction.js";

/** What is noted of a call; a call's context has it all. */
export interface KeyUse {
  readonly principal: Principal;
  readonly accessKeyId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly region: string;
  readonly service: string;
}

/**
 * Writes down when keys and roles were last used, at most once in {@link lastUsedIntervalMs} each. The caller does not
 * wait for it: the note is worth less than the call.
 */
export class LastUse {
  readonly #directory: Directory;
  readonly #records: Records;
  readonly #logger: Logger;
  readonly #writing = new Map<string, Promise<void>>();

  constructor(parts: { readonly directory: Directory; readonly records: Records; readonly logger: Logger }) {
    this.#directory = parts.directory;
    this.#records = parts.records;
    this.#logger = parts.logger;
  }

  /** Notes the use that a call makes of its key, or of its role. */
  note(call: KeyUse): void {
    const { principal } = call;
    if (principal.kind === "role-session") this.#note(principal.roleId, call);
    else if (this.#directory.accessKeys.get(call.accessKeyId) !== undefined) this.#note(call.accessKeyId, call);
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #note(id: string, { now: at, region, service }: KeyUse): void {
    const known = this.#directory.lastUses.get(id);
    if ((known !== undefined && at - known.at < lastUsedIntervalMs) || this.#writing.has(id)) return;
    const written = this.#records
      .edit(async (tx) => tx.put(lastUses, id, { at, region, service }))
      .catch((error: unknown) => {
        this.#logger.warn("the last use of a key or role could not be written", { id, error: String(error) });
      })
      .finally(() => this.#writing.delete(id));
    this.#writing.set(id, written);
  }
}
