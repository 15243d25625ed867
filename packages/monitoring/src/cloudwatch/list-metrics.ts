import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { daxNamespace } from "../dax-metrics.js";
import { listedMetricsMax, minutesKeptMs } from "../limits.js";
import type { KnownSeries } from "../series/metric-store.js";
import { type CloudWatchDesk, cloudWatchOperation } from "./desk.js";
import type { Dimension } from "./dimensions.js";
import { pageAfter } from "./page-token.js";

const threeHoursMs = 3 * 60 * 60_000;

interface Metric {
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** The metrics that have had a value, each for its node, its cluster and the account. */
export function listMetrics({ store, clock }: CloudWatchDesk): NamedOperation {
  return cloudWatchOperation("ListMetrics", {
    needs: () => [permission("cloudwatch:ListMetrics", "*")],
    handle(input, { account, region }) {
      const wanted = input.Dimensions ?? [];
      const foreign = input.OwningAccount !== undefined && input.OwningAccount !== account;
      if (foreign || (input.Namespace !== undefined && input.Namespace !== daxNamespace)) return { Metrics: [] };
      const since = clock.now() - (input.RecentlyActive === undefined ? minutesKeptMs : threeHoursMs);
      const metrics = levels(store.known({ account, region }, since)).filter(
        ({ name, dimensions }) =>
          (input.MetricName === undefined || input.MetricName === name) &&
          wanted.every((filter) => dimensions.some((one) => matches(filter, one))),
      );
      const page = pageAfter(metrics, input.NextToken, listedMetricsMax);
      return {
        Metrics: page.items.map(({ name, dimensions }) => ({
          Namespace: daxNamespace,
          MetricName: name,
          Dimensions: dimensions,
        })),
        ...(page.next === undefined ? {} : { NextToken: page.next }),
      };
    },
  });
}

function matches(filter: Dimension, dimension: Dimension): boolean {
  return filter.Name === dimension.Name && (filter.Value === undefined || filter.Value === dimension.Value);
}

function levels(known: readonly KnownSeries[]): readonly Metric[] {
  const metrics = new Map<string, Metric>();
  for (const { place, name } of known) {
    const cluster = { Name: "ClusterId", Value: place.cluster };
    for (const dimensions of [[], [cluster], [cluster, { Name: "NodeId", Value: place.node }]]) {
      const key = [name, ...dimensions.map(({ Value }) => Value)].join("/");
      if (!metrics.has(key)) metrics.set(key, { name, dimensions });
    }
  }
  return [...metrics].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, metric]) => metric);
}
