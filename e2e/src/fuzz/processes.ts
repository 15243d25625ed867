import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Processes whose parent is `pid`, in the order of their ids. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((entry) => parentOf(entry) === pid)
    .sort((a, b) => a - b);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It ended while the list was read.
    return undefined;
  }
}

/** Whether the process is there. */
export const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** Memory that a process holds, in bytes. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line![1]) * 1024;
}

const shownErrorsMax = 10;
const shownCharactersMax = 1_500;

/** The lines of a program's standard error that tell of a failure of its own; the first few, and not all of each. */
export function errorsIn(output: string): readonly string[] {
  return output
    .split("\n")
    .filter((line) => /"level":[56]0|^\w*Error\b|uncaught|unhandled|ended unexpectedly/i.test(line))
    .slice(0, shownErrorsMax)
    .map((line) => line.slice(0, shownCharactersMax));
}
