import { readdirSync, readFileSync } from "node:fs";

const kibibyte = 1024;

/** The processes that a gateway has started: its nodes, in the order of their names. */
export function nodeProcesses(gateway: number): readonly number[] {
  const children = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === gateway;
      } catch {
        // It ended while the list was read.
        return false;
      }
    });
  // The last argument of a node's command is its name.
  const name = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").at(-2) ?? "";
  return children
    .map((pid) => ({ pid, name: name(pid) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ pid }) => pid);
}

/** The gateway's only node. @throws Error when it has more or none */
export function nodeProcess(gateway: number): number {
  const nodes = nodeProcesses(gateway);
  if (nodes.length !== 1) throw new Error(`the gateway has ${nodes.length} nodes instead of one`);
  return nodes[0]!;
}

/** Bytes of memory that a process holds now. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (line === null) throw new Error(`process ${pid} does not tell its memory`);
  return Number(line[1]) * kibibyte;
}
