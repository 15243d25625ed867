/** How often the way that is not in use is tried, and how many times then. */
const tryEveryMs = 1_000;
const triesMax = 8;
/** The thread must be that much quicker before it is used: it costs the processor more. */
const threadMustGain = 1.25;

/** Writes that went one way, and how long they took together. */
interface Taken {
  count: number;
  ms: number;
}

/**
 * Which way records go: handed to the system directly, or by a thread. Directly is quicker as a rule. But the system
 * finishes such a write in a thread of its own, on the processor that the disk speaks to, and where something else
 * computes there without a pause, that waits for milliseconds. Nobody can tell but by trying.
 */
export class QuickerWay {
  #isDirect = true;
  #used: Taken = { count: 0, ms: 0 };
  #tried: Taken = { count: 0, ms: 0 };
  #nextTryAt: number;

  /** `now`, here and below: milliseconds of a clock that never goes back. */
  constructor(now: number) {
    this.#nextTryAt = now + tryEveryMs;
  }

  /** Whether to write directly now. */
  isDirect(now: number): boolean {
    return now < this.#nextTryAt ? this.#isDirect : !this.#isDirect;
  }

  /** A write is done. */
  took(isDirect: boolean, ms: number, now: number): void {
    const taken = isDirect === this.#isDirect ? this.#used : this.#tried;
    taken.count++;
    taken.ms += ms;
    if (this.#tried.count < triesMax) return;
    const [direct, thread] = this.#isDirect ? [this.#used, this.#tried] : [this.#tried, this.#used];
    if (this.#used.count > 0) this.#isDirect = direct.ms / direct.count <= threadMustGain * (thread.ms / thread.count);
    this.#used = { count: 0, ms: 0 };
    this.#tried = { count: 0, ms: 0 };
    this.#nextTryAt = now + tryEveryMs;
  }
}
