import type { Clock } from "@hotkeep/core";
import type { TableFileLimits } from "./limits.js";

/** Where progress is told: standard error, as a rule. */
export type ProgressOutput = Pick<NodeJS.WriteStream, "isTTY" | "write">;

/** Lines where there is no terminal come this much more seldom. */
const plainEvery = 10;

/** Tells how far a long work has come; says nothing of a short one until it is over. */
export class Progress {
  items = 0;
  bytes = 0;
  readonly #output: ProgressOutput;
  readonly #clock: Clock;
  readonly #limits: TableFileLimits;
  readonly #verb: string;
  readonly #startedAt: number;
  #nextAt: number;
  #line = false;

  /** `verb` as in `exported 3 items`. */
  constructor(verb: string, output: ProgressOutput, clock: Clock, limits: TableFileLimits) {
    this.#verb = verb;
    this.#output = output;
    this.#clock = clock;
    this.#limits = limits;
    this.#startedAt = clock.monotonic();
    this.#nextAt = this.#startedAt + limits.progressAfterMs;
  }

  /** Counts items and the bytes of their lines. */
  add(items: number, bytes: number): void {
    this.items += items;
    this.bytes += bytes;
    const now = this.#clock.monotonic();
    if (now < this.#nextAt) return;
    const isTerminal = this.#output.isTTY === true;
    this.#nextAt = now + this.#limits.progressEveryMs * (isTerminal ? 1 : plainEvery);
    this.#output.write(isTerminal ? `\r\x1b[K${this.#text(now)} …` : `${this.#text(now)} …\n`);
    this.#line = isTerminal;
  }

  /** The last line. */
  done(where: string): void {
    this.clear();
    this.#output.write(`${this.#text(this.#clock.monotonic())} ${where}\n`);
  }

  /** Takes away what stands on a terminal's line. */
  clear(): void {
    if (this.#line) this.#output.write("\r\x1b[K");
    this.#line = false;
  }

  #text(now: number): string {
    const seconds = (now - this.#startedAt) / 1000;
    const megabytes = (this.bytes / 1024 / 1024).toFixed(1);
    const speed = seconds < 1 ? "" : `, ${Math.round(this.items / seconds)} a second`;
    const items = this.items === 1 ? "1 item" : `${this.items} items`;
    return `${this.#verb} ${items}, ${megabytes} MB${speed}`;
  }
}
