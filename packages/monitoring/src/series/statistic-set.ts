/** Samples added up: all that CloudWatch's simple statistics need. */
export interface StatisticSet {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** No sample. */
export function emptySet(): StatisticSet {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

/** Adds the samples of `other` to `set`. */
export function addSet(set: StatisticSet, other: Readonly<StatisticSet>): void {
  set.count += other.count;
  set.sum += other.sum;
  set.min = Math.min(set.min, other.min);
  set.max = Math.max(set.max, other.max);
}
