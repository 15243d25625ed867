export { type DaxMetric, daxMetrics, daxNamespace } from "./dax-metrics.js";
export type { DeniedAt } from "./gateway-meters.js";
export * from "./limits.js";
export { type Monitoring, type MonitoringOptions, openMonitoring } from "./open-monitoring.js";
export type { NodePlace } from "./series/metric-store.js";
export type { NodeReport } from "./series/node-totals.js";
