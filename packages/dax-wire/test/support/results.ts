import type { Item, Projection } from "@hotkeep/attributes";
import {
  type ConsumedCapacity,
  type DaxError,
  type DaxRequest,
  type EndpointEntry,
  encodeAttributeListIdResponse,
  encodeAttributeListResponse,
  encodeBatchGetResponse,
  encodeBatchWriteResponse,
  encodeEndpointsResponse,
  encodeError,
  encodeGetItemResponse,
  encodeKeySchemaResponse,
  encodePageResponse,
  encodeTransactGetResponse,
  encodeTransactWriteResponse,
  encodeWriteResponse,
  type ListIdOf,
} from "@hotkeep/dax-wire";
import { itemOf, type Json, schemaOf, type Vector } from "./vectors.js";

/** An object with the members that have a value. */
function only<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter((entry) => entry[1] !== undefined)) as T;
}

function item(json: Json): Item | undefined {
  return json === undefined || json === null ? undefined : itemOf(json);
}

/** Clients fill in 0 units when the user asked for capacity and the server sent none. */
function capacity(json: Json): ConsumedCapacity | undefined {
  return json === undefined || json.CapacityUnits === 0 ? undefined : json;
}

function capacities(json: Json): ConsumedCapacity[] {
  return (json ?? []).filter((entry: Json) => capacity(entry) !== undefined);
}

/** Our response for what a client decoded from the recorded one. */
export function encodeResult(request: DaxRequest, decoded: Json, listIdOf: ListIdOf): Buffer {
  switch (request.method) {
    case "defineKeySchema":
      return encodeKeySchemaResponse(schemaOf(request.table));
    case "defineAttributeListId":
      return encodeAttributeListIdResponse(decoded);
    case "defineAttributeList":
      return encodeAttributeListResponse(decoded);
    case "endpoints":
      return encodeEndpointsResponse(decoded.map(endpoint));
    case "getItem":
      return encodeGetItemResponse(
        only({
          item: item(decoded.Item),
          projection: request.projection,
          consumedCapacity: capacity(decoded.ConsumedCapacity),
        }),
        schemaOf(request.table),
        listIdOf,
      );
    case "putItem":
    case "updateItem":
    case "deleteItem":
      return encodeWriteResponse(
        only({
          attributes: item(decoded.Attributes),
          updatedOnly: request.returnValues.startsWith("UPDATED"),
          consumedCapacity: capacity(decoded.ConsumedCapacity),
          itemCollectionMetrics: decoded.ItemCollectionMetrics,
        }),
        schemaOf(request.table),
        listIdOf,
      );
    case "query":
    case "scan":
      return encodePageResponse(
        only({
          items: decoded.Items?.map(itemOf),
          projection: request.projection,
          count: decoded.Count,
          scannedCount: decoded.ScannedCount,
          lastEvaluatedKey: item(inKeyOrder(request.table, decoded.LastEvaluatedKey)),
          indexed: request.indexName !== undefined,
          consumedCapacity: capacity(decoded.ConsumedCapacity),
        }),
        schemaOf(request.table),
        listIdOf,
      );
    case "batchGetItem":
      return encodeBatchGetResponse(
        {
          tables: request.tables.map(({ table, projection }) =>
            only({
              table,
              schema: schemaOf(table),
              projection: projection as Projection | undefined,
              items: (decoded.Responses?.[table] ?? []).map(itemOf),
              unprocessedKeys: decoded.UnprocessedKeys?.[table]?.Keys.map(itemOf),
            }),
          ),
          consumedCapacity: capacities(decoded.ConsumedCapacity),
        },
        listIdOf,
      );
    case "batchWriteItem":
      return encodeBatchWriteResponse(
        only({
          unprocessed: Object.entries<Json>(decoded.UnprocessedItems ?? {}).map(([table, writes]) => ({
            table,
            schema: schemaOf(table),
            writes: writes.map((write: Json) =>
              write.DeleteRequest === undefined
                ? { put: itemOf(write.PutRequest.Item) }
                : { delete: itemOf(write.DeleteRequest.Key) },
            ),
          })),
          consumedCapacity: capacities(decoded.ConsumedCapacity),
          itemCollectionMetrics: decoded.ItemCollectionMetrics,
        }),
        listIdOf,
      );
    case "transactGetItems":
      return encodeTransactGetResponse(
        {
          responses: request.gets.map((get, index) =>
            only({
              schema: schemaOf(get.table),
              projection: get.projection as Projection | undefined,
              item: item(decoded.Responses[index].Item),
            }),
          ),
          consumedCapacity: capacities(decoded.ConsumedCapacity),
        },
        listIdOf,
      );
    case "transactWriteItems":
      return encodeTransactWriteResponse(
        only({
          consumedCapacity: capacities(decoded.ConsumedCapacity),
          itemCollectionMetrics: decoded.ItemCollectionMetrics,
        }),
      );
    case "authorizeConnection":
      throw new Error("authorizeConnection has no response");
  }
}

/** Go sorts the members of what it decodes; a key's attributes come in the order of the schema first. */
function inKeyOrder(table: string, key: Json): Json {
  if (key === undefined) return undefined;
  const { hash, range } = schemaOf(table);
  const names = [hash.name, ...(range === undefined ? [] : [range.name]), ...Object.keys(key)];
  return Object.fromEntries(names.map((name) => [name, key[name]]));
}

function endpoint(json: Json): EndpointEntry {
  const { nodeId, hostname, address, port, role, zone, leaderSessionId } = json;
  return { nodeId, hostName: hostname, address, port, leader: role === 1, zone, leaderSessionId };
}

/** Our response for a recorded error, from its name if that tells all, else from what a js client decoded. */
export function encodeRecordedError(vector: Vector, request: DaxRequest, error: Json, listIdOf: ListIdOf): Buffer {
  const named = /^\w+ \[([\d,]+)\] (?:(\w+) http (\d+)|no info array)$/.exec(vector.name);
  if (named !== null) {
    const codes = named[1]!.split(",").map(Number);
    const message = "message text";
    if (named[2] === undefined) return encodeError({ codes, message });
    return encodeError({ codes, message, requestId: "REQ-0001", code: named[2], status: Number(named[3]) });
  }
  const tables = request.method === "transactWriteItems" ? request.writes.map((write) => write.table) : [];
  const reasons = error.cancellationReasons?.map((reason: Json, index: number) =>
    only({
      code: reason.Code,
      message: reason.Message,
      item: item(reason.Item),
      schema: reason.Item ? schemaOf(tables[index]!) : undefined,
    }),
  );
  const informed = error.requestId !== null;
  const result = only<DaxError>({
    codes: error.codeSeq,
    message: error.message.replace(new RegExp(`^${error.code}: `), ""),
    requestId: informed ? error.requestId : undefined,
    code: informed ? error.code : undefined,
    status: informed ? error.statusCode : undefined,
    cancellationReasons: reasons,
  });
  return encodeError(result, listIdOf);
}
