/**
 * Keeps an answer that is made already from being given: it can tell of something that is still on its way to the disk.
 */
export class AnswerHold {
  #held: Promise<unknown> | undefined;

  /** What the answer waits for; when it rejects, its reason is the answer instead. Undefined: nothing. */
  get held(): Promise<unknown> | undefined {
    return this.#held;
  }

  /** The answer, good or bad, is not given before this resolves, nor before what it was held for earlier. */
  until(durable: Promise<unknown>): void {
    if (this.#held === undefined || this.#held === durable) {
      this.#held = durable;
      return;
    }
    const both = Promise.all([this.#held, durable]);
    // It may reject before the answer is made. Whoever gives the answer hears of it then.
    both.catch(() => undefined);
    this.#held = both;
  }
}
