/**
 * What a node counts, under the names of the CloudWatch namespace `AWS/DAX` (documented). All but the last group only
 * ever grow; whoever reads them takes differences.
 */
export interface NodeMetrics {
  GetItemRequestCount: number;
  BatchGetItemRequestCount: number;
  BatchWriteItemRequestCount: number;
  DeleteItemRequestCount: number;
  PutItemRequestCount: number;
  UpdateItemRequestCount: number;
  TransactWriteItemsCount: number;
  TransactGetItemsCount: number;
  QueryRequestCount: number;
  ScanRequestCount: number;
  TotalRequestCount: number;
  ItemCacheHits: number;
  ItemCacheMisses: number;
  QueryCacheHits: number;
  QueryCacheMisses: number;
  ScanCacheHits: number;
  ScanCacheMisses: number;
  /** Requests that failed by the client's fault, throttled ones included. */
  ErrorRequestCount: number;
  ThrottledRequestCount: number;
  /** Requests that failed by the node's or the table endpoint's fault. */
  FaultRequestCount: number;
  /** Errors and faults together. */
  FailedRequestCount: number;
  EvictedSize: number;
  NetworkBytesIn: number;
  NetworkBytesOut: number;
  /** Now, not since the start. */
  ClientConnections: number;
  EstimatedDbSize: number;
  /** Percent of the cache's cap in use, now. */
  CacheMemoryUtilization: number;
}

/** All zero. */
export function newMetrics(): NodeMetrics {
  return {
    GetItemRequestCount: 0,
    BatchGetItemRequestCount: 0,
    BatchWriteItemRequestCount: 0,
    DeleteItemRequestCount: 0,
    PutItemRequestCount: 0,
    UpdateItemRequestCount: 0,
    TransactWriteItemsCount: 0,
    TransactGetItemsCount: 0,
    QueryRequestCount: 0,
    ScanRequestCount: 0,
    TotalRequestCount: 0,
    ItemCacheHits: 0,
    ItemCacheMisses: 0,
    QueryCacheHits: 0,
    QueryCacheMisses: 0,
    ScanCacheHits: 0,
    ScanCacheMisses: 0,
    ErrorRequestCount: 0,
    ThrottledRequestCount: 0,
    FaultRequestCount: 0,
    FailedRequestCount: 0,
    EvictedSize: 0,
    NetworkBytesIn: 0,
    NetworkBytesOut: 0,
    ClientConnections: 0,
    EstimatedDbSize: 0,
    CacheMemoryUtilization: 0,
  };
}
