import type { Condition, Projection, Update } from "@hotkeep/attributes";
import type { MethodName } from "./methods.js";

// Buffers in requests are views into the frame: whoever keeps one beyond the life of the frame's buffer copies it.
// Keys stay as wire bytes (`decodeKey` and `canonicalKey` take them), items too (`decodeItem`), because decoding them
// needs the table's key schema and the attribute list, which may have to be fetched first.

/** DynamoDB's parameter of this name. */
export type ReturnConsumedCapacity = "NONE" | "TOTAL" | "INDEXES";
/** DynamoDB's parameter of this name. */
export type ReturnItemCollectionMetrics = "NONE" | "SIZE";
/** DynamoDB's parameter of this name. */
export type ReturnValues = "NONE" | "ALL_OLD" | "UPDATED_OLD" | "ALL_NEW" | "UPDATED_NEW";
/** DynamoDB's parameter of this name. */
export type Select = "ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES" | "COUNT" | "SPECIFIC_ATTRIBUTES";

/** Proof of identity for the connection; never answered. See `verifyAuthorization`. */
export interface AuthorizeConnectionRequest {
  readonly method: "authorizeConnection";
  readonly accessKeyId: string;
  /** 64 hex digits, as sent. */
  readonly signature: string;
  /** The bytes that were signed. */
  readonly stringToSign: Buffer;
  readonly sessionToken: string | null;
  readonly userAgent: string | null;
}

/** Asks for the roster; answered by `encodeEndpointsResponse`. */
export interface EndpointsRequest {
  readonly method: "endpoints";
}

/** Asks for a table's key schema; an unknown table shows here first. */
export interface DefineKeySchemaRequest {
  readonly method: "defineKeySchema";
  readonly table: string;
}

/** Asks for the id of a list of attribute names. */
export interface DefineAttributeListIdRequest {
  readonly method: "defineAttributeListId";
  /** In the client's order, which is part of the list's identity. Clients never ask about the empty list, id 1. */
  readonly names: readonly string[];
}

/** Asks for the names behind an attribute list id. */
export interface DefineAttributeListRequest {
  readonly method: "defineAttributeList";
  readonly id: number;
}

/** Reads one item. */
export interface GetItemRequest {
  readonly method: "getItem";
  readonly table: string;
  readonly key: Buffer;
  readonly consistentRead: boolean;
  readonly projection?: Projection;
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
}

interface WriteOptions {
  readonly condition?: Condition;
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
  readonly returnItemCollectionMetrics: ReturnItemCollectionMetrics;
  readonly returnValues: ReturnValues;
}

/** Writes one item. */
export interface PutItemRequest extends WriteOptions {
  readonly method: "putItem";
  readonly table: string;
  readonly key: Buffer;
  /** Attribute list id and the values of the attributes that are not in the key. */
  readonly item: Buffer;
}

/** Changes one item. */
export interface UpdateItemRequest extends WriteOptions {
  readonly method: "updateItem";
  readonly table: string;
  readonly key: Buffer;
  /** Absent: nothing to do but to make sure that the item is there. */
  readonly update?: Update;
}

/** Deletes one item. */
export interface DeleteItemRequest extends WriteOptions {
  readonly method: "deleteItem";
  readonly table: string;
  readonly key: Buffer;
}

interface PageOptions {
  readonly table: string;
  readonly indexName?: string;
  readonly consistentRead: boolean;
  readonly filter?: Condition;
  readonly projection?: Projection;
  readonly limit?: number;
  /** Key bytes without, compound key bytes with an index: see `decodeStartKey`. */
  readonly exclusiveStartKey?: Buffer;
  /**
   * As sent. Observed: one client family sends ALL_ATTRIBUTES with every query whose user asked for nothing, also with
   * a projection; see `effectiveSelect`.
   */
  readonly select?: Select;
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
}

/** Reads a page of one partition of a table or index. */
export interface QueryRequest extends PageOptions {
  readonly method: "query";
  readonly keyCondition?: Condition;
  readonly scanIndexForward: boolean;
}

/** Reads a page of a table or index. */
export interface ScanRequest extends PageOptions {
  readonly method: "scan";
  readonly segment?: number;
  readonly totalSegments?: number;
}

/** What a batchGetItem wants of one table. */
export interface BatchGetTable {
  readonly table: string;
  readonly consistentRead: boolean;
  readonly projection?: Projection;
  readonly keys: readonly Buffer[];
}

/** Reads up to 100 items. */
export interface BatchGetItemRequest {
  readonly method: "batchGetItem";
  readonly tables: readonly BatchGetTable[];
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
}

/** What a batchWriteItem does to one table. */
export interface BatchWriteTable {
  readonly table: string;
  /** `item` null: delete the key. */
  readonly writes: readonly { readonly key: Buffer; readonly item: Buffer | null }[];
}

/** Puts and deletes up to 25 items. */
export interface BatchWriteItemRequest {
  readonly method: "batchWriteItem";
  readonly tables: readonly BatchWriteTable[];
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
  readonly returnItemCollectionMetrics: ReturnItemCollectionMetrics;
}

/** One read of a transaction. */
export interface TransactGet {
  readonly table: string;
  readonly key: Buffer;
  readonly projection?: Projection;
}

/** Reads up to 100 items as of one moment. */
export interface TransactGetItemsRequest {
  readonly method: "transactGetItems";
  readonly gets: readonly TransactGet[];
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
}

/** One action of a transaction. */
export interface TransactWrite {
  readonly kind: "put" | "update" | "delete" | "check";
  readonly table: string;
  readonly key: Buffer;
  /** Of a put; otherwise null. */
  readonly item: Buffer | null;
  readonly condition?: Condition;
  /** Of an update. */
  readonly update?: Update;
  readonly returnValuesOnConditionCheckFailure: "NONE" | "ALL_OLD";
}

/** Writes up to 100 items, all or none. */
export interface TransactWriteItemsRequest {
  readonly method: "transactWriteItems";
  readonly writes: readonly TransactWrite[];
  readonly clientRequestToken?: string;
  readonly returnConsumedCapacity: ReturnConsumedCapacity;
  readonly returnItemCollectionMetrics: ReturnItemCollectionMetrics;
}

/** A request frame in DynamoDB's words; `method` tells them apart. */
export type DaxRequest =
  | AuthorizeConnectionRequest
  | EndpointsRequest
  | DefineKeySchemaRequest
  | DefineAttributeListIdRequest
  | DefineAttributeListRequest
  | GetItemRequest
  | PutItemRequest
  | UpdateItemRequest
  | DeleteItemRequest
  | QueryRequest
  | ScanRequest
  | BatchGetItemRequest
  | BatchWriteItemRequest
  | TransactGetItemsRequest
  | TransactWriteItemsRequest;

/** Methods whose effect on tables is a write. */
export function isWrite(method: MethodName): boolean {
  switch (method) {
    case "putItem":
    case "updateItem":
    case "deleteItem":
    case "batchWriteItem":
    case "transactWriteItems":
      return true;
    default:
      return false;
  }
}

/** The distinct tables whose key schema must be known to execute the request. */
export function requestTables(request: DaxRequest): readonly string[] {
  switch (request.method) {
    case "getItem":
    case "putItem":
    case "updateItem":
    case "deleteItem":
    case "query":
    case "scan":
    case "defineKeySchema":
      return [request.table];
    case "batchGetItem":
    case "batchWriteItem":
      return [...new Set<string>(request.tables.map((entry: { readonly table: string }) => entry.table))];
    case "transactGetItems":
      return [...new Set(request.gets.map((entry) => entry.table))];
    case "transactWriteItems":
      return [...new Set(request.writes.map((entry) => entry.table))];
    default:
      return [];
  }
}
