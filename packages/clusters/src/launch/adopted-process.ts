import type { Clock } from "@hotkeep/core";
import { livingProcess } from "@hotkeep/core/process-mark";
import type { NodeExit, NodeProcess } from "./launcher.js";

/** Somebody else's child tells nobody of its end: it is looked at this often. */
const lookMs = 100;

/** A process of this machine that an earlier gateway started, found again by its mark; undefined when it has ended. */
export function adoptProcess(mark: string, clock: Clock): NodeProcess | undefined {
  const pid = livingProcess(mark);
  if (pid === undefined) return undefined;
  const exited = new Promise<NodeExit>((resolve) => {
    const look = (): void => {
      // How it ended is known to nobody who could tell.
      if (livingProcess(mark) === undefined) resolve({ code: null, signal: null });
      else clock.after(lookMs, look);
    };
    clock.after(lookMs, look);
  });
  return {
    pid,
    mark,
    exited,
    stop(signal) {
      if (livingProcess(mark) === undefined) return;
      try {
        process.kill(pid, signal);
      } catch (error) {
        // It ended between the look and the signal.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
  };
}
