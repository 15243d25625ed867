import { HotkeepError } from "@hotkeep/core";
import type { RootDatabase } from "lmdb";

/** Told to LMDB as the reason of a transaction that is given up. */
const givenUp = new Error("given up");

/**
 * An LMDB write transaction that stays open while other things happen in this process: everything that it has written
 * is in sight of every read here, and of no other process. Holding it holds LMDB's lock on writing.
 */
export class HeldTransaction {
  readonly #root: RootDatabase<Buffer, Buffer>;
  #finish: { commit(): void; abort(reason: unknown): void } | undefined;

  constructor(root: RootDatabase<Buffer, Buffer>) {
    this.#root = root;
  }

  get isOpen(): boolean {
    return this.#finish !== undefined;
  }

  /** Begins; waits, and all of this process with it, while another process holds the lock. */
  begin(): void {
    // What the callback gives back ends the transaction when it is done: something then-able that is done when told.
    const held = {
      // biome-ignore lint/suspicious/noThenProperty: this is what LMDB's binding takes instead of a promise
      then: (commit: () => void, abort: (reason: unknown) => void) => {
        this.#finish = { commit, abort };
      },
    };
    this.#root.transactionSync(() => held);
  }

  /**
   * Hands everything to the operating system, atomically for other processes; the disk has it when the file was synced.
   * When it throws, everything since {@link begin} is gone.
   */
  commit(): void {
    const { commit } = this.#take();
    commit();
  }

  /** Gives up everything since {@link begin}. */
  abort(): void {
    const { abort } = this.#take();
    try {
      abort(givenUp);
    } catch (error) {
      if (error !== givenUp) throw error;
    }
  }

  #take() {
    const finish = this.#finish;
    if (finish === undefined) throw new HotkeepError("Internal", "No transaction is open.");
    this.#finish = undefined;
    return finish;
  }
}
