import { AwsError } from "@hotkeep/core";
import type { CborReader } from "../cbor/reader.js";
import { malformedRequest } from "../errors.js";
import { decodeProjection } from "../expressions/projection.js";
import { batchGetKeysMax, batchWritesMax } from "../limits.js";
import type { BatchGetItemRequest, BatchGetTable, BatchWriteItemRequest, BatchWriteTable } from "../request.js";
import { given } from "./given.js";
import { Options } from "./options.js";

// In the two batch requests table names are text, not bytes.

export function decodeBatchGet(reader: CborReader): BatchGetItemRequest {
  const room = new Room(batchGetKeysMax, "BatchGetItem");
  const tables = readTables(reader, (table) => readGets(reader, table, room));
  const options = new Options(reader);
  return { method: "batchGetItem", tables, returnConsumedCapacity: options.returnConsumedCapacity };
}

export function decodeBatchWrite(reader: CborReader): BatchWriteItemRequest {
  const room = new Room(batchWritesMax, "BatchWriteItem");
  const tables = readTables(reader, (table) => readWrites(reader, table, room));
  const options = new Options(reader);
  return {
    method: "batchWriteItem",
    tables,
    returnConsumedCapacity: options.returnConsumedCapacity,
    returnItemCollectionMetrics: options.returnItemCollectionMetrics,
  };
}

/** How many more keys a request may have, over all its tables. */
class Room {
  #left: number;
  readonly #operation: string;

  constructor(limit: number, operation: string) {
    this.#left = limit;
    this.#operation = operation;
  }

  take(): void {
    if (this.#left-- > 0) return;
    throw new AwsError("ValidationException", `Too many items requested for the ${this.#operation} call`);
  }
}

function readTables<T>(reader: CborReader, read: (table: string) => T): T[] {
  const names = new Set<string>();
  const tables: T[] = [];
  const count = reader.mapStart("RequestItems");
  while (reader.more(count, tables.length)) {
    const table = reader.text("a table name");
    if (names.has(table)) throw malformedRequest(`the table \`${table}\` is in RequestItems twice`);
    names.add(table);
    if (tables.length >= batchGetKeysMax) throw malformedRequest("RequestItems has more tables than keys may be there");
    tables.push(read(table));
  }
  return tables;
}

function readGets(reader: CborReader, table: string, room: Room): BatchGetTable {
  if (reader.arrayStart(`the request for ${table}`) !== 3) {
    throw malformedRequest(`the request for ${table} does not have three parts`);
  }
  const consistentRead = reader.boolean("ConsistentRead");
  const projection = reader.nullIfThere() ? undefined : decodeProjection(reader.bytes("ProjectionExpression"));
  const keys: Buffer[] = [];
  const count = reader.arrayStart("the keys");
  while (reader.more(count, keys.length)) {
    room.take();
    keys.push(reader.bytes("a key"));
  }
  return { table, consistentRead, ...given("projection", projection), keys };
}

function readWrites(reader: CborReader, table: string, room: Room): BatchWriteTable {
  const writes: { key: Buffer; item: Buffer | null }[] = [];
  const count = reader.arrayStart(`the writes to ${table}`);
  if (count > 0 && count % 2 !== 0) throw malformedRequest(`the writes to ${table} are not pairs of key and item`);
  while (reader.more(count, writes.length * 2)) {
    room.take();
    writes.push({ key: reader.bytes("a key"), item: reader.nullIfThere() ? null : reader.bytes("an item") });
  }
  return { table, writes };
}
