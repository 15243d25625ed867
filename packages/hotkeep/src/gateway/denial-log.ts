import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";

/** One denial as `hotkeep explain` opens it. */
export interface Denial {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `caller`: refused at this API or at the cluster's door; `service-role`: the cluster was refused at the table. */
  readonly hop: "caller" | "service-role";
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly message: string;
  /** What decided, statement by statement, in plain lines. */
  readonly reasons: readonly string[];
}

/** The log turns over at this size; one older file is kept. */
export const denialLogBytesMax = 8 * 1024 * 1024;

/** Denials on disk, one JSON object a line: `path` and, before it, `path.1`. */
export class DenialLog {
  readonly #path: string;
  #bytes: number;

  constructor(path: string) {
    this.#path = path;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  append(denial: Denial): void {
    const line = `${JSON.stringify(denial)}\n`;
    if (this.#bytes + line.length > denialLogBytesMax) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#bytes = 0;
    }
    appendFileSync(this.#path, line, { mode: 0o600 });
    this.#bytes += Buffer.byteLength(line);
  }

  /** The denial with this id; undefined when it was never here or is too old. */
  find(id: string): Denial | undefined {
    for (const path of [this.#path, `${this.#path}.1`]) {
      if (!existsSync(path)) continue;
      for (const line of readFileSync(path, "utf8").split("\n")) {
        if (line.includes(id)) {
          const denial = JSON.parse(line) as Denial;
          if (denial.id === id) return denial;
        }
      }
    }
    return undefined;
  }
}
