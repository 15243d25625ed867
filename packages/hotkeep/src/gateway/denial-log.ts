import { existsSync, readFileSync, statSync } from "node:fs";
import { appendFile, rename } from "node:fs/promises";

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

/** What may wait to be written; more than that is let go and counted. */
const waitingBytesMax = 4 * 1024 * 1024;

/**
 * Denials on disk, one JSON object a line: `path` and, before it, `path.1`. Appending never waits for the disk: whoever
 * provokes denials in bulk must not slow down anybody else's calls.
 */
export class DenialLog {
  readonly #path: string;
  readonly #onProblem: (error: unknown) => void;
  #bytes: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;

  /** @param onProblem told when lines could not be written; they are lost, the log goes on */
  constructor(path: string, onProblem: (error: unknown) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** Denials that were let go because more came than could be written. */
  get dropped(): number {
    return this.#dropped;
  }

  append(denial: Denial): void {
    const line = `${JSON.stringify(denial)}\n`;
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > waitingBytesMax) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    this.#writing ??= this.#write()
      .catch(this.#onProblem)
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /** Settles when everything appended so far is written, or could not be. */
  async settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    // One turn later, so that denials that come together are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join("");
      const bytes = this.#waitingBytes;
      this.#waiting = [];
      this.#waitingBytes = 0;
      if (this.#bytes > 0 && this.#bytes + bytes > denialLogBytesMax) {
        await rename(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      await appendFile(this.#path, text, { mode: 0o600 });
      this.#bytes += bytes;
    }
  }
}

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
