import type { StatisticSet } from "../series/statistic-set.js";
import { invalidValue } from "./errors.js";

/** One number of a period; undefined: the samples do not tell it. */
export type Statistic = (set: Readonly<StatisticSet>) => number | undefined;

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: (set) => set.count,
  Average: (set) => set.sum / set.count,
  Sum: (set) => set.sum,
  Minimum: (set) => set.min,
  Maximum: (set) => set.max,
};

/**
 * A statistic by its name. Percentiles are told only where every sample was the same, since sums are kept and no samples
 * (documented for metrics that arrive as statistic sets).
 *
 * @throws AwsError `InvalidParameterValueException`
 */
export function statisticOf(name: string): Statistic {
  if (Object.hasOwn(simple, name)) return simple[name]!;
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return (set) => (set.min === set.max ? set.min : undefined);
  throw invalidValue(
    `The statistic ${name} is not kept here: SampleCount, Average, Sum, Minimum, Maximum and percentiles such as p99 are`,
  );
}
