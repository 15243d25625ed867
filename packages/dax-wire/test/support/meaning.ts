import {
  type AttributeMap,
  type Condition,
  fromAttributesToGet,
  fromAttributeUpdates,
  fromExpected,
  fromFilter,
  fromKeyConditions,
  type KeyCondition,
  type KeySchema,
  keyConditionOf,
  PlaceholderUse,
  type Projection,
  parseCondition,
  parseProjection,
  parseUpdate,
  readExpressionNames,
  readExpressionValues,
  type Update,
} from "@hotkeep/attributes";
import { type DaxRequest, decodeItem, decodeKey, decodeStartKey, itemListId } from "@hotkeep/dax-wire";
import type { RecordedLists } from "./lists.js";
import { indexSchemas, itemOf, type Json, schemaOf } from "./vectors.js";

/** What a request means, in values that can be compared, whoever it comes from. */
export type Meaning = Readonly<Record<string, unknown>>;

function defined(members: Readonly<Record<string, unknown>>): Meaning {
  return Object.fromEntries(Object.entries(members).filter((entry) => entry[1] !== undefined));
}

function keySchemaOf(table: string, index: string | undefined): KeySchema {
  return index === undefined ? schemaOf(table) : indexSchemas.get(index)!;
}

// ---- from the wire ------------------------------------------------------------------------------------------------

/** What a decoded request means. */
export function meaningOfRequest(request: DaxRequest, lists: RecordedLists): Meaning {
  const item = (table: string, key: Buffer, bytes: Buffer) =>
    decodeItem(schemaOf(table), key, lists.names(itemListId(bytes)), bytes);
  switch (request.method) {
    case "putItem": {
      const { key, item: bytes, ...rest } = request;
      return defined({ ...rest, item: item(request.table, key, bytes) });
    }
    case "getItem":
    case "updateItem":
    case "deleteItem":
      return defined({ ...request, key: decodeKey(schemaOf(request.table), request.key) });
    case "query": {
      const { keyCondition, ...rest } = request;
      const schema = keySchemaOf(request.table, request.indexName);
      return defined({
        ...rest,
        keyCondition: keyConditionOf(keyCondition!, schema),
        exclusiveStartKey: decodeStartKey(request, schemaOf(request.table)),
      });
    }
    case "scan":
      return defined({ ...request, exclusiveStartKey: decodeStartKey(request, schemaOf(request.table)) });
    case "batchGetItem":
      return defined({
        ...request,
        tables: byName(
          request.tables.map((entry) => ({
            ...entry,
            keys: entry.keys.map((key) => decodeKey(schemaOf(entry.table), key)),
          })),
        ),
      });
    case "batchWriteItem":
      return defined({
        ...request,
        tables: byName(
          request.tables.map(({ table, writes }) => ({
            table,
            writes: writes.map((write) =>
              write.item === null
                ? { delete: decodeKey(schemaOf(table), write.key) }
                : { put: item(table, write.key, write.item) },
            ),
          })),
        ),
      });
    case "transactGetItems":
      return defined({
        ...request,
        gets: request.gets.map((get) => ({ ...get, key: decodeKey(schemaOf(get.table), get.key) })),
      });
    case "transactWriteItems":
      return defined({
        ...request,
        writes: request.writes.map(({ key, item: bytes, ...rest }) =>
          bytes === null
            ? { ...rest, key: decodeKey(schemaOf(rest.table), key) }
            : { ...rest, item: item(rest.table, key, bytes) },
        ),
      });
    default:
      return defined({ ...request });
  }
}

function byName<T extends { readonly table: string }>(tables: readonly T[]): T[] {
  return [...tables].sort((a, b) => (a.table < b.table ? -1 : 1));
}

// ---- from the call ------------------------------------------------------------------------------------------------

interface Expressions {
  condition(text: string | undefined, kind: "ConditionExpression" | "FilterExpression"): Condition | undefined;
  keyCondition(text: string, schema: KeySchema): KeyCondition;
  update(text: string | undefined): Update | undefined;
  projection(text: string | undefined): Projection | undefined;
}

function expressionsOf(input: Json): Expressions {
  const placeholders = new PlaceholderUse(
    readExpressionNames(input.ExpressionAttributeNames),
    readExpressionValues(input.ExpressionAttributeValues),
  );
  return {
    condition: (text, kind) => (text === undefined ? undefined : parseCondition(text, kind, placeholders)),
    keyCondition: (text, schema) =>
      keyConditionOf(parseCondition(text, "KeyConditionExpression", placeholders), schema),
    update: (text) => (text === undefined ? undefined : parseUpdate(text, placeholders)),
    projection: (text) => (text === undefined ? undefined : parseProjection(text, placeholders)),
  };
}

function projectionOf(input: Json): Projection | undefined {
  if (input.AttributesToGet !== undefined) return fromAttributesToGet(input.AttributesToGet);
  return expressionsOf(input).projection(input.ProjectionExpression);
}

function conditionOf(input: Json): Condition | undefined {
  if (input.Expected !== undefined) return fromExpected(input.Expected, input.ConditionalOperator);
  return expressionsOf(input).condition(input.ConditionExpression, "ConditionExpression");
}

function updateOf(input: Json): Update | undefined {
  if (input.AttributeUpdates !== undefined) return fromAttributeUpdates(input.AttributeUpdates);
  return expressionsOf(input).update(input.UpdateExpression);
}

function capacityOf(input: Json): Meaning {
  return { returnConsumedCapacity: input.ReturnConsumedCapacity ?? "NONE" };
}

function writeOptionsOf(input: Json): Meaning {
  return {
    condition: conditionOf(input),
    returnValues: input.ReturnValues ?? "NONE",
    returnItemCollectionMetrics: input.ReturnItemCollectionMetrics ?? "NONE",
    ...capacityOf(input),
  };
}

function pageOptionsOf(input: Json): Meaning {
  const legacy = input.QueryFilter ?? input.ScanFilter;
  return {
    table: input.TableName,
    indexName: input.IndexName,
    consistentRead: input.ConsistentRead ?? false,
    filter:
      legacy === undefined
        ? expressionsOf(input).condition(input.FilterExpression, "FilterExpression")
        : fromFilter(legacy, input.ConditionalOperator, input.QueryFilter === undefined ? "ScanFilter" : "QueryFilter"),
    projection: projectionOf(input),
    limit: input.Limit,
    exclusiveStartKey: input.ExclusiveStartKey && itemOf(input.ExclusiveStartKey),
    select: input.Select,
    ...capacityOf(input),
  };
}

/** What an SDK call means. */
export function meaningOfCall(operation: string, input: Json): Meaning {
  switch (operation) {
    case "getItem":
      return defined({
        method: operation,
        table: input.TableName,
        key: itemOf(input.Key),
        consistentRead: input.ConsistentRead ?? false,
        projection: projectionOf(input),
        ...capacityOf(input),
      });
    case "putItem":
      return defined({
        method: operation,
        table: input.TableName,
        item: itemOf(input.Item),
        ...writeOptionsOf(input),
      });
    case "updateItem":
      return defined({
        method: operation,
        table: input.TableName,
        key: itemOf(input.Key),
        update: updateOf(input),
        ...writeOptionsOf(input),
      });
    case "deleteItem":
      return defined({ method: operation, table: input.TableName, key: itemOf(input.Key), ...writeOptionsOf(input) });
    case "query": {
      const schema = keySchemaOf(input.TableName, input.IndexName);
      return defined({
        method: operation,
        keyCondition:
          input.KeyConditions === undefined
            ? expressionsOf(input).keyCondition(input.KeyConditionExpression, schema)
            : fromKeyConditions(input.KeyConditions, schema),
        scanIndexForward: input.ScanIndexForward ?? true,
        ...pageOptionsOf(input),
      });
    }
    case "scan":
      return defined({
        method: operation,
        segment: input.Segment,
        totalSegments: input.TotalSegments,
        ...pageOptionsOf(input),
      });
    case "batchGetItem":
      return defined({
        method: operation,
        tables: byName(
          Object.entries<Json>(input.RequestItems).map(([table, entry]) => ({
            table,
            consistentRead: entry.ConsistentRead ?? false,
            keys: entry.Keys.map((key: AttributeMap) => itemOf(key)),
            ...defined({ projection: projectionOf(entry) }),
          })),
        ),
        ...capacityOf(input),
      });
    case "batchWriteItem":
      return defined({
        method: operation,
        tables: byName(
          Object.entries<Json>(input.RequestItems).map(([table, writes]) => ({
            table,
            writes: writes.map((write: Json) =>
              write.DeleteRequest === undefined
                ? { put: itemOf(write.PutRequest.Item) }
                : { delete: itemOf(write.DeleteRequest.Key) },
            ),
          })),
        ),
        returnItemCollectionMetrics: input.ReturnItemCollectionMetrics ?? "NONE",
        ...capacityOf(input),
      });
    case "transactGetItems":
      return defined({
        method: operation,
        gets: input.TransactItems.map(({ Get: get }: Json) =>
          defined({ table: get.TableName, key: itemOf(get.Key), projection: projectionOf(get) }),
        ),
        ...capacityOf(input),
      });
    case "transactWriteItems":
      return defined({
        method: operation,
        writes: input.TransactItems.map(transactWriteOf),
        clientRequestToken: input.ClientRequestToken,
        returnItemCollectionMetrics: input.ReturnItemCollectionMetrics ?? "NONE",
        ...capacityOf(input),
      });
    default:
      throw new Error(`no data operation: ${operation}`);
  }
}

function transactWriteOf(action: Json): Meaning {
  const { Put: put, Update: update, Delete: remove, ConditionCheck: check } = action;
  const entry = put ?? update ?? remove ?? check;
  return defined({
    kind: put ? "put" : update ? "update" : remove ? "delete" : "check",
    table: entry.TableName,
    key: put ? undefined : itemOf(entry.Key),
    item: put && itemOf(put.Item),
    condition: conditionOf(entry),
    update: update && updateOf(update),
    returnValuesOnConditionCheckFailure: entry.ReturnValuesOnConditionCheckFailure ?? "NONE",
  });
}

// ---- what go makes of legacy parameters -----------------------------------------------------------------------------

/**
 * The same meaning with the parts of its conditions in one order, and NOT_CONTAINS as go sends it: go takes the
 * attributes of legacy parameters in random order, and does not ask for the attribute's existence.
 */
export function asGoSends(meaning: Meaning): Meaning {
  return Object.fromEntries(
    Object.entries(meaning).map(([name, value]) =>
      name === "condition" || name === "filter" ? [name, inOneOrder(value as Condition)] : [name, value],
    ),
  );
}

function inOneOrder(condition: Condition): Condition {
  if (condition.kind !== "and" && condition.kind !== "or") return condition;
  if (condition.left.kind === "attribute_exists" && condition.right.kind === "not") return condition.right;
  const sides = [inOneOrder(condition.left), inOneOrder(condition.right)] as [Condition, Condition];
  const [left, right] = sides.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { kind: condition.kind, left, right };
}
