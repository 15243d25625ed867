import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** The server under test gets one core, the load generator another, where the machine has `taskset` and two cores. */
export const serverCore = 0;
export const loadCore = 1;

function canPin(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return cpus().length > 1;
  } catch {
    return false;
  }
}

/** False: nothing is pinned, and figures vary more. */
export const pinning = canPin();

/** `command args…` on one core. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  return pinning ? ["taskset", ["-c", String(core), command, ...args]] : [command, [...args]];
}

/** Moves a running process, all its threads and all its children to one core. */
export function pinFamily(pid: number, core: number): void {
  if (!pinning) return;
  execFileSync("taskset", ["-acp", String(core), String(pid)], { stdio: "ignore" });
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (parent === pid) pinFamily(Number(entry), core);
    } catch (error) {
      // A process may end between being listed and being read.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH")
        throw error;
    }
  }
}
