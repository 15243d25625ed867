import { setImmediate } from "node:timers/promises";
import { AwsError, CommonAwsError, HotkeepError, type Logger, type Random } from "@hotkeep/core";
import type { TablesLimits } from "../limits.js";
import { encodeCounter } from "./counters.js";
import { DurableRows } from "./durable-rows.js";
import type { RowSnapshot, Rows } from "./rows.js";
import { type Counter, WriteTransaction } from "./write-transaction.js";

interface Job {
  readonly work: (transaction: WriteTransaction) => unknown;
  readonly hold: OutcomeHold | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly transaction: WriteTransaction;
  outcome: "none" | "value" | "error";
  result: unknown;
}

/** Takes an outcome before it is certain, and lets nobody else hear of it before a promise resolves; an `AnswerHold`. */
export interface OutcomeHold {
  until(durable: Promise<void>): void;
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
 * The tables' rows. Reads are synchronous. Writes of many requests share one record in the log; a request hears of its
 * outcome, good or bad, when that is on disk. Reads see it before that: see {@link whenDurable}.
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
  readonly #rows: DurableRows;
  readonly #logger: Logger;
  readonly #limits: Pick<
    TablesLimits,
    "pendingWritesMax" | "requestsPerCommitMax" | "bytesPerCommitMax" | "checkpointMs"
  >;
  #queue: Job[] = [];
  /** What waits for the time between two commits. */
  readonly #chores: (() => Promise<void>)[] = [];
  #pending = 0;
  #saving: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #checkpointTimer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(rows: DurableRows, { logger, limits }: StorageOptions) {
    this.#rows = rows;
    this.#logger = logger;
    this.#limits = limits;
    this.items = rows.items;
    this.catalog = rows.catalog;
    this.tokens = rows.tokens;
    this.streams = rows.streams;
  }

  /**
   * Opens the files and makes them this process's own: whoever had them open before can read on, but not write.
   *
   * @throws HotkeepError `TablesUnusable` when the files cannot be opened or written to.
   */
  static async open(options: StorageOptions): Promise<Storage> {
    const { path } = options;
    try {
      return new Storage(await DurableRows.open(options), options);
    } catch (cause) {
      const known = cause instanceof HotkeepError ? cause : undefined;
      const why = known === undefined ? "." : `: ${known.message}`;
      throw new HotkeepError("TablesUnusable", `The tables in \`${path}\` cannot be opened${why}`, {
        help: known?.help ?? "Check that the directory can be written to and that its file system is not full.",
        cause,
      });
    }
  }

  /**
   * What an answer that was read just now must not be given before: everything that it can tell of is on disk. Undefined
   * when nothing is on its way there. Rejects with AwsError `Internal` when what was read has been taken back.
   *
   * @throws AwsError `Internal` when nothing can be read that can be trusted.
   */
  get durable(): Promise<void> | undefined {
    const { failure } = this.#rows;
    if (failure !== undefined) throw unwritable(failure);
    return this.#saving;
  }

  /**
   * Runs `work` in the order of the calls, alone among all writers, with everything earlier work wrote in sight; then
   * commits. Resolves or rejects with its outcome once that is on disk. With `hold`, already when the disk has begun to
   * write: that then hears what the outcome has to wait for. Work is synchronous and may run only once.
   *
   * @throws AwsError what the work threw; `ThrottlingException` when too many writes wait; `Internal` when the disk failed.
   */
  transact<T>(work: (transaction: WriteTransaction) => T, hold?: OutcomeHold): Promise<T> {
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
        hold,
        resolve: resolve as (value: unknown) => void,
        reject,
        transaction: new WriteTransaction(),
        outcome: "none",
        result: undefined,
      });
      this.#wake();
    });
  }

  /** The rows as they are between two commits, for reading later; the files grow with what is written until it is done. */
  snapshot(): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      this.#chores.push(async () => {
        try {
          await this.#rows.publish();
          const transaction = this.#rows.readTransaction();
          resolve({ transaction, done: () => transaction.done() });
        } catch (error) {
          reject(unwritable(error));
        }
      });
      this.#wake();
    });
  }

  /** Waits for all writes, then closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#running;
    clearTimeout(this.#checkpointTimer);
    await this.#rows.close();
  }

  #wake(): void {
    this.#running ??= this.#run();
  }

  /** One thing after the other, until there is nothing to do. */
  async #run(): Promise<void> {
    try {
      do {
        // Whoever has come in the same turn of the event loop goes into the same commit.
        await setImmediate();
        const chore = this.#chores.shift();
        if (chore !== undefined) await chore();
        else if (this.#queue.length > 0) await this.#commit();
        if (this.#rows.isCheckpointDue) this.#rows.checkpoint();
      } while (this.#chores.length > 0 || this.#queue.length > 0);
    } finally {
      this.#running = undefined;
    }
    if (this.#rows.isHeld && !this.#closed) this.#checkpointTimer ??= this.#checkpointLater();
  }

  #checkpointLater(): NodeJS.Timeout {
    // Keeps the process alive: LMDB's binding hangs at the end of one whose transaction is open (observed, 3.5.6).
    return setTimeout(() => {
      this.#checkpointTimer = undefined;
      if (!this.#closed) this.#wake();
    }, this.#limits.checkpointMs);
  }

  async #commit(): Promise<void> {
    try {
      this.#rows.ready();
    } catch (cause) {
      const refused = this.#queue.splice(0);
      this.#refuse(refused, this.#failed(refused, cause));
      return;
    }
    const batch: Job[] = [];
    try {
      this.#carryOut(batch);
    } catch (cause) {
      this.#refuse(batch, this.#takeBack(batch, cause));
      return;
    }
    if (!this.#rows.isSaved) {
      const saving = this.#save(batch);
      this.#saving = saving;
      // While the disk works there is time to make answers.
      for (const job of batch) {
        if (job.hold === undefined) continue;
        job.hold.until(saving);
        settle(job);
      }
      try {
        await saving;
      } catch (error) {
        this.#refuse(batch, error);
        return;
      }
    }
    this.#pending -= batch.length;
    for (const job of batch) settle(job);
  }

  /** @throws AwsError `Internal` when the disk has failed and the batch was taken back. */
  async #save(batch: readonly Job[]): Promise<void> {
    try {
      await this.#rows.save();
    } catch (cause) {
      throw this.#takeBack(batch, cause);
    } finally {
      this.#saving = undefined;
    }
  }

  /** Does the work of the requests of one commit, and tells which they are. Whoever comes later is for the next one. */
  #carryOut(batch: Job[]): void {
    const { requestsPerCommitMax, bytesPerCommitMax } = this.#limits;
    const queue = this.#queue;
    const dirty = new Set<Counter>();
    const rows = this.#rows;
    try {
      while (
        batch.length < queue.length &&
        batch.length < requestsPerCommitMax &&
        rows.unsavedBytes < bytesPerCommitMax
      ) {
        const job = queue[batch.length]!;
        batch.push(job);
        this.#carryOutOne(job, dirty);
      }
      for (const counter of dirty) rows.put(this.catalog, counter.key, encodeCounter(counter));
    } finally {
      queue.splice(0, batch.length);
    }
  }

  #carryOutOne(job: Job, dirty: Set<Counter>): void {
    try {
      job.result = job.work(job.transaction);
      job.outcome = "value";
    } catch (error) {
      job.result = error;
      job.outcome = "error";
      job.transaction.rollback();
      return;
    }
    job.transaction.apply(this.#rows, dirty);
  }

  /** Undoes what a batch did. The answer: what to tell those who asked for it. */
  #takeBack(batch: readonly Job[], cause: unknown): AwsError {
    for (const job of batch.toReversed()) if (job.outcome === "value") job.transaction.rollback();
    this.#rows.revert();
    return this.#failed(batch, cause);
  }

  #failed(batch: readonly Job[], cause: unknown): AwsError {
    this.#logger.error("a commit of the tables failed", { error: String(cause), requests: batch.length });
    return unwritable(cause);
  }

  #refuse(batch: readonly Job[], error: unknown): void {
    this.#pending -= batch.length;
    for (const job of batch) job.reject(error);
  }
}

/** Tells the outcome. Who has heard it already hears nothing more: promises are kept once. */
function settle({ outcome, result, resolve, reject }: Job): void {
  if (outcome === "value") resolve(result);
  else reject(result);
}

/** What callers hear when the disk, and not their request, is to blame. */
function unwritable(cause: unknown): AwsError {
  return new CommonAwsError("Internal", "The tables could not be written to.", { cause });
}
