import { AwsError, permission } from "@hotkeep/core";
import type { CloudWatchOperations, NamedOperation } from "@hotkeep/protocols";
import { daxMetric, daxNamespace } from "../dax-metrics.js";
import { dataPointsMax } from "../limits.js";
import { asSeries, evaluateMath, type TimeSeries } from "../math/evaluate.js";
import { parseMath } from "../math/parse.js";
import type { MetricStore } from "../series/metric-store.js";
import { type CloudWatchDesk, cloudWatchOperation } from "./desk.js";
import { type Owner, selectionOf } from "./dimensions.js";
import { invalidValue } from "./errors.js";
import { readToken, writeToken } from "./page-token.js";
import { statisticOf } from "./statistics.js";
import { periodMs, type TimeSpan, timeSpan } from "./time-span.js";

type Input = CloudWatchOperations["GetMetricData"]["input"];
type Query = Input["MetricDataQueries"][number];

interface Answered {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

/** Values of several metrics, and of arithmetic over them; periods are aligned to whole multiples of themselves. */
export function getMetricData({ store }: CloudWatchDesk): NamedOperation {
  return cloudWatchOperation("GetMetricData", {
    needs: () => [permission("cloudwatch:GetMetricData", "*")],
    handle(input, owner) {
      const span = timeSpan(input.StartTime, input.EndTime);
      const newestFirst = input.ScanBy !== "TimestampAscending";
      const queries = new Queries(input.MetricDataQueries, store, owner, span);
      const answered = input.MetricDataQueries.filter((query) => query.ReturnData !== false).map((query) => {
        const points = [...queries.series(query.Id)].sort(([a], [b]) => (newestFirst ? b - a : a - b));
        return { id: query.Id, label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id, points };
      });
      return pageOf(answered, input.NextToken, Math.min(input.MaxDatapoints ?? dataPointsMax, dataPointsMax));
    },
  });
}

/** The queries of one call; each is answered once, however many expressions refer to it. */
class Queries {
  readonly #byId = new Map<string, Query>();
  readonly #answers = new Map<string, TimeSeries>();
  readonly #running = new Set<string>();
  readonly #store: MetricStore;
  readonly #owner: Owner;
  readonly #span: TimeSpan;

  constructor(queries: readonly Query[], store: MetricStore, owner: Owner, span: TimeSpan) {
    this.#store = store;
    this.#owner = owner;
    this.#span = span;
    for (const query of queries) {
      if (!/^[a-z][a-zA-Z0-9_]*$/.test(query.Id)) {
        throw invalidValue(`The value ${query.Id} for parameter MetricDataQueries.member.N.Id is not valid.`);
      }
      if (this.#byId.has(query.Id)) throw invalidValue(`The id ${query.Id} is used by two queries.`);
      if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
        throw invalidValue(`Query ${query.Id} must have one of MetricStat and Expression.`);
      }
      this.#byId.set(query.Id, query);
    }
  }

  series(id: string): TimeSeries {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const query = this.#byId.get(id);
    if (query === undefined) throw new AwsError("ValidationException", `There is no query with the id ${id}.`);
    if (this.#running.has(id)) throw new AwsError("ValidationException", `Query ${id} refers to itself.`);
    this.#running.add(id);
    const series = query.Expression === undefined ? this.#stored(query) : this.#computed(query.Expression, query);
    this.#running.delete(id);
    this.#answers.set(id, series);
    return series;
  }

  #stored({ MetricStat: stat, AccountId: account }: Query): TimeSeries {
    const { Metric: metric, Stat: name, Unit: unit } = stat!;
    const period = periodMs(stat!.Period);
    const statistic = statisticOf(name);
    const known = metric.Namespace === daxNamespace ? daxMetric(metric.MetricName ?? "") : undefined;
    const selection = selectionOf(this.#owner, metric.Dimensions);
    const foreign = account !== undefined && account !== this.#owner.account;
    if (known === undefined || selection === undefined || foreign || (unit !== undefined && unit !== known.unit)) {
      return new Map();
    }
    const sets = this.#store.collect(selection, known.name, { ...this.#span, periodMs: period, origin: 0 });
    return new Map(
      [...sets].flatMap(([at, set]) => {
        const value = statistic(set);
        return value === undefined ? [] : [[at, value] as const];
      }),
    );
  }

  #computed(expression: string, query: Query): TimeSeries {
    const { from, to } = this.#span;
    const seconds = query.Period ?? this.#shortestPeriod();
    const period = periodMs(seconds);
    const count = Math.ceil(to / period) - Math.floor(from / period);
    if (count > dataPointsMax) throw invalidValue("The time range has too many periods.");
    const first = Math.floor(from / period) * period;
    const scope = {
      expression,
      series: (id: string) => this.series(id),
      periods: Array.from({ length: count }, (_, i) => first + i * period),
    };
    return asSeries(evaluateMath(parseMath(expression), scope), scope);
  }

  #shortestPeriod(): number {
    const periods = [...this.#byId.values()].flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    return periods.length === 0 ? 60 : Math.min(...periods);
  }
}

/** Points in the order of the queries, at most `pointsMax` a page. */
function pageOf(all: readonly Answered[], token: string | undefined, pointsMax: number) {
  let skip = token === undefined ? 0 : readToken(token);
  const first = skip;
  let left = pointsMax;
  let unfinished = false;
  const results = [];
  for (const { id, label, points } of all) {
    const taken = points.slice(skip, skip + left);
    const whole = skip + taken.length >= points.length;
    if (taken.length > 0 || (whole && skip === 0)) {
      results.push({
        Id: id,
        Label: label,
        Timestamps: taken.map(([at]) => new Date(at)),
        Values: taken.map(([, value]) => value),
        StatusCode: whole ? ("Complete" as const) : ("PartialData" as const),
      });
    }
    skip = Math.max(0, skip - points.length);
    left -= taken.length;
    if (!whole) {
      unfinished = true;
      break;
    }
  }
  const next = unfinished ? { NextToken: writeToken(first + pointsMax) } : {};
  return { MetricDataResults: results, Messages: [], ...next };
}
