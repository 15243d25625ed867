import { renameSync, rmSync, writeFileSync } from "node:fs";

/** What a running gateway tells other commands on this machine. */
export interface Running {
  readonly pid: number;
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  /** Where the tables are, when they are not here. */
  readonly tableEndpoint?: string;
  readonly clusters: readonly { readonly name: string; readonly endpoint: string }[];
}

/** Leaves the note at `path`, whole or not at all. */
export function writeRunningFile(path: string, running: Running): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Takes the note away. */
export function removeRunningFile(path: string): void {
  rmSync(path, { force: true });
}
