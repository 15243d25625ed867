import type { Item, KeySchema, Projection } from "@hotkeep/attributes";

/** Finds the id of an ordered list of attribute names; called with non-empty lists only (the empty one has id 1). */
export type ListIdOf = (names: readonly string[]) => number;

/** Capacity in DynamoDB's words, of a table or of one of its parts. */
export interface Capacity {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

/** DynamoDB's ConsumedCapacity. */
export interface ConsumedCapacity extends Capacity {
  readonly TableName: string;
  readonly Table?: Capacity;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Capacity>>;
  readonly LocalSecondaryIndexes?: Readonly<Record<string, Capacity>>;
}

/** DynamoDB's ItemCollectionMetrics. */
export interface ItemCollectionMetrics {
  readonly ItemCollectionKey: Item;
  /** Lower and upper bound in gigabytes. */
  readonly SizeEstimateRangeGB: readonly [number, number];
}

/** An answer to getItem. */
export interface GetItemResult {
  /** Absent: no such item. */
  readonly item?: Item;
  /** The request's projection; `item` then is the projected item, as a table returns it. */
  readonly projection?: Projection;
  readonly consumedCapacity?: ConsumedCapacity;
}

/** An answer to putItem, updateItem or deleteItem. */
export interface WriteResult {
  /** Absent, or empty: nothing to return. */
  readonly attributes?: Item;
  /** Whether `attributes` answers UPDATED_OLD or UPDATED_NEW (parts of an item) rather than ALL_OLD or ALL_NEW. */
  readonly updatedOnly?: boolean;
  readonly consumedCapacity?: ConsumedCapacity;
  readonly itemCollectionMetrics?: ItemCollectionMetrics;
}

/** An answer to query or scan. */
export interface PageResult {
  /** Absent with Select COUNT. Each item has its table's key attributes, unless there is a projection. */
  readonly items?: readonly Item[];
  readonly projection?: Projection;
  readonly count: number;
  readonly scannedCount: number;
  readonly lastEvaluatedKey?: Item;
  /** Whether the request named an index: decides the form of `lastEvaluatedKey`. */
  readonly indexed: boolean;
  readonly consumedCapacity?: ConsumedCapacity;
}

/** One table of an answer to batchGetItem. */
export interface BatchGetTableResult {
  readonly table: string;
  readonly schema: KeySchema;
  readonly projection?: Projection;
  readonly items: readonly Item[];
  /** More items, whole ones; only without a projection. */
  readonly encodedItems?: readonly EncodedItem[];
  /** Keys to be asked for again. */
  readonly unprocessedKeys?: readonly Item[];
}

/** A whole item in the form that it has in an answer to getItem, so that it need not be encoded again. */
export interface EncodedItem {
  /** As `encodeKey` makes it. */
  readonly key: Buffer;
  /** The byte string with its head. */
  readonly item: Buffer;
}

/** An answer to batchGetItem. */
export interface BatchGetResult {
  /** Every table of the request, also those where nothing was found. */
  readonly tables: readonly BatchGetTableResult[];
  readonly consumedCapacity?: readonly ConsumedCapacity[];
}

/** One write to be sent again. */
export type UnprocessedWrite = { readonly put: Item } | { readonly delete: Item };

/** An answer to batchWriteItem. */
export interface BatchWriteResult {
  readonly unprocessed?: readonly {
    readonly table: string;
    readonly schema: KeySchema;
    readonly writes: readonly UnprocessedWrite[];
  }[];
  readonly consumedCapacity?: readonly ConsumedCapacity[];
  /** By table name. */
  readonly itemCollectionMetrics?: Readonly<Record<string, readonly ItemCollectionMetrics[]>>;
}

/** An answer to transactGetItems. */
export interface TransactGetResult {
  /** As many as the request has gets, in its order. */
  readonly responses: readonly { readonly item?: Item; readonly projection?: Projection; readonly schema: KeySchema }[];
  readonly consumedCapacity?: readonly ConsumedCapacity[];
}

/** An answer to transactWriteItems. */
export interface TransactWriteResult {
  readonly consumedCapacity?: readonly ConsumedCapacity[];
  /** By table name. */
  readonly itemCollectionMetrics?: Readonly<Record<string, readonly ItemCollectionMetrics[]>>;
}

/** A member of the cluster as clients see it. */
export interface EndpointEntry {
  readonly nodeId: number;
  readonly hostName?: string;
  /** IPv4 or IPv6 literal that clients dial. */
  readonly address: string;
  readonly port: number;
  readonly leader: boolean;
  readonly zone?: string;
  /** The same in all entries; changes with the leader; below 2^53. */
  readonly leaderSessionId?: number;
}

/** Why one action of a cancelled transaction failed, or `None`. */
export interface CancellationReason {
  readonly code: string | null;
  readonly message: string | null;
  /** The old item, where the request asked for it, with its table's key schema. */
  readonly item?: Item;
  readonly schema?: KeySchema;
}

/** An error as it goes over the wire. */
export interface DaxError {
  /** At least two codes: clients never retry a single one. See `errorCodesFor`. */
  readonly codes: readonly number[];
  readonly message: string;
  /** Absent together with `code` and `status`: the bare form without further information. */
  readonly requestId?: string;
  /** DynamoDB's exception name. */
  readonly code?: string;
  /** HTTP status. */
  readonly status?: number;
  /** One per action of the transaction, in its order. */
  readonly cancellationReasons?: readonly CancellationReason[];
}
