import { daxMetrics } from "../dax-metrics.js";
import { nodeSilentMs } from "../limits.js";
import type { MetricStore, NodePlace } from "./metric-store.js";

/** What a node tells of itself: counters since its start, and how the rest stands. Names it shares with CloudWatch. */
export interface NodeReport {
  /** Milliseconds since the epoch; tells one run of a node from the next. */
  readonly startedAt: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The last report of a node. */
export interface NodeTotals {
  readonly place: NodePlace;
  readonly report: NodeReport;
  readonly heardAt: number;
}

/**
 * Turns reports, whose counters only grow, into samples: what has been added since the report before. A report that got
 * lost loses nothing that way. The first report of a run that began before this gateway listened is only where counting
 * begins, unless the run itself is no older than that.
 */
export class NodeReports {
  readonly #store: MetricStore;
  readonly #listeningSince: number;
  readonly #last = new Map<string, NodeTotals>();

  constructor(store: MetricStore, listeningSince: number) {
    this.#store = store;
    this.#listeningSince = listeningSince;
  }

  /** Takes in a report; `now` is this process's time, so that nodes' clocks do not matter. */
  take(place: NodePlace, report: NodeReport, now: number): void {
    const key = `${place.account}/${place.region}/${place.node}`;
    const before = this.#last.get(key)?.report;
    this.#last.set(key, { place, report, heardAt: now });
    const same = before !== undefined && before.startedAt === report.startedAt;
    const base = same ? before.values : report.startedAt >= this.#listeningSince ? {} : report.values;
    for (const { name, counter } of daxMetrics) {
      const value = report.values[name];
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      this.#store.add(place, name, now, counter ? Math.max(0, value - (base[name] ?? 0)) : value);
    }
  }

  /** The nodes that have reported lately. */
  current(now: number): readonly NodeTotals[] {
    for (const [key, { heardAt }] of this.#last) if (heardAt < now - nodeSilentMs) this.#last.delete(key);
    return [...this.#last.values()];
  }
}
