import { invalidValue } from "./errors.js";

const minuteMs = 60_000;

/** A checked span of time, in milliseconds since the epoch: from the start of a minute on, up to and without `to`. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** @throws AwsError `InvalidParameterValueException` */
export function timeSpan(start: Date, end: Date): TimeSpan {
  if (start.getTime() >= end.getTime()) {
    throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  }
  // Whole minutes (documented for what is younger than 15 days).
  return { from: Math.floor(start.getTime() / minuteMs) * minuteMs, to: end.getTime() };
}

/**
 * A period in milliseconds.
 *
 * @throws AwsError `InvalidParameterValueException` unless it is a number of minutes (documented for metrics such as DAX's)
 */
export function periodMs(seconds: number): number {
  if (seconds <= 0 || seconds % 60 !== 0 || seconds > 86_400 * 365) {
    throw invalidValue(`The value ${seconds} for parameter Period is invalid: it must be a multiple of 60`);
  }
  return seconds * 1000;
}
