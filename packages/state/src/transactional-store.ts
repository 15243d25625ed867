import { AsyncLocalStorage } from "node:async_hooks";
import { HotkeepError, type Logger } from "@hotkeep/core";
import type { Engine } from "./engine.js";
import { sharedAttemptsMax, waitingTransactionsMax } from "./limits.js";
import type { Change, Entry, KeyRange, StateStore, StateTransaction } from "./store.js";
import { Attempt } from "./transaction.js";

/** What a finished attempt waits for. */
interface Waiting {
  /** Undefined: the transaction wants the store for itself and makes its attempt when its turn comes. */
  readonly attempt: Attempt | undefined;
  readonly runAlone: () => Promise<Attempt>;
  readonly committed: (done: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Optimistic transactions over an {@link Engine}: attempts run side by side, finished ones are checked and committed
 * in groups, in the order they came. An attempt whose reads have changed runs again; after a few times it runs
 * alone, so that every transaction gets through.
 */
export class TransactionalStore implements StateStore {
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #inside = new AsyncLocalStorage<true>();
  /** Transactions that have begun and not ended. */
  #running = 0;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(engine: Engine, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
  }

  async get(key: string): Promise<Entry | undefined> {
    this.#checkOpen();
    return this.#engine.get(key);
  }

  async range(range: KeyRange): Promise<readonly Entry[]> {
    this.#checkOpen();
    return this.#engine.range(range);
  }

  async transact<T>(work: (transaction: StateTransaction) => Promise<T>): Promise<T> {
    if (this.#inside.getStore() === true) {
      throw new HotkeepError("StateNested", "A state transaction must not start another one inside itself.");
    }
    this.#running++;
    try {
      return await this.#transact(work);
    } finally {
      // While it is in use, Node.js looks at every promise and every callback of the process: that costs each of them.
      if (--this.#running === 0) this.#inside.disable();
    }
  }

  async #transact<T>(work: (transaction: StateTransaction) => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      this.#checkOpen();
      let result: { readonly value: T } | undefined;
      const run = async (): Promise<Attempt> => {
        const attempt = new Attempt(this.#engine);
        try {
          result = { value: await this.#inside.run(true, () => work(attempt)) };
        } catch (error) {
          // With reads of different moments `work` may have seen what never was; only a consistent failure counts.
          if (attempt.holds(new Set())) throw error;
          result = undefined;
        } finally {
          attempt.end();
        }
        return attempt;
      };
      const attempt = count <= sharedAttemptsMax ? await run() : undefined;
      if (attempt !== undefined && result === undefined) continue;
      if (attempt !== undefined && attempt.writes.size === 0 && attempt.holds(new Set())) return result!.value;
      if ((await this.#submit(attempt, run)) && result !== undefined) return (result as { readonly value: T }).value;
    }
  }

  watch(listener: (change: Change) => void): () => void {
    // A wrapper, so that one function may be registered twice and ended once each.
    const own = (change: Change): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await this.#engine.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new HotkeepError("StateClosed", "The state store is closed.");
  }

  #submit(attempt: Attempt | undefined, runAlone: () => Promise<Attempt>): Promise<boolean> {
    if (this.#waiting.length >= waitingTransactionsMax) {
      throw new HotkeepError("StateConflict", `More than ${waitingTransactionsMax} state transactions are waiting.`);
    }
    const { promise, resolve, reject } = promiseParts<boolean>();
    this.#waiting.push({ attempt, runAlone, committed: resolve, failed: reject });
    this.#draining ??= this.#inside.exit(() => this.#drain());
    return promise;
  }

  async #drain(): Promise<void> {
    // One turn later, so that everything that finishes in this turn shares a commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      let group: { readonly waiting: Waiting; readonly attempt: Attempt }[] = [];
      const dirty = new Set<string>();
      for (const waiting of batch) {
        if (waiting.attempt === undefined) {
          await this.#commit(group);
          group = [];
          dirty.clear();
          try {
            await this.#commit([{ waiting, attempt: await waiting.runAlone() }]);
          } catch (error) {
            waiting.failed(error);
          }
        } else if (waiting.attempt.holds(dirty)) {
          group.push({ waiting, attempt: waiting.attempt });
          for (const key of waiting.attempt.writes.keys()) dirty.add(key);
        } else {
          waiting.committed(false);
        }
      }
      await this.#commit(group);
    }
    this.#draining = undefined;
  }

  async #commit(group: readonly { readonly waiting: Waiting; readonly attempt: Attempt }[]): Promise<void> {
    if (group.length === 0) return;
    let revision = this.#engine.revision;
    const parts = group.map(({ waiting, attempt }) => {
      const { writes } = attempt;
      return { waiting, writes, revision: writes.size === 0 ? revision : ++revision };
    });
    try {
      await this.#engine.commit(parts.filter(({ writes }) => writes.size > 0));
    } catch (error) {
      for (const { waiting } of parts) waiting.failed(error);
      return;
    }
    for (const { waiting, writes, revision } of parts) {
      if (writes.size > 0) this.#tell({ revision, entries: [...writes].map(([key, value]) => ({ key, value })) });
      waiting.committed(true);
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        // The commit stands whatever a listener makes of it.
        this.#logger.error("a listener of the state store failed", { revision: change.revision, error: String(error) });
      }
    }
  }
}

function promiseParts<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
