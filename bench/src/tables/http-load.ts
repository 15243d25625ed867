import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadCore, pinned } from "../cores.js";
import { generator } from "../native.js";

/** Keep-alive connections with one request in flight each. */
export const connections = 32;

/** What one round of load came to. */
export interface HttpResult {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Processor time of the server's process, all threads, for one request. */
  readonly cpuUs: number;
}

/** The server that is pressed. */
export interface HttpTarget {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
}

const run = promisify(execFile);
/** Units of the times in /proc; fixed for user space on Linux. */
const ticksPerSecond = 100;

/** Sends whole HTTP requests, one after the other and from the start again, from a process of its own. */
export async function httpLoad(
  target: HttpTarget,
  requests: readonly Buffer[],
  { seconds, warmSeconds = 0.3 }: { readonly seconds: number; readonly warmSeconds?: number },
): Promise<HttpResult> {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
  try {
    const file = join(folder, "requests");
    writeFileSync(file, Buffer.concat(requests.flatMap((request) => [lengthOf(request), request])));
    const args = [target.host, target.port, connections, warmSeconds, seconds, file].map(String);
    const [command, all] = pinned(loadCore, generator("http-load"), args);
    const before = cpuSeconds(target.pid);
    const { stdout } = await run(command, all);
    const used = cpuSeconds(target.pid) - before;
    const [counted, inSeconds, p50Us, p99Us, answered] = stdout.trim().split(" ").map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { perSecond: counted / inSeconds, p50Us, p99Us, cpuUs: (used / answered) * 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lengthOf(request: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(request.length, 0);
  return bytes;
}

/** Processor time of a process so far, its threads included; NaN where there is no /proc. */
function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}
