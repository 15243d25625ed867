import type { KeySchema } from "@hotkeep/attributes";
import type { StoredPolicy } from "../resource-policies/policy-slot.js";

/** What a stream's records show of a changed item. */
export type StreamView = "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

/** A table's latest stream, as the table's definition has it. */
export interface TableStream {
  /** The stream's name among the table's streams: the time it was switched on. */
  readonly label: string;
  readonly view: StreamView;
  /** The number that its records' row keys begin with; never used again. */
  readonly space: number;
  /** A stream that was switched off stays here until another one is switched on. */
  readonly isEnabled: boolean;
}

/** A run of a stream's records: those from `first` to `last`, both numbers included. */
export interface Shard {
  readonly id: string;
  /** The shard that this one goes on from. */
  readonly parentId?: string;
  readonly first: number;
  /** Set when the shard is closed: it gets no more records. */
  readonly last?: number;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly closedAt?: number;
}

/** A stream as it is stored. It outlives its table by the time its records are kept. */
export interface StreamDefinition {
  readonly account: string;
  readonly region: string;
  readonly tableName: string;
  readonly label: string;
  readonly view: StreamView;
  readonly space: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The table's key when the stream was switched on. */
  readonly key: KeySchema;
  /** Oldest first; all but the last one are closed, and so is that of a stream that is off. */
  readonly shards: readonly Shard[];
  /** Records before this number are gone. */
  readonly trimmedTo: number;
  /** The resource policy, or the trace of a removed one. */
  readonly policy?: StoredPolicy;
}
