import { HotkeepError } from "@hotkeep/core";
import { open, type RootDatabase } from "lmdb";
import type { Engine, Writes } from "./engine.js";
import { keyBytes } from "./keys.js";
import type { Entry, Json, KeyRange } from "./store.js";

// The store's own revision lives behind every UTF-8 key: no text begins with this byte.
const REVISION_KEY = Buffer.from([0xff]);

/**
 * Entries in one LMDB environment: keys as UTF-8 bytes, values as JSON, revisions as LMDB-js versions.
 *
 * A commit's promise resolves after the data and meta pages are synced, because `overlappingSync` is off. (observed:
 * one fdatasync a commit; with it on, lmdb-js acknowledges before the sync.)
 */
export class LmdbEngine implements Engine {
  readonly #db: RootDatabase<Json, Buffer>;
  #revision: number;

  /** Opens or makes the environment in the directory `path`. */
  constructor(path: string) {
    this.#db = open<Json, Buffer>({
      path,
      noSubdir: false,
      keyEncoding: "binary",
      encoding: "json",
      useVersions: true,
      overlappingSync: false,
      // Commits are gathered by the store, not by lmdb-js, whose gathering makes a promise that nobody can catch when a
      // commit fails (observed with version 3.5.6 on a full disk).
      eventTurnBatching: false,
      cache: false,
      maxDbs: 1,
    });
    this.#revision = this.#db.getEntry(REVISION_KEY)?.version ?? 0;
  }

  get revision(): number {
    return this.#revision;
  }

  get(key: string): Entry | undefined {
    const found = this.#db.getEntry(keyBytes(key));
    return found === undefined ? undefined : { key, value: found.value, revision: found.version ?? 0 };
  }

  range(range: KeyRange): readonly Entry[] {
    const found: Entry[] = [];
    const { limit } = range;
    if (limit !== undefined && limit <= 0) return found;
    const options = {
      start: keyBytes(range.start),
      end: keyBytes(range.end),
      versions: true,
      ...(limit === undefined ? {} : { limit }),
    };
    for (const { key, value, version } of this.#db.getRange(options)) {
      found.push({ key: key.toString("utf8"), value, revision: version ?? 0 });
    }
    return found;
  }

  async commit(groups: readonly { readonly revision: number; readonly writes: Writes }[]): Promise<void> {
    const last = groups.at(-1)?.revision;
    if (last === undefined) return;
    const write = (): void => {
      // What happens with each put shows in the promise of the whole conditional batch.
      for (const { revision, writes } of groups) {
        for (const [key, value] of writes) {
          if (value === undefined) void this.#db.remove(keyBytes(key));
          else void this.#db.put(keyBytes(key), value, revision);
        }
      }
      void this.#db.put(REVISION_KEY, last, last);
    };
    const done = await this.#conditionally(write).catch(async (error: unknown) => {
      throw new HotkeepError("StateWrite", "The state store could not be written; nothing was changed.", {
        help: "Check that the disk is not full and that the data directory may be written.",
        cause: await causeOf(error),
      });
    });
    if (!done) {
      throw new HotkeepError("StateForeignWriter", "Another process has written to the state store.", {
        help: "Run one gateway per data directory, and stop this one before using it from elsewhere.",
      });
    }
    this.#revision = last;
  }

  #conditionally(write: () => void): Promise<boolean> {
    return this.#revision === 0
      ? this.#db.ifNoExists(REVISION_KEY, write)
      : this.#db.ifVersion(REVISION_KEY, this.#revision, write);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}

/** What lies behind a failed commit: lmdb-js hands it over as a rejected promise, which must be taken. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
