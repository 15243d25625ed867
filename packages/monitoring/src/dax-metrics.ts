/** The namespace of DAX's metrics (documented). */
export const daxNamespace = "AWS/DAX";

/** What a metric is measured in (documented). */
export type Unit = "Count" | "Bytes" | "Percent";

/** One metric that nodes tell. */
export interface DaxMetric {
  readonly name: string;
  readonly unit: Unit;
  /** It only grows while its node runs; what CloudWatch shows are the differences. Otherwise: how it stands. */
  readonly counter: boolean;
  readonly help: string;
}

const counter = (name: string, help: string, unit: Unit = "Count"): DaxMetric => ({ name, unit, counter: true, help });
const gauge = (name: string, unit: Unit, help: string): DaxMetric => ({ name, unit, counter: false, help });

/**
 * The metrics of `AWS/DAX` by their documented names and units. Not there, because nothing here is limited by them or
 * can see them: packets, baseline network utilization, CPU credits.
 */
export const daxMetrics: readonly DaxMetric[] = [
  counter("GetItemRequestCount", "GetItem requests"),
  counter("BatchGetItemRequestCount", "BatchGetItem requests"),
  counter("BatchWriteItemRequestCount", "BatchWriteItem requests"),
  counter("DeleteItemRequestCount", "DeleteItem requests"),
  counter("PutItemRequestCount", "PutItem requests"),
  counter("UpdateItemRequestCount", "UpdateItem requests"),
  counter("TransactWriteItemsCount", "TransactWriteItems requests"),
  counter("TransactGetItemsCount", "TransactGetItems requests"),
  counter("QueryRequestCount", "Query requests"),
  counter("ScanRequestCount", "Scan requests"),
  counter("TotalRequestCount", "Requests of every kind"),
  counter("ItemCacheHits", "Items that were in the item cache"),
  counter("ItemCacheMisses", "Items that were not in the item cache"),
  counter("QueryCacheHits", "Queries answered from the query cache"),
  counter("QueryCacheMisses", "Queries that the query cache did not have"),
  counter("ScanCacheHits", "Scans answered from the query cache"),
  counter("ScanCacheMisses", "Scans that the query cache did not have"),
  counter("ErrorRequestCount", "Requests that failed by their caller's fault, throttled ones included"),
  counter("ThrottledRequestCount", "Requests that were throttled"),
  counter("FaultRequestCount", "Requests that failed by the node's or the table endpoint's fault"),
  counter("FailedRequestCount", "Requests that failed"),
  counter("EvictedSize", "Bytes of the cache that had to make room", "Bytes"),
  counter("NetworkBytesIn", "Bytes received from clients", "Bytes"),
  counter("NetworkBytesOut", "Bytes sent to clients", "Bytes"),
  gauge("ClientConnections", "Count", "Open connections of clients"),
  gauge("EstimatedDbSize", "Bytes", "Bytes in the caches"),
  gauge("CacheMemoryUtilization", "Percent", "Share of the cache's memory in use"),
  gauge("CPUUtilization", "Percent", "Share of one processor core in use"),
];

const byName: ReadonlyMap<string, DaxMetric> = new Map(daxMetrics.map((metric) => [metric.name, metric]));

/** The metric of this name. */
export function daxMetric(name: string): DaxMetric | undefined {
  return byName.get(name);
}
