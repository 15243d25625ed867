import { createHmac } from "node:crypto";

/** The header of a delivery by which its receiver knows who sent it, and when. */
export const signatureHeader = "hotkeep-signature";

/**
 * `t=SECONDS,v1=HEX`: the time of this attempt in seconds since the epoch, and HMAC-SHA256 of `SECONDS.BODY` with the
 * webhook's secret. The time is signed, too, so that nobody can deliver an old event again later.
 */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex")}`;
}
