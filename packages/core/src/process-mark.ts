import { existsSync, readFileSync } from "node:fs";

/** A process's state and start time; on Linux only, where /proc tells. Together with its id they name one process. */
function procStat(pid: number): { readonly state: string; readonly startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, startedAt: fields[19]! };
  } catch {
    return undefined;
  }
}

const hasProc = existsSync("/proc/self/stat");

/**
 * A text that names a process of this machine for others to find: its id and, where it can be known, its start time.
 * Worth writing down only while the process runs.
 */
export function processMark(pid: number): string {
  return `${pid} ${procStat(pid)?.startedAt ?? ""}`.trim();
}

/**
 * The id of the process that `mark` names, if that still runs; undefined when it has ended, also when its id went to
 * another program. Where no start times are known, whoever has the id counts.
 */
export function livingProcess(mark: string): number | undefined {
  const [pidText = "", startedAt = ""] = mark.trim().split(" ");
  if (!/^[1-9]\d*$/.test(pidText)) return undefined;
  const pid = Number(pidText);
  if (hasProc) {
    const stat = procStat(pid);
    const same = stat !== undefined && stat.state !== "Z" && (startedAt === "" || stat.startedAt === startedAt);
    return same ? pid : undefined;
  }
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? pid : undefined;
  }
}
