import { invalid, invalidParameters } from "../errors.js";
import type { Billing, UnitPair } from "./definition.js";

/** `OnDemandThroughput` as requests have it; -1 takes a bound away. */
export interface GivenOnDemand {
  readonly MaxReadRequestUnits?: number;
  readonly MaxWriteRequestUnits?: number;
}

/** `WarmThroughput` as requests have it. */
export interface GivenWarm {
  readonly ReadUnitsPerSecond?: number;
  readonly WriteUnitsPerSecond?: number;
}

/** What a new on-demand table or index is ready for (documented: "Understanding DynamoDB warm throughput"). */
const onDemandWarm = { read: 12_000, write: 4_000 };

/** What a table or index is ready for at least; more where it was asked for. */
export function warmOf(units: UnitPair | undefined, asked: UnitPair | undefined): UnitPair {
  const least = units ?? onDemandWarm;
  return { read: Math.max(least.read, asked?.read ?? 0), write: Math.max(least.write, asked?.write ?? 0) };
}

/**
 * The warm throughput that a request asks for; `what` names the table or index in errors.
 *
 * @throws AwsError `ValidationException` for less than there is now.
 */
export function readWarm(given: GivenWarm | undefined, now: UnitPair, what: string): UnitPair | undefined {
  if (given === undefined) return undefined;
  const { ReadUnitsPerSecond: read = now.read, WriteUnitsPerSecond: write = now.write } = given;
  for (const [member, asked, current] of [
    ["ReadUnitsPerSecond", read, now.read],
    ["WriteUnitsPerSecond", write, now.write],
  ] as const) {
    if (asked < current) {
      throw invalidParameters(
        `Requested ${member} for WarmThroughput for ${what} is lower than current WarmThroughput, ` +
          "decreasing WarmThroughput is not supported",
      );
    }
  }
  return { read, write };
}

/**
 * The bounds of an on-demand table or index after a request, which leaves out what it does not change.
 *
 * @throws AwsError `ValidationException`
 */
export function readOnDemand(
  given: GivenOnDemand | undefined,
  before: Partial<UnitPair> | undefined,
  billing: Billing["mode"],
): Partial<UnitPair> | undefined {
  if (given === undefined) return billing === "PAY_PER_REQUEST" ? before : undefined;
  if (billing !== "PAY_PER_REQUEST") {
    throw invalidParameters("OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST");
  }
  for (const member of ["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const) {
    const units = given[member];
    if (units !== undefined && units !== -1 && units < 1) {
      throw invalid(`Given value ${units} for ${member} is out of bounds`);
    }
  }
  const { MaxReadRequestUnits: read = before?.read ?? -1, MaxWriteRequestUnits: write = before?.write ?? -1 } = given;
  if (read === -1 && write === -1) return undefined;
  return { ...(read === -1 ? {} : { read }), ...(write === -1 ? {} : { write }) };
}

/** When provisioned throughput went up and down, for descriptions. Times are milliseconds since the epoch. */
export interface ThroughputChanges {
  readonly increasedAt?: number;
  readonly decreasedAt?: number;
  /** Decreases on the UTC day of the last one. */
  readonly decreases?: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const dayOf = (time: number): number => Math.floor(time / dayMs);

/** The changes after another one; a change may go up on one side and down on the other. */
export function noteChange(
  changes: ThroughputChanges | undefined,
  before: UnitPair,
  after: UnitPair,
  now: number,
): ThroughputChanges {
  const isUp = after.read > before.read || after.write > before.write;
  const isDown = after.read < before.read || after.write < before.write;
  return {
    ...changes,
    ...(isUp ? { increasedAt: now } : {}),
    ...(isDown ? { decreasedAt: now, decreases: decreasesToday(changes, now) + 1 } : {}),
  };
}

/** Decreases on the UTC day of `now`. */
export function decreasesToday(changes: ThroughputChanges | undefined, now: number): number {
  const { decreasedAt, decreases = 0 } = changes ?? {};
  return decreasedAt !== undefined && dayOf(decreasedAt) === dayOf(now) ? decreases : 0;
}
