import type { CborWriter } from "../cbor/writer.js";

/** Keys of the map that answers single-item methods, query and scan. Observed: clients fail on any other. */
export const responseKey = {
  item: 0,
  consumedCapacity: 1,
  attributes: 2,
  itemCollectionMetrics: 3,
  items: 7,
  count: 8,
  lastEvaluatedKey: 9,
  scannedCount: 10,
} as const;

/** Every answer that is no error starts with an empty list of error codes. */
export function writeSuccess(writer: CborWriter): void {
  writer.array(0);
}
