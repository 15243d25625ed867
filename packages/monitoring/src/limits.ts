/** How far back minutes are kept, in memory only: a gateway that starts begins anew (ours; CloudWatch keeps 15 days). */
export const minutesKeptMs = 24 * 60 * 60_000;
/** Metrics of nodes that are kept at a time; the one that was written to longest ago makes room. */
export const seriesMax = 4_000;
/** A node that has told nothing for this long is no longer shown by its last totals. */
export const nodeSilentMs = 60_000;
/** Points of one GetMetricStatistics (documented). */
export const statisticsPointsMax = 1_440;
/** Points of one page of GetMetricData (documented). */
export const dataPointsMax = 100_800;
/** Metrics in one page of ListMetrics (documented). */
export const listedMetricsMax = 500;
/** Characters of one metric math expression (documented). */
export const expressionLengthMax = 2_048;
/** Nesting of one metric math expression. */
export const expressionDepthMax = 32;
/** Combinations of service, operation and outcome that are counted apart; the rest is counted as `other`. */
export const requestKindsMax = 1_000;
