import type { Clock } from "@hotkeep/core";

/** Whether `event` settles within `ms`. */
export function settlesWithin(clock: Clock, event: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false));
    const settled = (): void => {
      timer.cancel();
      resolve(true);
    };
    event.then(settled, settled);
  });
}
