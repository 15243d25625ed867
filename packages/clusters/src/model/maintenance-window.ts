import type { Random } from "@hotkeep/core";
import { invalidValue } from "../errors.js";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const minutesPerDay = 24 * 60;
const minutesPerWeek = 7 * minutesPerDay;
const windowMinutes = 60;

/** First minute (UTC) of the eight hours in which a Region's default windows lie (documented). */
const blockStarts: Readonly<Record<string, number>> = {
  "us-east-1": 3 * 60,
  "us-east-2": 23 * 60,
  "us-west-1": 6 * 60,
  "us-west-2": 6 * 60,
  "eu-west-1": 22 * 60,
  "eu-west-2": 23 * 60,
  "eu-west-3": 23 * 60,
  "eu-central-1": 23 * 60,
  "ap-northeast-1": 13 * 60,
  "ap-southeast-1": 14 * 60,
  "ap-southeast-2": 12 * 60,
  "ap-south-1": 17 * 60 + 30,
  "sa-east-1": 60,
  "cn-north-1": 14 * 60,
  "cn-northwest-1": 23 * 60,
};
const blockMinutes = 8 * 60;

/** 60 minutes on a random day, at a random time in the Region's block. */
export function defaultWindow(region: string, random: Random): string {
  const [a, b, c] = random.bytes(3) as unknown as [number, number, number];
  const offset = Math.floor(((b * 256 + c) / 65_536) * (blockMinutes - windowMinutes + 1));
  const start = (a % 7) * minutesPerDay + (blockStarts[region] ?? 3 * 60) + offset;
  return `${timeText(start)}-${timeText(start + windowMinutes)}`;
}

/** @throws AwsError `InvalidParameterValueException` unless it is `ddd:hh24:mi-ddd:hh24:mi`, an hour to a day long */
export function checkWindow(text: string): string {
  const lower = text.toLowerCase();
  const match = /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/.exec(lower);
  const start = match === null ? undefined : minuteOf(match[1]!, match[2]!, match[3]!);
  const end = match === null ? undefined : minuteOf(match[4]!, match[5]!, match[6]!);
  if (start === undefined || end === undefined) {
    throw invalidValue(`The maintenance window ${text} is not of the form ddd:hh24:mi-ddd:hh24:mi.`);
  }
  const length = (end - start + minutesPerWeek) % minutesPerWeek;
  if (length < windowMinutes || length > minutesPerDay) {
    throw invalidValue(`The maintenance window ${text} must last at least 60 minutes and at most 24 hours.`);
  }
  return lower;
}

function minuteOf(day: string, hour: string, minute: string): number | undefined {
  const index = days.indexOf(day as (typeof days)[number]);
  if (index < 0 || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return index * minutesPerDay + Number(hour) * 60 + Number(minute);
}

function timeText(minutes: number): string {
  const inWeek = minutes % minutesPerWeek;
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = days[Math.floor(inWeek / minutesPerDay)]!;
  return `${day}:${two(Math.floor((inWeek % minutesPerDay) / 60))}:${two(inWeek % 60)}`;
}
