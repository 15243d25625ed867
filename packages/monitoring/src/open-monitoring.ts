import type { Clock } from "@hotkeep/core";
import type { AuditRecord, ServiceHandlers } from "@hotkeep/protocols";
import { getMetricData } from "./cloudwatch/get-metric-data.js";
import { getMetricStatistics } from "./cloudwatch/get-metric-statistics.js";
import { listMetrics } from "./cloudwatch/list-metrics.js";
import { type DeniedAt, GatewayMeters } from "./gateway-meters.js";
import { metricsPage, type ProcessFacts } from "./prometheus/metrics-page.js";
import { MetricStore, type NodePlace } from "./series/metric-store.js";
import { type NodeReport, NodeReports } from "./series/node-totals.js";

/** What monitoring works with. */
export interface MonitoringOptions {
  readonly clock: Clock;
}

/** What has been counted, and the ways to ask for it. All of it is in memory. */
export interface Monitoring {
  /** CloudWatch: GetMetricData, GetMetricStatistics and ListMetrics over the namespace AWS/DAX. */
  readonly handlers: ServiceHandlers;
  /** A call of an AWS API was answered. */
  called(record: Pick<AuditRecord, "service" | "operation" | "errorCode" | "durationMs">): void;
  denied(at: DeniedAt): void;
  /** A node told how it stands. */
  reported(place: NodePlace, report: NodeReport): void;
  /** Everything in the text format of Prometheus. */
  page(facts: ProcessFacts): string;
}

/** Opens it, empty. */
export function openMonitoring({ clock }: MonitoringOptions): Monitoring {
  const store = new MetricStore();
  const reports = new NodeReports(store, clock.now());
  const meters = new GatewayMeters();
  const desk = { store, clock };
  return {
    handlers: {
      service: "monitoring",
      operations: [getMetricData(desk), getMetricStatistics(desk), listMetrics(desk)],
    },
    called: (record) => meters.called(record),
    denied: (at) => meters.denied(at),
    reported: (place, report) => reports.take(place, report, clock.now()),
    page: (facts) => metricsPage(meters, reports.current(clock.now()), facts),
  };
}
