import { AwsError, HotkeepError } from "@hotkeep/core";
import type { Json, StateStore, StateTransaction } from "@hotkeep/state";
import type { Table } from "./tables.js";

/** A state transaction in terms of identity's tables. */
export class RecordTransaction {
  readonly #transaction: StateTransaction;
  readonly #prefix: string;

  constructor(transaction: StateTransaction, prefix: string) {
    this.#transaction = transaction;
    this.#prefix = prefix;
  }

  async get<T>(table: Table<T>, name: string): Promise<T | undefined> {
    const entry = await this.#transaction.get(this.#key(table, name));
    // Records are written by `put` below and by nobody else.
    return entry?.value as T | undefined;
  }

  put<T>(table: Table<T>, name: string, record: T): void {
    this.#transaction.put(this.#key(table, name), record as Json);
  }

  delete(table: Table<unknown>, name: string): void {
    this.#transaction.delete(this.#key(table, name));
  }

  #key(table: Table<unknown>, name: string): string {
    return `${this.#prefix}${table.name}/${table.key(name)}`;
  }
}

/** Runs transactions over one account's records. */
export class Records {
  readonly store: StateStore;
  /** `identity/ACCOUNT/` */
  readonly prefix: string;

  constructor(store: StateStore, account: string) {
    this.store = store;
    this.prefix = `identity/${account}/`;
  }

  /**
   * One transaction; `work` may run again, so it has no effects besides.
   *
   * @throws AwsError `LimitExceededException` when a record, white space of its policies included, is too long to store.
   * @throws AwsError `ConcurrentModificationException` when others kept changing the same records.
   */
  async edit<T>(work: (transaction: RecordTransaction) => Promise<T>): Promise<T> {
    try {
      return await this.store.transact((transaction) => work(new RecordTransaction(transaction, this.prefix)));
    } catch (error) {
      if (error instanceof HotkeepError && error.code === "StateValue") {
        throw new AwsError("LimitExceededException", "The entity with all its policies is too long to be stored.", {
          status: 409,
          cause: error,
        });
      }
      if (error instanceof HotkeepError && error.code === "StateConflict") {
        throw new AwsError(
          "ConcurrentModificationException",
          "The request was rejected because others were changing the same entity. Try again.",
          { status: 409, cause: error },
        );
      }
      throw error;
    }
  }
}
