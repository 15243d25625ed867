import { GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Clients } from "./clients.js";

/** How far back charts go. */
export const chartMinutes = 60;
const minuteMs = 60_000;
/** Queries of one call (documented). */
const queriesMax = 500;

/** One value a minute, oldest first; undefined where there is none. */
export type Minutes = readonly (number | undefined)[];

/** What is shown of one node. */
export interface NodeCharts {
  readonly cluster: string;
  readonly node: string;
  /** Percent of look-ups in all caches. */
  readonly hitRatio: Minutes;
  /** Requests in each minute. */
  readonly requests: Minutes;
  readonly connections: Minutes;
}

const hits = ["ItemCacheHits", "QueryCacheHits", "ScanCacheHits"];
const misses = ["ItemCacheMisses", "QueryCacheMisses", "ScanCacheMisses"];

/** The queries for one node; every id ends with the node's number. */
function queriesFor(cluster: string, node: string, n: number): MetricDataQuery[] {
  const Dimensions = [
    { Name: "ClusterId", Value: cluster },
    { Name: "NodeId", Value: node },
  ];
  const stored = (Id: string, MetricName: string, Stat: string, ReturnData: boolean): MetricDataQuery => {
    const Metric = { Namespace: "AWS/DAX", MetricName, Dimensions };
    return { Id: `${Id}${n}`, ReturnData, MetricStat: { Metric, Period: 60, Stat } };
  };
  const sum = (prefix: string, count: number) =>
    `(${Array.from({ length: count }, (_, i) => `FILL(${prefix}${i}n${n}, 0)`).join(" + ")})`;
  return [
    ...hits.map((name, i) => stored(`h${i}n`, name, "Sum", false)),
    ...misses.map((name, i) => stored(`m${i}n`, name, "Sum", false)),
    {
      Id: `ratio${n}`,
      Expression: `100 * ${sum("h", hits.length)} / (${sum("h", hits.length)} + ${sum("m", misses.length)})`,
    },
    stored("requests", "TotalRequestCount", "Sum", true),
    stored("connections", "ClientConnections", "Average", true),
  ];
}

/** The last hour of every node of every cluster, from CloudWatch. */
export async function nodeCharts({ dax, cloudWatch }: Clients, now: number): Promise<readonly NodeCharts[]> {
  const { Clusters = [] } = await dax.describeClusters({});
  const nodes = Clusters.flatMap(({ ClusterName, Nodes = [] }) =>
    Nodes.map(({ NodeId }) => ({ cluster: ClusterName ?? "", node: NodeId ?? "" })),
  );
  const end = Math.floor(now / minuteMs) * minuteMs + minuteMs;
  const start = end - chartMinutes * minuteMs;
  const byId = new Map<string, Minutes>();
  const queries = nodes.map(({ cluster, node }, n) => queriesFor(cluster, node, n));
  for (let from = 0; from < queries.length; ) {
    const batch: MetricDataQuery[] = [];
    while (from < queries.length && batch.length + queries[from]!.length <= queriesMax) batch.push(...queries[from++]!);
    const { MetricDataResults = [] } = await cloudWatch.send(
      new GetMetricDataCommand({ StartTime: new Date(start), EndTime: new Date(end), MetricDataQueries: batch }),
    );
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults) {
      const minutes: (number | undefined)[] = Array.from({ length: chartMinutes }, () => undefined);
      Timestamps.forEach((at, i) => {
        minutes[Math.round((at.getTime() - start) / minuteMs)] = Values[i];
      });
      byId.set(Id ?? "", minutes);
    }
  }
  const none: Minutes = Array.from({ length: chartMinutes }, () => undefined);
  // A count that was not sent is zero; a ratio of nothing is none.
  const zeroes = (minutes: Minutes): Minutes => minutes.map((value) => value ?? 0);
  return nodes.map(({ cluster, node }, n) => ({
    cluster,
    node,
    hitRatio: byId.get(`ratio${n}`) ?? none,
    requests: zeroes(byId.get(`requests${n}`) ?? none),
    connections: zeroes(byId.get(`connections${n}`) ?? none),
  }));
}
