import type { DaxError, MethodName } from "@hotkeep/dax-wire";
import type { NodeMetrics } from "../metrics.js";

/** Counts one request of a data or control method. */
export function countRequest(metrics: NodeMetrics, method: MethodName): void {
  metrics.TotalRequestCount++;
  switch (method) {
    case "getItem":
      metrics.GetItemRequestCount++;
      return;
    case "putItem":
      metrics.PutItemRequestCount++;
      return;
    case "updateItem":
      metrics.UpdateItemRequestCount++;
      return;
    case "deleteItem":
      metrics.DeleteItemRequestCount++;
      return;
    case "query":
      metrics.QueryRequestCount++;
      return;
    case "scan":
      metrics.ScanRequestCount++;
      return;
    case "batchGetItem":
      metrics.BatchGetItemRequestCount++;
      return;
    case "batchWriteItem":
      metrics.BatchWriteItemRequestCount++;
      return;
    case "transactGetItems":
      metrics.TransactGetItemsCount++;
      return;
    case "transactWriteItems":
      metrics.TransactWriteItemsCount++;
      return;
    default:
      return;
  }
}

const throttlingCodes = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "LimitExceededException",
]);

/** Counts one answer that is an error. */
export function countError(metrics: NodeMetrics, error: DaxError): void {
  metrics.FailedRequestCount++;
  if (error.codes[0] === 4 && (error.status ?? 400) < 500) metrics.ErrorRequestCount++;
  else metrics.FaultRequestCount++;
  if (error.code !== undefined && throttlingCodes.has(error.code)) metrics.ThrottledRequestCount++;
}
