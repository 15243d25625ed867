import { readdirSync, readFileSync } from "node:fs";

const kibibyte = 1024;

/** The gateway's only node: its one child. @throws Error when it has more or none */
export function nodeProcess(gateway: number): number {
  const children = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === gateway;
      } catch {
        return false;
      }
    });
  if (children.length !== 1) throw new Error(`the gateway has ${children.length} children instead of one node`);
  return Number(children[0]);
}

/** Bytes of memory that a process holds now. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (line === null) throw new Error(`process ${pid} does not tell its memory`);
  return Number(line[1]) * kibibyte;
}
