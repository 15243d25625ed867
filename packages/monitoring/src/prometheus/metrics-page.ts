import { daxMetrics } from "../dax-metrics.js";
import { type GatewayMeters, latencyBucketsS } from "../gateway-meters.js";
import type { NodeTotals } from "../series/node-totals.js";
import { Exposition } from "./exposition.js";

/** How the gateway's process stands. */
export interface ProcessFacts {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Seconds since the epoch. */
  readonly startedAtS: number;
  readonly openConnections: number;
}

/** Everything that is counted, as Prometheus reads it. No label has a value that a caller could choose. */
export function metricsPage(meters: GatewayMeters, nodes: readonly NodeTotals[], facts: ProcessFacts): string {
  const page = new Exposition();
  page.family("hotkeep_requests_total", "counter", "Calls of the AWS APIs by service, operation and outcome");
  for (const { service, operation, outcome, count } of meters.requests()) {
    page.sample("hotkeep_requests_total", { service, operation, outcome }, count);
  }
  requestDurations(page, meters);
  page.family(
    "hotkeep_denials_total",
    "counter",
    "Denials by who said no: gateway, cluster (first hop), table (second hop)",
  );
  for (const [at, count] of Object.entries(meters.denials())) page.sample("hotkeep_denials_total", { at }, count);
  page.single("hotkeep_http_connections", "gauge", "Open connections to the AWS APIs", facts.openConnections);
  page.single("process_cpu_seconds_total", "counter", "Processor time of the gateway", facts.cpuSeconds);
  page.single("process_resident_memory_bytes", "gauge", "Resident memory of the gateway", facts.residentBytes);
  page.single("process_start_time_seconds", "gauge", "When the gateway started", facts.startedAtS);
  page.family("hotkeep_node_start_time_seconds", "gauge", "When the node started");
  for (const { place, report } of nodes) {
    page.sample("hotkeep_node_start_time_seconds", labelsOf(place), report.startedAt / 1000);
  }
  for (const { name, counter, help } of daxMetrics) {
    const full = `hotkeep_dax_${snake(name)}${counter ? "_total" : ""}`;
    page.family(full, counter ? "counter" : "gauge", help);
    for (const { place, report } of nodes) {
      const value = report.values[name];
      if (value !== undefined) page.sample(full, labelsOf(place), value);
    }
  }
  return page.text();
}

function requestDurations(page: Exposition, meters: GatewayMeters): void {
  const name = "hotkeep_request_duration_seconds";
  page.family(name, "histogram", "How long calls of the AWS APIs took");
  for (const [service, { buckets, sumS }] of meters.latencies()) {
    let below = 0;
    for (const [i, end] of latencyBucketsS.entries()) {
      below += buckets[i]!;
      page.sample(`${name}_bucket`, { service, le: String(end) }, below);
    }
    below += buckets[latencyBucketsS.length]!;
    page.sample(`${name}_bucket`, { service, le: "+Inf" }, below);
    page.sample(`${name}_sum`, { service }, sumS);
    page.sample(`${name}_count`, { service }, below);
  }
}

function labelsOf({ region, cluster, node }: NodeTotals["place"]) {
  return { region, cluster, node };
}

/** `ItemCacheHits` as `item_cache_hits`, `CPUUtilization` as `cpu_utilization`. */
function snake(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
