import type { AttributeMap, AttributeValue, Item, KeySchema, Projection } from "@hotkeep/attributes";
import type { AwsError } from "@hotkeep/core";
import type { WireError } from "./errors.js";
import type { AuthorizeConnectionRequest, DaxRequest, QueryRequest, ScanRequest, Select } from "./request.js";
import type {
  BatchGetResult,
  BatchWriteResult,
  DaxError,
  EndpointEntry,
  GetItemResult,
  ListIdOf,
  PageResult,
  TransactGetResult,
  TransactWriteResult,
  WriteResult,
} from "./response.js";

// ---- streams --------------------------------------------------------------------------------------------------

export interface Preamble {
  /** Offset behind the preamble. */
  readonly end: number;
  readonly session: Buffer | string | null;
  readonly userAgent: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

/** undefined: need more bytes. @throws WireError */
export declare function readPreamble(buffer: Buffer, start: number, end: number): Preamble | undefined;

/**
 * Finds where request frames end. One per connection: it remembers how far it has looked, so a frame that arrives in
 * many pieces is looked at once.
 */
export declare class FrameScanner {
  /** Method id of the frame that `scan` found. */
  method: number;
  /** Offset of the frame's first argument in the buffer given to the last `scan`. */
  argumentsStart: number;
  /** After `scan` returned -1: the frame has at least this many bytes. */
  bytesNeeded: number;
  /**
   * Offset behind the frame that starts at `start`, or -1 when it is not complete at `end`; then call again with the
   * same frame start (the bytes may have moved to another buffer) and a larger end. @throws WireError
   */
  scan(buffer: Buffer, start: number, end: number): number;
}

export interface GetItemHead {
  tableStart: number;
  tableEnd: number;
  keyStart: number;
  keyEnd: number;
  /** Whether this is an eventually consistent read of the whole item that asks for no capacity. */
  plain: boolean;
}

/** Fills `head` from a complete getItem frame; false when the arguments are not a table, key and options (then `decodeRequest` throws the error for the client). */
export declare function readGetItemHead(
  buffer: Buffer,
  argumentsStart: number,
  end: number,
  head: GetItemHead,
): boolean;

/** Decodes one complete frame. @throws AwsError ValidationException */
export declare function decodeRequest(frame: Buffer): DaxRequest;

// ---- keys, items ----------------------------------------------------------------------------------------------

/** Whether these key bytes are already the canonical ones; no allocation for S and B keys. Only for bytes that `decodeKey` accepts. */
export declare function isCanonicalKey(schema: KeySchema, buffer: Buffer, start: number, end: number): boolean;
/** The one encoding of this key by which it may be cached and compared. Returns `key` itself if it is canonical. @throws AwsError */
export declare function canonicalKey(schema: KeySchema, key: Buffer): Buffer;
/** @throws AwsError ValidationException when the bytes do not fit the schema */
export declare function decodeKey(schema: KeySchema, key: Buffer): AttributeMap;
/** Canonical key bytes of an item or key. */
export declare function encodeKey(schema: KeySchema, item: Item): Buffer;

/** The attribute list id an item starts with. @throws AwsError */
export declare function itemListId(item: Buffer): number;
/** The distinct list ids, other than 1, that must be known to decode the request's items. */
export declare function requestListIds(request: DaxRequest): readonly number[];
/** The whole item of a put: key attributes and the values named by the list. @throws AwsError */
export declare function decodeItem(schema: KeySchema, key: Buffer, names: readonly string[], item: Buffer): Item;
/** The item's attribute names without its key attributes, sorted: the list that `listIdOf` gets for it. */
export declare function attributeNamesOf(schema: KeySchema, item: Item): readonly string[];
/** List id and values. */
export declare function encodeItem(schema: KeySchema, item: Item, listIdOf: ListIdOf): Buffer;
export declare function encodeValue(value: AttributeValue): Buffer;
export declare function decodeValue(bytes: Buffer): AttributeValue;

/** The request's ExclusiveStartKey as attribute values; undefined when it has none. @throws AwsError */
export declare function decodeStartKey(
  request: QueryRequest | ScanRequest,
  schema: KeySchema,
): AttributeMap | undefined;
/** What the user asked for, with the turned-round Select of one client family undone. `projectsAll`: whether the index (or table) projects all attributes. */
export declare function effectiveSelect(request: QueryRequest | ScanRequest, projectsAll: boolean): Select | undefined;

// ---- responses ------------------------------------------------------------------------------------------------

/**
 * Runs an encoder with the lists that are known. When some are missing, tells which: get ids for them, then encode again.
 */
export declare function encodeWithLists(
  known: (names: readonly string[]) => number | undefined,
  encode: (listIdOf: ListIdOf) => Buffer,
): { readonly bytes: Buffer; readonly missing?: undefined } | { readonly missing: readonly (readonly string[])[] };

export declare function encodeGetItemResponse(result: GetItemResult, schema: KeySchema, listIdOf: ListIdOf): Buffer;
/** putItem, updateItem, deleteItem */
export declare function encodeWriteResponse(result: WriteResult, schema: KeySchema, listIdOf: ListIdOf): Buffer;
/** query, scan */
export declare function encodePageResponse(result: PageResult, schema: KeySchema, listIdOf: ListIdOf): Buffer;
export declare function encodeBatchGetResponse(result: BatchGetResult, listIdOf: ListIdOf): Buffer;
export declare function encodeBatchWriteResponse(result: BatchWriteResult, listIdOf: ListIdOf): Buffer;
export declare function encodeTransactGetResponse(result: TransactGetResult, listIdOf: ListIdOf): Buffer;
export declare function encodeTransactWriteResponse(result: TransactWriteResult): Buffer;
export declare function encodeKeySchemaResponse(schema: KeySchema): Buffer;
export declare function encodeAttributeListIdResponse(id: number): Buffer;
export declare function encodeAttributeListResponse(names: readonly string[]): Buffer;
export declare function encodeEndpointsResponse(endpoints: readonly EndpointEntry[]): Buffer;

/** The parts of an item that a projection names, by position in the projection; `item` is the whole item or what a table endpoint returned for this projection. */
export declare function projectionOrdinals(projection: Projection, item: Item): ReadonlyMap<number, AttributeValue>;

// ---- errors ---------------------------------------------------------------------------------------------------

export declare function encodeError(error: DaxError, listIdOf?: ListIdOf): Buffer;
/** The code sequence for a DynamoDB exception name. */
export declare function errorCodesFor(code: string): readonly number[];
/** An AWS error in the form that DAX clients understand. */
export declare function daxErrorOf(error: AwsError, requestId: string): DaxError;
/** Code sequences that are not DynamoDB exceptions. */
export declare const errorCodes: {
  readonly authenticationRequired: readonly number[];
  readonly accessDenied: readonly number[];
  readonly notImplemented: readonly number[];
  readonly throttling: readonly number[];
  readonly writeOutcomeUnknown: readonly number[];
  readonly readFailed: readonly number[];
  readonly recovering: readonly number[];
};
/** The answer before closing, or null: close without one. */
export declare function closingResponse(error: WireError): Buffer | null;

// ---- authentication -------------------------------------------------------------------------------------------

export interface AuthorizationClaim {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly stringToSign: Buffer;
  readonly sessionToken: string | null;
  /** YYYYMMDD of the credential scope. */
  readonly date: string;
  readonly region: string;
  /** Time of signing, ms since the epoch. */
  readonly signedAt: number;
}

/** Everything that can be checked without a key: form, scope, canonical request hash. */
export declare function readAuthorization(
  request: AuthorizeConnectionRequest,
): { readonly claim: AuthorizationClaim } | { readonly failure: string };
/** undefined when the signature holds; otherwise the reason, for logs. `signingKey`: for the claim's date and Region, service `dax`. */
export declare function verifyAuthorization(
  claim: AuthorizationClaim,
  signingKey: Buffer,
  now: number,
  options?: { readonly region?: string; readonly clockSkewMsMax?: number },
): string | undefined;

// ---- what a client sends (benches, tests) ---------------------------------------------------------------------

export declare function encodePreamble(userAgent: string, session: Buffer | string | null): Buffer;
export declare function encodeAuthorizeRequest(options: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly now: number;
  readonly userAgent?: string;
}): Buffer;
export declare function encodeEndpointsRequest(): Buffer;
export declare function encodeDefineKeySchemaRequest(table: string): Buffer;
export declare function encodeDefineAttributeListIdRequest(names: readonly string[]): Buffer;
export declare function encodeDefineAttributeListRequest(id: number): Buffer;
export declare function encodeGetItemRequest(table: string, key: Buffer): Buffer;
export declare function encodePutItemRequest(table: string, key: Buffer, item: Buffer): Buffer;
