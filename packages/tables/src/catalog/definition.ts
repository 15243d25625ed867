import type { KeySchema, KeyType } from "@hotkeep/attributes";
import type { RestoreOrigin } from "../backups/backup-definition.js";
import type { StoredPolicy } from "../resource-policies/policy-slot.js";
import type { StreamView, TableStream } from "../streams/stream-definition.js";
import type { ThroughputChanges } from "./throughput-rules.js";

/** How tables are paid for in the service; here it only shapes descriptions. Units are capacity units per second. */
export type Billing =
  | { readonly mode: "PAY_PER_REQUEST" }
  | { readonly mode: "PROVISIONED"; readonly read: number; readonly write: number };

/** Read and write units per second. */
export interface UnitPair {
  readonly read: number;
  readonly write: number;
}

/** What an index entry shows of its item, besides the keys of table and index. */
export interface IndexProjection {
  readonly type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
}

/** A secondary index as it is stored. */
export interface IndexDefinition {
  readonly name: string;
  readonly kind: "global" | "local";
  /** The number that its entries' row keys begin with; never used again. */
  readonly space: number;
  readonly key: KeySchema;
  readonly projection: IndexProjection;
  readonly throughput?: UnitPair;
  readonly throughputChanges?: ThroughputChanges;
  /** Bounds of an on-demand index; they only shape descriptions. */
  readonly onDemandThroughput?: Partial<UnitPair>;
  /** The warm throughput that was asked for; it only shapes descriptions. */
  readonly warmThroughput?: UnitPair;
  /** Set while items written before the index are being added to it. */
  readonly building?: true;
}

/** A table as it is stored. */
export interface TableDefinition {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** A UUID; another one for a later table of the same name. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The number that its items' row keys begin with; never used again. */
  readonly space: number;
  readonly key: KeySchema;
  /** AttributeDefinitions in the order of the request. */
  readonly attributes: readonly { readonly name: string; readonly type: KeyType }[];
  readonly indexes: readonly IndexDefinition[];
  readonly billing: Billing;
  /** When the table last became an on-demand one, in milliseconds since the epoch; absent when it never was. */
  readonly onDemandSince?: number;
  readonly throughputChanges?: ThroughputChanges;
  /** Bounds of an on-demand table; they only shape descriptions. */
  readonly onDemandThroughput?: Partial<UnitPair>;
  /** The warm throughput that was asked for; it only shapes descriptions. */
  readonly warmThroughput?: UnitPair;
  readonly deletionProtection: boolean;
  readonly tableClass?: string;
  /** When the class was last changed, in milliseconds since the epoch. */
  readonly tableClassSince?: number;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly timeToLive?: { readonly attribute: string; readonly since: number };
  /** The resource policy, or the trace of a removed one. */
  readonly policy?: StoredPolicy;
  /** The latest stream of the table, if it ever had one. */
  readonly stream?: TableStream;
  /** The backup that the table was made from. */
  readonly restore?: RestoreOrigin;
}

/** A stream that is yet to be switched on. */
export interface NewStream {
  readonly view: StreamView;
}

/** A definition before the catalog has given it its numbers. */
export type NewTable = Omit<TableDefinition, "id" | "createdAt" | "space" | "indexes" | "stream"> & {
  readonly indexes: readonly Omit<IndexDefinition, "space">[];
  readonly stream?: NewStream;
};
