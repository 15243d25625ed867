import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { daxMetric, daxNamespace } from "../dax-metrics.js";
import { statisticsPointsMax } from "../limits.js";
import { type CloudWatchDesk, cloudWatchOperation } from "./desk.js";
import { selectionOf } from "./dimensions.js";
import { invalidCombination, missing } from "./errors.js";
import { statisticOf } from "./statistics.js";
import { periodMs, timeSpan } from "./time-span.js";

/** Statistics of one metric; periods begin at StartTime. */
export function getMetricStatistics({ store }: CloudWatchDesk): NamedOperation {
  return cloudWatchOperation("GetMetricStatistics", {
    needs: () => [permission("cloudwatch:GetMetricStatistics", "*")],
    handle(input, owner) {
      const { MetricName: name, Statistics: simple = [], ExtendedStatistics: extended = [] } = input;
      if (simple.length + extended.length === 0) {
        throw missing("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
      }
      const span = timeSpan(input.StartTime, input.EndTime);
      const period = periodMs(input.Period);
      const points = Math.ceil((span.to - span.from) / period);
      if (points > statisticsPointsMax) {
        throw invalidCombination(
          `You have requested up to ${points} datapoints, which exceeds the limit of ${statisticsPointsMax}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        );
      }
      const statistics = simple.map((one) => [one, statisticOf(one)] as const);
      const percentiles = extended.map((one) => [one, statisticOf(one)] as const);
      const metric = input.Namespace === daxNamespace ? daxMetric(name) : undefined;
      const selection = selectionOf(owner, input.Dimensions);
      const unitFits = input.Unit === undefined || input.Unit === metric?.unit;
      if (metric === undefined || selection === undefined || !unitFits) return { Label: name, Datapoints: [] };
      const periods = store.collect(selection, name, { ...span, periodMs: period, origin: span.from });
      const Datapoints = [...periods]
        .sort(([a], [b]) => a - b)
        .map(([at, set]) => ({
          Timestamp: new Date(at),
          ...Object.fromEntries(statistics.map(([one, of]) => [one, of(set)])),
          ...(percentiles.length > 0 && {
            ExtendedStatistics: Object.fromEntries(percentiles.flatMap(([one, of]) => told(one, of(set)))),
          }),
          Unit: metric.unit,
        }));
      return { Label: name, Datapoints };
    },
  });
}

function told(name: string, value: number | undefined): (readonly [string, number])[] {
  return value === undefined ? [] : [[name, value]];
}
