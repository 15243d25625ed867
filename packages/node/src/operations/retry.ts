import type { OperationContext } from "./context.js";

/** Waits before a batch sends again what the table left unprocessed: longer each time, `attempt` from 1. */
export function pauseBeforeRetry({ clock, limits }: OperationContext, attempt: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(limits.batchRetryMs * 2 ** (attempt - 1), resolve);
  });
}
