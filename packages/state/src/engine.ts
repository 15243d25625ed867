import type { Entry, Json, KeyRange } from "./store.js";

/** What one commit changes; undefined deletes. */
export type Writes = ReadonlyMap<string, Json | undefined>;

/**
 * A sorted map on some medium, with one writer: this process. Reads are synchronous and see the last commit that
 * returned. Values are handed out as fresh copies.
 */
export interface Engine {
  /** Revision of the last commit; 0 when there was none. */
  readonly revision: number;
  get(key: string): Entry | undefined;
  range(range: KeyRange): readonly Entry[];
  /**
   * Applies several transactions' writes, each at its own revision, as one commit: all on disk or none.
   *
   * @throws HotkeepError `StateForeignWriter` when another process has written meanwhile.
   */
  commit(groups: readonly { readonly revision: number; readonly writes: Writes }[]): Promise<void>;
  close(): Promise<void>;
}
