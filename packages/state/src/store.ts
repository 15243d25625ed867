/** What the store keeps: plain JSON. It never looks inside. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A value with the revision of the transaction that wrote it. */
export interface Entry {
  readonly key: string;
  readonly value: Json;
  /** Grows with every committed transaction; the same for all entries one transaction wrote. */
  readonly revision: number;
}

/** Keys `start` (inclusive) to `end` (exclusive) in UTF-8 byte order. */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
  /** At most so many entries. */
  readonly limit?: number;
}

/** Reads, and reads that notice writes of others; see {@link StateStore.transact}. */
export interface StateReader {
  get(key: string): Promise<Entry | undefined>;
  range(range: KeyRange): Promise<readonly Entry[]>;
}

/** The face of one transaction. Reads see the transaction's own writes. */
export interface StateTransaction extends StateReader {
  put(key: string, value: Json): void;
  delete(key: string): void;
}

/** One committed transaction, as the change feed tells it. */
export interface Change {
  readonly revision: number;
  readonly entries: readonly { readonly key: string; readonly value: Json | undefined }[];
}

/**
 * A revisioned transactional store. A transaction that returns is on disk; one that throws wrote nothing. `work` may
 * run again when what it read has changed meanwhile, so it must not have other effects.
 *
 * @throws HotkeepError `StateConflict` when a transaction did not succeed within its attempts.
 */
export interface StateStore extends StateReader {
  transact<T>(work: (transaction: StateTransaction) => Promise<T>): Promise<T>;
  /** Calls `listener` after every committed transaction, in revision order, before `transact` resolves. */
  watch(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
}

/** The range of all keys that begin with `prefix`. */
export function prefixRange(prefix: string, limit?: number): KeyRange {
  const range = { start: prefix, end: `${prefix}\u{10ffff}` };
  return limit === undefined ? range : { ...range, limit };
}
