import type { Clock } from "@hotkeep/core";
import { type CloudWatchOperations, operationsOf } from "@hotkeep/protocols";
import type { MetricStore } from "../series/metric-store.js";

/** What the operations work with. */
export interface CloudWatchDesk {
  readonly store: MetricStore;
  readonly clock: Clock;
}

export const cloudWatchOperation = operationsOf<CloudWatchOperations>();
