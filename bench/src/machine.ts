import { cpus } from "node:os";
import { pinning } from "./cores.js";

/** The machine and the arrangement, for the head of a table. */
export function machineLine(): string {
  const cpu = cpus()[0]?.model ?? "unknown processor";
  const where = pinning ? "server on one core, load on another" : "not pinned: taskset or a second core is missing";
  return `${cpu}, Node.js ${process.version}, ${where}`;
}
