import type { Clock } from "@hotkeep/core";

/** Bounds of a {@link WrongAttempts}. */
export interface AttemptLimits {
  /** Wrong tries after which right ones do not count either. */
  readonly wrongMax: number;
  /** How long wrong tries are remembered. */
  readonly withinMs: number;
  /** Keys that are watched at once; the oldest go first. */
  readonly watchedMax: number;
}

interface Attempts {
  readonly since: number;
  count: number;
}

/** Counts wrong tries at secrets that could otherwise be found by trying. In memory: a restart forgives. */
export class WrongAttempts {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  readonly #attempts = new Map<string, Attempts>();

  constructor(clock: Clock, limits: AttemptLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether there were so many that nothing is tried any more for a while. */
  exhausted(key: string): boolean {
    const attempts = this.#attempts.get(key);
    if (attempts === undefined) return false;
    if (this.#clock.now() - attempts.since < this.#limits.withinMs) return attempts.count >= this.#limits.wrongMax;
    this.#attempts.delete(key);
    return false;
  }

  /** To be called before a try is looked at: many tries at once are many tries. */
  count(key: string): void {
    const attempts = this.#attempts.get(key);
    if (attempts !== undefined) {
      attempts.count++;
      return;
    }
    if (this.#attempts.size >= this.#limits.watchedMax) {
      for (const oldest of this.#attempts.keys()) {
        this.#attempts.delete(oldest);
        break;
      }
    }
    this.#attempts.set(key, { since: this.#clock.now(), count: 1 });
  }

  /** The right one was found. */
  forgive(key: string): void {
    this.#attempts.delete(key);
  }
}
