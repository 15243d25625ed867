import { type CborWriter, encode } from "../cbor/writer.js";
import type { ConsumedCapacity, ListIdOf, TransactGetResult, TransactWriteResult } from "../response.js";
import { writeItem } from "../values/item.js";
import { writeExtendedCapacity, writeMetricsByTable } from "./capacity.js";
import { writeProjected } from "./projection.js";
import { writeSuccess } from "./response-keys.js";

/** The answer to transactGetItems: as many items as were asked for, null where there is none. */
export function encodeTransactGetResponse(result: TransactGetResult, listIdOf: ListIdOf): Buffer {
  return encode((writer) => {
    writeSuccess(writer);
    writer.array(2);
    writer.array(result.responses.length);
    for (const { item, projection, schema } of result.responses) {
      if (item === undefined) writer.null();
      else if (projection !== undefined) writeProjected(writer, projection, item);
      else writer.wrapped((inner) => writeItem(inner, schema, item, listIdOf));
    }
    writeCapacities(writer, result.consumedCapacity);
  });
}

/** The answer to transactWriteItems. Observed: one client fails on nulls in place of empty arrays and maps. */
export function encodeTransactWriteResponse(result: TransactWriteResult): Buffer {
  return encode((writer) => {
    writeSuccess(writer);
    writer.array(3);
    writer.array(0);
    writeCapacities(writer, result.consumedCapacity);
    writeMetricsByTable(writer, result.itemCollectionMetrics);
  });
}

function writeCapacities(writer: CborWriter, capacities: readonly ConsumedCapacity[] = []): void {
  writer.array(capacities.length);
  for (const capacity of capacities) writeExtendedCapacity(writer, capacity);
}
