// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-cloudwatch";
import type { Typed } from "./typed.js";

/** The operations of monitoring with the types of their inputs and outputs, for `operationsOf`. */
export type CloudWatchOperations = {
  GetMetricData: Typed<sdk.GetMetricDataCommandInput, sdk.GetMetricDataCommandOutput>;
  GetMetricStatistics: Typed<sdk.GetMetricStatisticsCommandInput, sdk.GetMetricStatisticsCommandOutput>;
  ListMetrics: Typed<sdk.ListMetricsCommandInput, sdk.ListMetricsCommandOutput>;
};
