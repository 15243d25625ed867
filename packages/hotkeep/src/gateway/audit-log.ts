import { existsSync, mkdirSync, statSync } from "node:fs";
import { appendFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Bounds of one audit log. */
export interface AuditLogLimits {
  /** A file turns over at this size. */
  readonly fileBytesMax: number;
  /** Files kept: the one that is written and those before it, `path.1` the youngest. */
  readonly filesMax: number;
  /** What may wait to be written; more than that is let go and counted. */
  readonly waitingBytesMax: number;
}

/** 128 MiB on disk at the most, weeks of management events. */
export const auditLogLimits: AuditLogLimits = {
  fileBytesMax: 16 * 1024 * 1024,
  filesMax: 8,
  waitingBytesMax: 8 * 1024 * 1024,
};

/**
 * Events on disk, one JSON object a line, readable by nobody else. Appending never waits for the disk: a trail that slows
 * calls down would be switched off. What a crash loses is what was appended within the last write, milliseconds.
 */
export class AuditLog {
  readonly #path: string;
  readonly #limits: AuditLogLimits;
  readonly #onProblem: (error: unknown) => void;
  #bytes: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;

  /**
   * @param onProblem told when lines could not be written, and once for each time that events had to be let go; they are
   * lost, the log goes on
   */
  constructor(path: string, onProblem: (error: unknown) => void, limits: AuditLogLimits = auditLogLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#onProblem = onProblem;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** Events that were let go because more came than could be written. */
  get dropped(): number {
    return this.#dropped;
  }

  append(event: object): void {
    const line = `${JSON.stringify(event)}\n`;
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > this.#limits.waitingBytesMax) {
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
    // One turn later, so that events that come together are written together.
    await Promise.resolve();
    const droppedBefore = this.#dropped;
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join("");
      const bytes = this.#waitingBytes;
      this.#waiting = [];
      this.#waitingBytes = 0;
      if (this.#bytes > 0 && this.#bytes + bytes > this.#limits.fileBytesMax) await this.#turnOver();
      await appendFile(this.#path, text, { mode: 0o600 });
      this.#bytes += bytes;
    }
    const dropped = this.#dropped - droppedBefore;
    if (dropped > 0) this.#onProblem(new Error(`${dropped} audit events came faster than they could be written`));
  }

  /** The oldest file goes; every other one gets the next number. */
  async #turnOver(): Promise<void> {
    const { filesMax } = this.#limits;
    const name = (number: number) => (number === 0 ? this.#path : `${this.#path}.${number}`);
    await rm(name(filesMax - 1), { force: true });
    for (let number = filesMax - 2; number >= 0; number--) {
      if (existsSync(name(number))) await rename(name(number), name(number + 1));
    }
    this.#bytes = 0;
  }
}
