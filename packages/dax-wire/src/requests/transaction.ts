import { AwsError } from "@hotkeep/core";
import { type CborReader, utf8Text } from "../cbor/reader.js";
import { malformedRequest } from "../errors.js";
import { decodeCondition } from "../expressions/condition.js";
import { decodeProjection } from "../expressions/projection.js";
import { decodeUpdate } from "../expressions/update.js";
import { transactionActionsMax } from "../limits.js";
import type { TransactGetItemsRequest, TransactWrite, TransactWriteItemsRequest } from "../request.js";
import { given } from "./given.js";
import { Options } from "./options.js";

// A transaction comes as one array for each field; element n of all of them makes up action n.

/** Operation codes of the actions. Observed: the only four that clients send. */
const kinds: ReadonlyMap<number, TransactWrite["kind"]> = new Map([
  [2, "put"],
  [7, "delete"],
  [9, "update"],
  [12, "check"],
]);

export function decodeTransactGet(reader: CborReader): TransactGetItemsRequest {
  const tables = readArray(reader, "the tables", () => reader.bytes("a table name"));
  const keys = readArray(reader, "the keys", () => reader.bytes("a key"));
  const projections = readArray(reader, "the projections", () => bytesOrNull(reader, "a projection"));
  const options = new Options(reader);
  sameLength(tables.length, keys, projections);
  return {
    method: "transactGetItems",
    gets: tables.map((table, index) => ({
      table: utf8Text(table, "a table name"),
      key: keys[index]!,
      ...given("projection", decoded(projections[index]!, decodeProjection)),
    })),
    returnConsumedCapacity: options.returnConsumedCapacity,
  };
}

export function decodeTransactWrite(reader: CborReader): TransactWriteItemsRequest {
  const operations = readArray(reader, "the operations", () => reader.integer("an operation code"));
  const tables = readArray(reader, "the tables", () => reader.bytes("a table name"));
  const keys = readArray(reader, "the keys", () => reader.bytes("a key"));
  const items = readArray(reader, "the items", () => bytesOrNull(reader, "an item"));
  // Return values: observed, always null.
  reader.skip("the return values");
  const onFailure = readArray(reader, "the condition-failure codes", () => reader.integer("a condition-failure code"));
  const conditions = readArray(reader, "the conditions", () => bytesOrNull(reader, "a condition"));
  const updates = readArray(reader, "the updates", () => bytesOrNull(reader, "an update"));
  const options = new Options(reader);
  sameLength(operations.length, tables, keys, items, onFailure, conditions, updates);
  return {
    method: "transactWriteItems",
    writes: operations.map((operation, index): TransactWrite => {
      const kind = kinds.get(operation);
      if (kind === undefined) throw malformedRequest(`a transaction has the unknown operation ${operation}`);
      const item = items[index]!;
      if ((kind === "put") !== (item !== null)) throw malformedRequest("a put, and only a put, has an item");
      return {
        kind,
        table: utf8Text(tables[index]!, "a table name"),
        key: keys[index]!,
        item,
        ...given(
          "condition",
          decoded(conditions[index]!, (bytes) => decodeCondition("ConditionExpression", bytes)),
        ),
        ...given("update", decoded(updates[index]!, decodeUpdate)),
        returnValuesOnConditionCheckFailure: failureAnswer(onFailure[index]!),
      };
    }),
    ...given("clientRequestToken", options.clientRequestToken),
    returnConsumedCapacity: options.returnConsumedCapacity,
    returnItemCollectionMetrics: options.returnItemCollectionMetrics,
  };
}

function readArray<T>(reader: CborReader, what: string, read: () => T): T[] {
  const result: T[] = [];
  const count = reader.arrayStart(what);
  while (reader.more(count, result.length)) {
    if (result.length >= transactionActionsMax) {
      throw new AwsError(
        "ValidationException",
        "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
          `Member must have length less than or equal to ${transactionActionsMax}`,
      );
    }
    result.push(read());
  }
  return result;
}

function bytesOrNull(reader: CborReader, what: string): Buffer | null {
  return reader.nullIfThere() ? null : reader.bytes(what);
}

function decoded<T>(bytes: Buffer | null, decode: (bytes: Buffer) => T): T | undefined {
  return bytes === null ? undefined : decode(bytes);
}

function sameLength(length: number, ...others: readonly (readonly unknown[])[]): void {
  if (others.some((other) => other.length !== length)) {
    throw malformedRequest("the parts of a transaction do not have the same length");
  }
}

function failureAnswer(code: number): "NONE" | "ALL_OLD" {
  if (code !== 1 && code !== 2) throw malformedRequest(`${code} is no condition-failure code`);
  return code === 2 ? "ALL_OLD" : "NONE";
}
