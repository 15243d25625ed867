import type { Clock, Logger } from "@hotkeep/core";

/** Tells of one peer that was refused. */
export type ReportRefusal = (remoteAddress: string, reason: string) => void;

/** One line of the log for a refusal and then none for a while: strangers decide how many there are. */
export function refusalReports(
  message: string,
  { clock, logger, pauseMs }: { readonly clock: Clock; readonly logger: Logger; readonly pauseMs: number },
): ReportRefusal {
  let nextAt = Number.NEGATIVE_INFINITY;
  let unreported = 0;
  return (remoteAddress, reason) => {
    if (clock.monotonic() < nextAt) {
      unreported += 1;
      return;
    }
    logger.warn(message, { remoteAddress, reason, unreportedBefore: unreported });
    nextAt = clock.monotonic() + pauseMs;
    unreported = 0;
  };
}
