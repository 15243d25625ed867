import { existsSync, readFileSync } from "node:fs";
import type { LineLogLimits } from "./line-log.js";

/** One denial as `hotkeep explain` opens it. */
export interface Denial {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `caller`: refused at this API or at the cluster's door; `service-role`: the cluster was refused at the table. */
  readonly hop: "caller" | "service-role";
  readonly principal: string;
  /** Of a refusal at the table: who had asked the cluster. */
  readonly askedBy?: string;
  readonly action: string;
  readonly resource: string;
  readonly message: string;
  /** What decided, statement by statement, in plain lines. */
  readonly reasons: readonly string[];
}

/** Today's surprises, not an archive: 16 MiB on disk at the most. */
export const denialLogLimits: LineLogLimits = {
  fileBytesMax: 8 * 1024 * 1024,
  filesMax: 2,
  waitingBytesMax: 4 * 1024 * 1024,
};

/**
 * The denials with this id in the log at `path`, a cluster's hop first; without an id, those of the newest line. Empty when
 * it was never there or is too old.
 */
export function findDenials(path: string, id?: string): readonly Denial[] {
  for (const file of [path, `${path}.1`]) {
    if (!existsSync(file)) continue;
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const last = lines.at(-1);
    const wanted = id ?? (last === undefined || last === "" ? undefined : (JSON.parse(last) as Denial).id);
    if (wanted === undefined) continue;
    const found = lines
      .filter((line) => line.includes(wanted))
      .map((line) => JSON.parse(line) as Denial)
      .filter((denial) => denial.id === wanted);
    if (found.length > 0)
      return found.sort((a, b) => Number(b.hop === "service-role") - Number(a.hop === "service-role"));
  }
  return [];
}
