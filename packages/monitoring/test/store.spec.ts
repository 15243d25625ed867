import { minutesKeptMs, seriesMax } from "@hotkeep/monitoring";
import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { describe, expect, it } from "vitest";
import { GatewayMeters } from "../src/gateway-meters.js";
import { metricsPage } from "../src/prometheus/metrics-page.js";
import { MetricStore } from "../src/series/metric-store.js";
import { NodeReports } from "../src/series/node-totals.js";
import { account, nodeA, start } from "./house.js";

const everything = { account, region: "us-west-2" };
const sumOf = (store: MetricStore, name: string, from: number, to: number): number =>
  [...store.collect(everything, name, { from, to, periodMs: 60_000, origin: 0 }).values()].reduce(
    (sum, set) => sum + set.sum,
    0,
  );

describe("the store of minutes", () => {
  it("forgets what is older than a day, and keeps the number of series bounded", () => {
    const store = new MetricStore();
    store.add(nodeA, "ItemCacheHits", start, 1);
    const later = start + minutesKeptMs + 2 * 60 * 60_000;
    store.add(nodeA, "ItemCacheHits", later, 2);
    expect(sumOf(store, "ItemCacheHits", start, later + 60_000)).toBe(2);
    for (let i = 0; i < seriesMax; i++) store.add({ ...nodeA, node: `n${i}` }, "ItemCacheHits", later + i, 1);
    expect(store.known(everything, 0)).toHaveLength(seriesMax);
    expect(store.known({ ...everything, cluster: "books", node: "n0" }, 0)).toHaveLength(1);
    expect(store.known({ ...everything, cluster: "books", node: "books-a" }, 0)).toHaveLength(0);
  });

  it("makes up for a lost report, and begins anew with a restarted node", () => {
    const store = new MetricStore();
    const reports = new NodeReports(store, start);
    const take = (startedAt: number, hits: number, now: number) =>
      reports.take(nodeA, { startedAt, values: { ItemCacheHits: hits, Unheard: 5, ScanCacheHits: Number.NaN } }, now);
    take(start + 1, 10, start + 1_000);
    take(start + 1, 50, start + 60_000);
    take(start + 90_000, 7, start + 120_000);
    const sums = [
      ...store.collect(everything, "ItemCacheHits", { from: start, to: start + 180_000, periodMs: 60_000, origin: 0 }),
    ];
    expect(sums.map(([at, set]) => [at - start, set.sum])).toEqual([
      [0, 10],
      [60_000, 40],
      [120_000, 7],
    ]);
    expect(store.known(everything, 0).map(({ name }) => name)).toEqual(["ItemCacheHits"]);
    expect(reports.current(start + 170_000)).toHaveLength(1);
    expect(reports.current(start + 190_000)).toHaveLength(0);
  });
});

describe("the page for Prometheus", () => {
  it("is read by a parser that is not ours", () => {
    const meters = new GatewayMeters();
    for (const durationMs of [0.2, 3, 3, 20_000])
      meters.called({ service: "iam", operation: "CreateUser", errorCode: undefined, durationMs });
    meters.called({ service: "dynamodb", operation: "GetItem", errorCode: 'odd"code\\\n', durationMs: 1 });
    meters.called({ service: undefined, operation: undefined, errorCode: "AccessDenied", durationMs: 1 });
    meters.denied("cluster");
    const node = {
      place: nodeA,
      report: { startedAt: start, values: { ItemCacheHits: 41, CPUUtilization: 12.5, EstimatedDbSize: 3 } },
      heardAt: start,
    };
    const text = metricsPage(meters, [node], {
      cpuSeconds: 1.5,
      residentBytes: 1e8,
      startedAtS: start / 1000,
      openConnections: 2,
    });
    const families = new Map(parsePrometheusTextFormat(text).map((family) => [family.name, family]));
    expect(families.get("hotkeep_requests_total")).toMatchObject({ type: "COUNTER" });
    expect(families.get("hotkeep_requests_total")!.metrics).toContainEqual({
      value: "4",
      labels: { service: "iam", operation: "CreateUser", outcome: "ok" },
    });
    expect(families.get("hotkeep_requests_total")!.metrics).toContainEqual({
      value: "1",
      labels: { service: "dynamodb", operation: "GetItem", outcome: 'odd"code\\\n' },
    });
    expect(families.get("hotkeep_denials_total")!.metrics).toContainEqual({ value: "1", labels: { at: "cluster" } });
    const labels = { region: "us-west-2", cluster: "books", node: "books-a" };
    expect(families.get("hotkeep_dax_item_cache_hits_total")).toMatchObject({
      type: "COUNTER",
      metrics: [{ value: "41", labels }],
    });
    expect(families.get("hotkeep_dax_cpu_utilization")).toMatchObject({
      type: "GAUGE",
      metrics: [{ value: "12.5", labels }],
    });
    expect(families.get("hotkeep_dax_estimated_db_size")!.metrics).toEqual([{ value: "3", labels }]);
    expect(text).not.toContain("undefined");
  });

  it("has a histogram of the time that calls took", () => {
    const meters = new GatewayMeters();
    for (const durationMs of [0.2, 3, 3, 20_000]) {
      meters.called({ service: "iam", operation: "CreateUser", errorCode: undefined, durationMs });
    }
    const facts = { cpuSeconds: 0, residentBytes: 0, startedAtS: 0, openConnections: 0 };
    const text = metricsPage(meters, [], facts);
    const family = parsePrometheusTextFormat(text).find(({ name }) => name === "hotkeep_request_duration_seconds");
    expect(family).toMatchObject({
      type: "HISTOGRAM",
      metrics: [{ buckets: { "0.0005": "1", "0.0025": "1", "0.005": "3", "10": "3", "+Inf": "4" } }],
    });
    expect(text).toContain('hotkeep_request_duration_seconds_sum{service="iam"} 20.0062\n');
    expect(text).toContain('hotkeep_request_duration_seconds_count{service="iam"} 4\n');
  });

  it("counts a bounded number of kinds of calls apart", () => {
    const meters = new GatewayMeters();
    for (let i = 0; i < 5_000; i++)
      meters.called({ service: "iam", operation: "GetUser", errorCode: `E${i}`, durationMs: 1 });
    expect(meters.requests().length).toBeLessThanOrEqual(1_001);
    expect(meters.requests().reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect(meters.requests().find(({ operation }) => operation === "other")).toMatchObject({
      service: "iam",
      outcome: "other",
    });
  });
});
