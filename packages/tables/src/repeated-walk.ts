import type { Clock, Timer } from "@hotkeep/core";

/** What is walked, and how often. */
export interface RepeatedWalkParts {
  readonly clock: Pick<Clock, "after">;
  /** Pause before the first walk and between the end of one and the beginning of the next. */
  readonly everyMs: number;
  readonly walk: () => Promise<void>;
  /** Told of a walk that failed; the next one tries again. */
  readonly onFailure: (error: unknown) => void;
}

/** Work in the background that nobody waits for, done again after each pause until it is stopped. */
export class RepeatedWalk {
  readonly #parts: RepeatedWalkParts;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: RepeatedWalkParts) {
    this.#parts = parts;
  }

  /** A walk that is under way ends with its next step. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    if (this.#stopped) return;
    const { clock, everyMs, walk, onFailure } = this.#parts;
    this.#timer = clock.after(everyMs, () => {
      this.#running = walk()
        .catch(onFailure)
        .finally(() => this.start());
    });
  }

  /** Resolves when no walk is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }
}
