import { mkdirSync } from "node:fs";
import { AwsError, CommonAwsError, HotkeepError, type Logger, type Random } from "@hotkeep/core";
import { open, type RootDatabase } from "lmdb";
import type { TablesLimits } from "../limits.js";
import { encodeCounter } from "./counters.js";
import { type RowSnapshot, Rows, rowEncoding } from "./rows.js";
import { type Counter, WriteTransaction } from "./write-transaction.js";

/** The row that names the process these files belong to; text keys of the catalog never begin so. */
const ownerKey = Buffer.from([0]);
const ownerBytes = 16;

/** 8 KB pages hold keys of up to 4,026 bytes, which an index entry with the longest keys needs. */
export const pageBytes = 8192;

interface Job {
  readonly work: (transaction: WriteTransaction) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly transaction: WriteTransaction;
  outcome: "none" | "value" | "error";
  result: unknown;
}

/** Rows of one moment, to be given up when they are read. */
export interface Snapshot extends RowSnapshot {
  done(): void;
}

/** What {@link Storage.open} needs from outside. */
export interface StorageOptions {
  readonly path: string;
  readonly logger: Logger;
  readonly random: Random;
  readonly limits: TablesLimits;
}

/**
 * The LMDB files. Reads are synchronous snapshots. Writes of many requests share one commit; a request hears of its
 * outcome, good or bad, when that commit is on disk.
 *
 * LMDB runs with its own defaults for safety (data pages synced, then the meta page written synchronously) and without
 * lmdb-js's overlapping sync, so "committed" always means "on disk" and readers never see what a crash could take back.
 */
export class Storage {
  /** Items and index entries. */
  readonly items: Rows;
  /** Table definitions, counters, what remains to be reaped. */
  readonly catalog: Rows;
  /** ClientRequestTokens of transactions. */
  readonly tokens: Rows;
  /** Records of changed items. */
  readonly streams: Rows;
  readonly #root: RootDatabase<Buffer, Buffer>;
  /** What this process wrote into the owner's row. */
  readonly #owner: Buffer;
  readonly #logger: Logger;
  readonly #limits: Pick<TablesLimits, "pendingWritesMax" | "requestsPerCommitMax">;
  #queue: Job[] = [];
  #pending = 0;
  #scheduled = false;
  #closed = false;
  #idle: (() => void) | undefined;

  private constructor(root: RootDatabase<Buffer, Buffer>, { logger, limits, random }: StorageOptions) {
    const rows = (name: string) => new Rows(root.openDB({ name, ...rowEncoding }));
    this.#root = root;
    this.#owner = Buffer.from(random.bytes(ownerBytes));
    this.#logger = logger;
    this.#limits = limits;
    this.items = rows("items");
    this.catalog = rows("catalog");
    this.tokens = rows("tokens");
    this.streams = rows("streams");
  }

  /**
   * Opens the files and makes them this process's own: whoever had them open before can read on, but not write.
   *
   * @throws HotkeepError `TablesUnusable` when the files cannot be opened or written to.
   */
  static async open(options: StorageOptions): Promise<Storage> {
    const { path } = options;
    try {
      mkdirSync(path, { recursive: true });
      const root = open<Buffer, Buffer>({
        path,
        noSubdir: false,
        pageSize: pageBytes,
        maxDbs: 8,
        overlappingSync: false,
        // Requests are gathered here, not by lmdb-js, whose gathering makes a promise that nobody can catch when a
        // commit fails (observed with version 3.5.6 on a full disk).
        eventTurnBatching: false,
        encoding: "binary",
        keyEncoding: "binary",
      });
      const storage = new Storage(root, options);
      await root.childTransaction(() => storage.catalog.putNow(ownerKey, storage.#owner));
      return storage;
    } catch (error) {
      const cause = await commitError(error);
      throw new HotkeepError("TablesUnusable", `The tables in \`${path}\` cannot be opened.`, {
        help: "Check that the directory can be written to and that its file system is not full.",
        cause,
      });
    }
  }

  /**
   * Runs `work` in the order of the calls, alone among all writers, with everything earlier work wrote in sight; then
   * commits. Resolves or rejects with its outcome once that is on disk. Work is synchronous and may run only once.
   *
   * @throws AwsError what the work threw; `ThrottlingException` when too many writes wait; `Internal` when the disk failed.
   */
  transact<T>(work: (transaction: WriteTransaction) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new CommonAwsError("ServiceUnavailable", "The tables are closed."));
    if (this.#pending >= this.#limits.pendingWritesMax) {
      return Promise.reject(
        new AwsError("ThrottlingException", "Too many writes are waiting for the disk. Try again later."),
      );
    }
    this.#pending++;
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        work,
        resolve: resolve as (value: unknown) => void,
        reject,
        transaction: new WriteTransaction(),
        outcome: "none",
        result: undefined,
      });
      this.#schedule();
    });
  }

  /** The rows as they are now, for reading later; the files grow with what is written until it is done. */
  snapshot(): Snapshot {
    const transaction = this.#root.useReadTransaction();
    return { transaction, done: () => transaction.done() };
  }

  /** Waits for all writes, then closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#root.close();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    void this.#commit();
  }

  async #commit(): Promise<void> {
    let batch: Job[] = [];
    try {
      // A child transaction, because only that is rolled back as a whole when a write is refused half way.
      await this.#root.childTransaction(() => {
        batch = this.#take();
        this.#assertOwner();
        const dirty = new Set<Counter>();
        for (const job of batch) this.#run(job, dirty);
        for (const counter of dirty) this.catalog.putNow(counter.key, encodeCounter(counter));
      });
    } catch (error) {
      if (batch.length === 0) batch = this.#take();
      await this.#fail(batch, error);
      return;
    }
    for (const job of batch) this.#settle(job);
    this.#wake();
  }

  /** The requests of the next commit. Whoever comes later starts another one. */
  #take(): Job[] {
    const batch = this.#queue.splice(0, this.#limits.requestsPerCommitMax);
    this.#scheduled = false;
    // Not at once: inside LMDB's callback a new transaction would become a part of this one.
    if (this.#queue.length > 0) queueMicrotask(() => this.#schedule());
    return batch;
  }

  #assertOwner(): void {
    if (this.catalog.get(ownerKey)?.equals(this.#owner)) return;
    throw new HotkeepError("TablesForeignWriter", "Another process has opened the tables for writing.", {
      help: "Run one gateway per data directory, and stop this one before using it from elsewhere.",
    });
  }

  #run(job: Job, dirty: Set<Counter>): void {
    try {
      job.result = job.work(job.transaction);
      job.outcome = "value";
    } catch (error) {
      job.result = error;
      job.outcome = "error";
      job.transaction.rollback();
      return;
    }
    job.transaction.apply(dirty);
  }

  #settle(job: Job): void {
    this.#pending--;
    if (job.outcome === "value") job.resolve(job.result);
    else if (job.outcome === "error") job.reject(job.result);
    else job.reject(new CommonAwsError("Internal", "The write was not carried out."));
  }

  async #fail(batch: readonly Job[], error: unknown): Promise<void> {
    const cause = await commitError(error);
    this.#logger.error("a commit of the tables failed", { error: String(cause), requests: batch.length });
    for (const job of batch.toReversed()) if (job.outcome === "value") job.transaction.rollback();
    for (const job of batch) {
      this.#pending--;
      job.reject(new CommonAwsError("Internal", "The tables could not be written to.", { cause }));
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#pending === 0) this.#idle?.();
  }
}

/** lmdb-js hands the reason of a failed commit over as a promise that rejects with it. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}
