import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCore, pinned } from "./cores.js";
import { generator } from "./native.js";
import { runApart } from "./run-apart.js";

/** Something that answers requests of one fixed length with responses of one fixed length. */
export interface LoadTarget {
  readonly address: string;
  readonly port: number;
  /** Sent once on every connection; gets no answer. */
  readonly preamble: Buffer;
  readonly request: Buffer;
  /** More requests of the same length, sent in turn with the first. */
  readonly otherRequests?: readonly Buffer[];
  readonly responseBytes: number;
}

/** How hard to press. */
export interface Pressure {
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly inFlight: number;
  readonly seconds: number;
  /** Requests a second at most; as many as are answered when absent. */
  readonly rate?: number;
}

/** What came back. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** One round of load from a process of its own, on the core that is not the server's unless told otherwise. */
export async function load(target: LoadTarget, pressure: Pressure, core = loadCore): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
  try {
    writeFileSync(join(folder, "preamble"), target.preamble);
    writeFileSync(join(folder, "requests"), Buffer.concat([target.request, ...(target.otherRequests ?? [])]));
    const args = [target.address, target.port, pressure.connections, pressure.inFlight, pressure.seconds].map(String);
    const [command, all] = pinned(core, generator("load"), [
      ...args,
      join(folder, "preamble"),
      join(folder, "requests"),
      String(target.request.length),
      String(target.responseBytes),
      ...(pressure.rate === undefined ? [] : [String(Math.round(pressure.rate))]),
    ]);
    const stdout = await runApart(command, all);
    const [requests, seconds, p50Us, p99Us] = stdout.trim().split(" ").map(Number) as [number, number, number, number];
    return { perSecond: requests / seconds, p50Us, p99Us };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The median of each figure over several rounds. */
export function median(results: readonly LoadResult[]): LoadResult {
  const middle = (figure: keyof LoadResult): number => {
    const sorted = results.map((result) => result[figure]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]!;
  };
  return { perSecond: middle("perSecond"), p50Us: middle("p50Us"), p99Us: middle("p99Us") };
}
