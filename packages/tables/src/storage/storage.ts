import { mkdirSync } from "node:fs";
import { AwsError, CommonAwsError, HotkeepError, type Logger, type Random } from "@hotkeep/core";
import { open, type RootDatabase } from "lmdb";
import type { TablesLimits } from "../limits.js";
import { encodeCounter } from "./counters.js";
import type { JournalEntry } from "./journal.js";
import { JournaledRows } from "./journaled-rows.js";
import { type RowSnapshot, Rows, rowEncoding, type WriterView } from "./rows.js";
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
 * outcome, good or bad, when that commit is on disk, and until then nobody but later writers sees what it wrote.
 *
 * A commit adds one entry to the journal, which is a tree of its own. When that has enough of them, the following commits
 * also bring the rows into their own trees. All of a commit is one LMDB transaction.
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
  readonly #rows: JournaledRows;
  readonly #writer: WriterView = { isWriting: false };
  #queue: Job[] = [];
  #pending = 0;
  #scheduled = false;
  #closed = false;
  #idle: (() => void) | undefined;

  private constructor(root: RootDatabase<Buffer, Buffer>, { logger, limits, random }: StorageOptions) {
    const tree = (name: string) => root.openDB<Buffer, Buffer>({ name, ...rowEncoding });
    const rows = (name: string) => new Rows(tree(name), this.#writer);
    this.#root = root;
    this.#owner = Buffer.from(random.bytes(ownerBytes));
    this.#logger = logger;
    this.#limits = limits;
    this.items = rows("items");
    this.catalog = rows("catalog");
    this.tokens = rows("tokens");
    this.streams = rows("streams");
    this.#rows = new JournaledRows(tree("journal"), this, limits);
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
      await root.childTransaction(() => {
        storage.#rows.recall();
        storage.catalog.change(ownerKey, storage.#owner);
        storage.#rows.writeTrees();
      });
      storage.#keep(undefined);
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
    return { transaction, recent: this.#rows.recent(), done: () => transaction.done() };
  }

  /** Waits for all writes, then closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#tidy();
    await this.#root.close();
  }

  /** Empties the journal, which only saves the next start the work. */
  async #tidy(): Promise<void> {
    if (this.#rows.areInTrees) return;
    try {
      await this.#root.childTransaction(() => {
        this.#assertOwner();
        this.#rows.writeTrees();
      });
    } catch (error) {
      this.#logger.warn("the journal of the tables is left to the next start", {
        error: String(await commitError(error)),
      });
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    void this.#commit();
  }

  async #commit(): Promise<void> {
    let batch: Job[] = [];
    let entry: JournalEntry | undefined;
    try {
      // A child transaction, because only that is rolled back as a whole when a write is refused half way.
      entry = await this.#root.childTransaction(() => {
        batch = this.#take();
        this.#assertOwner();
        this.#runAll(batch);
        return this.#rows.write();
      });
    } catch (error) {
      if (batch.length === 0) batch = this.#take();
      await this.#fail(batch, error);
      this.#next();
      return;
    }
    this.#keep(entry);
    for (const job of batch) this.#settle(job);
    this.#next();
  }

  /** The requests of this commit. Whoever comes later waits for the next one. */
  #take(): Job[] {
    return this.#queue.splice(0, this.#limits.requestsPerCommitMax);
  }

  /** One commit at a time: its writes become visible when it is known to be on disk, and only then does another begin. */
  #next(): void {
    this.#scheduled = false;
    this.#schedule();
    if (this.#pending === 0) this.#idle?.();
  }

  /** What is on disk becomes visible. The next read must not be of the trees before. */
  #keep(entry: JournalEntry | undefined): void {
    this.#root.resetReadTxn();
    this.#rows.keep(entry);
  }

  #runAll(batch: readonly Job[]): void {
    const dirty = new Set<Counter>();
    this.#writer.isWriting = true;
    try {
      for (const job of batch) this.#run(job, dirty);
    } finally {
      this.#writer.isWriting = false;
    }
    for (const counter of dirty) this.catalog.change(counter.key, encodeCounter(counter));
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
    this.#rows.discard();
    const cause = await commitError(error);
    this.#logger.error("a commit of the tables failed", { error: String(cause), requests: batch.length });
    for (const job of batch.toReversed()) if (job.outcome === "value") job.transaction.rollback();
    for (const job of batch) {
      this.#pending--;
      job.reject(new CommonAwsError("Internal", "The tables could not be written to.", { cause }));
    }
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
