import { minutesKeptMs, seriesMax } from "../limits.js";
import { Series } from "./series.js";
import { emptySet, type StatisticSet } from "./statistic-set.js";

/** Where a node is, and whose it is. */
export interface NodePlace {
  readonly account: string;
  readonly region: string;
  /** The cluster's name: the dimension `ClusterId`. */
  readonly cluster: string;
  /** `daxcluster01-a`: the dimension `NodeId`. */
  readonly node: string;
}

/** Which of an account's nodes in a Region are meant: all, one cluster's, or one. */
export interface Selection {
  readonly account: string;
  readonly region: string;
  readonly cluster?: string | undefined;
  readonly node?: string | undefined;
}

/** A metric that has been written to, of one node. */
export interface KnownSeries {
  readonly place: NodePlace;
  readonly name: string;
  readonly lastAt: number;
}

interface Kept {
  readonly place: NodePlace;
  readonly name: string;
  readonly series: Series;
}

/** Every node's metrics. Clusters and the account are added up from their nodes when somebody asks. */
export class MetricStore {
  /** In the order of creation. */
  readonly #kept = new Map<string, Kept>();

  /** Adds one sample; zero is no sample (documented: metrics are sent only when they are not zero). */
  add(place: NodePlace, name: string, at: number, value: number): void {
    if (value === 0) return;
    const key = `${place.account}/${place.region}/${place.cluster}/${place.node}/${name}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      if (this.#kept.size >= seriesMax) this.#makeRoom(at);
      kept = { place, name, series: new Series() };
      this.#kept.set(key, kept);
    }
    kept.series.add(at, value);
  }

  /** The metrics with samples since `since`. */
  known(selection: Selection, since: number): readonly KnownSeries[] {
    const found: KnownSeries[] = [];
    for (const { place, name, series } of this.#kept.values()) {
      if (selects(selection, place) && series.lastAt >= since) found.push({ place, name, lastAt: series.lastAt });
    }
    return found;
  }

  /** The samples of one metric in `[from, to)`, added up in periods that begin at `origin`, by the periods' starts. */
  collect(
    selection: Selection,
    name: string,
    span: { readonly from: number; readonly to: number; readonly periodMs: number; readonly origin: number },
  ): ReadonlyMap<number, Readonly<StatisticSet>> {
    const { from, to, periodMs, origin } = span;
    const periods = new Map<number, StatisticSet>();
    const setAt = (minute: number): StatisticSet => {
      const start = origin + Math.floor((minute - origin) / periodMs) * periodMs;
      let set = periods.get(start);
      if (set === undefined) {
        set = emptySet();
        periods.set(start, set);
      }
      return set;
    };
    for (const kept of this.#kept.values()) {
      if (kept.name === name && selects(selection, kept.place)) kept.series.collect(from, to, setAt);
    }
    return periods;
  }

  #makeRoom(now: number): void {
    let oldest: string | undefined;
    let oldestAt = Number.POSITIVE_INFINITY;
    for (const [key, { series }] of this.#kept) {
      if (series.lastAt < now - minutesKeptMs) this.#kept.delete(key);
      else if (series.lastAt < oldestAt) {
        oldest = key;
        oldestAt = series.lastAt;
      }
    }
    if (this.#kept.size >= seriesMax && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function selects(selection: Selection, place: NodePlace): boolean {
  return (
    selection.account === place.account &&
    selection.region === place.region &&
    (selection.cluster === undefined || selection.cluster === place.cluster) &&
    (selection.node === undefined || selection.node === place.node)
  );
}
