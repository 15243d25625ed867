import type { CborReader } from "../cbor/reader.js";
import { decodeCondition } from "../expressions/condition.js";
import type {
  DeleteItemRequest,
  GetItemRequest,
  PutItemRequest,
  QueryRequest,
  ScanRequest,
  UpdateItemRequest,
} from "../request.js";
import { given } from "./given.js";
import { nameOf, Options } from "./options.js";

/** Table and key: the first two arguments of the single-item methods. */
function readTarget(reader: CborReader): { readonly table: string; readonly key: Buffer } {
  return { table: nameOf(reader, "the table name"), key: reader.bytes("the key") };
}

export function decodeGet(reader: CborReader): GetItemRequest {
  const target = readTarget(reader);
  const options = new Options(reader);
  return {
    method: "getItem",
    ...target,
    consistentRead: options.consistentRead,
    ...given("projection", options.projection),
    returnConsumedCapacity: options.returnConsumedCapacity,
  };
}

export function decodePut(reader: CborReader): PutItemRequest {
  const target = readTarget(reader);
  const item = reader.bytes("the item");
  return { method: "putItem", ...target, item, ...writeOptions(new Options(reader)) };
}

export function decodeUpdateItem(reader: CborReader): UpdateItemRequest {
  const target = readTarget(reader);
  const options = new Options(reader);
  return { method: "updateItem", ...target, ...given("update", options.update), ...writeOptions(options) };
}

export function decodeDelete(reader: CborReader): DeleteItemRequest {
  return { method: "deleteItem", ...readTarget(reader), ...writeOptions(new Options(reader)) };
}

function writeOptions(options: Options) {
  return {
    ...given("condition", options.condition),
    returnConsumedCapacity: options.returnConsumedCapacity,
    returnItemCollectionMetrics: options.returnItemCollectionMetrics,
    returnValues: options.returnValues,
  };
}

export function decodeQuery(reader: CborReader): QueryRequest {
  const table = nameOf(reader, "the table name");
  const keyCondition = reader.nullIfThere()
    ? undefined
    : decodeCondition("KeyConditionExpression", reader.bytes("the key condition"));
  const options = new Options(reader);
  return {
    method: "query",
    table,
    ...given("keyCondition", keyCondition),
    scanIndexForward: options.scanIndexForward,
    ...pageOptions(options),
  };
}

export function decodeScan(reader: CborReader): ScanRequest {
  const table = nameOf(reader, "the table name");
  const options = new Options(reader);
  return {
    method: "scan",
    table,
    ...given("segment", options.segment),
    ...given("totalSegments", options.totalSegments),
    ...pageOptions(options),
  };
}

function pageOptions(options: Options) {
  return {
    ...given("indexName", options.indexName),
    consistentRead: options.consistentRead,
    ...given("filter", options.filter),
    ...given("projection", options.projection),
    ...given("limit", options.limit),
    ...given("exclusiveStartKey", options.exclusiveStartKey),
    ...given("select", options.select),
    returnConsumedCapacity: options.returnConsumedCapacity,
  };
}
