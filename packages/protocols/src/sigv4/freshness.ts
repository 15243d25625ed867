import { CommonAwsError } from "@hotkeep/core";
import { presignedSecondsMax } from "../limits.js";
import { amzDate, parseAmzDate } from "./time.js";

/** Many requests are signed in one second. */
let lastDate = "";
let lastSignedAt = 0;

/**
 * Refuses a signature made too long ago or too far in the future.
 *
 * @param expires a presigned URL's `X-Amz-Expires`
 * @throws CommonAwsError with AWS's words.
 */
export function checkFreshness(date: string, expires: string | undefined, now: number, skewMs: number): void {
  const signedAt = date === lastDate ? lastSignedAt : parseAmzDate(date);
  if (signedAt === undefined) {
    throw new CommonAwsError(
      "IncompleteSignature",
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  lastDate = date;
  lastSignedAt = signedAt;
  const lifeMs = expires === undefined ? skewMs : readExpires(expires) * 1000;
  // Dates on the wire are whole seconds.
  const nowSecond = now - (now % 1000);
  if (signedAt < nowSecond - lifeMs) {
    throw new CommonAwsError(
      "RequestExpired",
      `Signature expired: ${date} is now earlier than ${amzDate(now - lifeMs)} (${amzDate(now)} - ${span(lifeMs)}.)`,
    );
  }
  if (signedAt > nowSecond + skewMs) {
    throw new CommonAwsError(
      "RequestExpired",
      `Signature not yet current: ${date} is still later than ${amzDate(now + skewMs)} (${amzDate(now)} + ${span(skewMs)}.)`,
    );
  }
}

function readExpires(text: string): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > presignedSecondsMax) {
    throw new CommonAwsError(
      "IncompleteSignature",
      `X-Amz-Expires must be a whole number of seconds from 1 to ${presignedSecondsMax}. Got '${text}'`,
    );
  }
  return seconds;
}

function span(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} sec`;
}
