import { existsSync, mkdirSync, statSync } from "node:fs";
import { appendFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Bounds of one log. */
export interface LineLogLimits {
  /** A file turns over at this size. */
  readonly fileBytesMax: number;
  /** Files kept: the one that is written and those before it, `path.1` the youngest. */
  readonly filesMax: number;
  /** What may wait to be written; more than that is let go and counted. */
  readonly waitingBytesMax: number;
}

/**
 * Records on disk, one JSON object a line, readable by nobody else. Appending never waits for the disk: a log that slows
 * calls down would be switched off, and who provokes records in bulk must not slow down others. What a crash loses is what was appended within the last write, milliseconds.
 */
export class LineLog {
  readonly #path: string;
  readonly #limits: LineLogLimits;
  readonly #onProblem: (error: unknown) => void;
  #bytes: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;

  /**
   * @param onProblem told when lines could not be written, and once for each time that records had to be let go; they are
   * lost, the log goes on
   */
  constructor(path: string, onProblem: (error: unknown) => void, limits: LineLogLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#onProblem = onProblem;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** Records that were let go because more came than could be written. */
  get dropped(): number {
    return this.#dropped;
  }

  append(record: object): void {
    const line = `${JSON.stringify(record)}\n`;
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
    // One turn later, so that records that come together are written together.
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
    if (dropped > 0) this.#onProblem(new Error(`${dropped} records came faster than they could be written`));
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
