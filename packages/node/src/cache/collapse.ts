interface Running<Value> {
  readonly result: Promise<Value>;
}

/**
 * Runs one piece of work per key however many ask for it at the same time. Whoever comes after {@link detach} starts
 * anew, and the detached work is told that it is no longer current.
 */
export class Collapse<Value> {
  readonly #running = new Map<string, Running<Value>>();

  /** Keys with work under way. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * The result of the work under way for `key`, or else of `start`'s. `current` tells the work whether its result may
   * still be kept.
   */
  run(key: string, start: (current: () => boolean) => Promise<Value>): Promise<Value> {
    const running = this.#running.get(key);
    if (running !== undefined) return running.result;
    const current = (): boolean => this.#running.get(key) === mine;
    const work = async (): Promise<Value> => {
      // Registered before it starts, so that `current` holds from its first step.
      await undefined;
      try {
        return await start(current);
      } finally {
        if (current()) this.#running.delete(key);
      }
    };
    const mine: Running<Value> = { result: work() };
    this.#running.set(key, mine);
    return mine.result;
  }

  /** Nobody joins the work under way for `key` any more. */
  detach(key: string): void {
    this.#running.delete(key);
  }

  /** The same for every key that `which` picks. */
  detachWhere(which: (key: string) => boolean): void {
    for (const key of this.#running.keys()) if (which(key)) this.#running.delete(key);
  }
}
