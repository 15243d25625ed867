import type { Clock, Timer } from "@hotkeep/core";

interface Due {
  readonly at: number;
  readonly order: number;
  readonly process: SimProcess | undefined;
  readonly fire: () => void;
  cancelled: boolean;
}

/** Time that passes only from one event to the next. Events at the same time happen in the order they were planned. */
export class VirtualTime {
  /** Milliseconds since the run began: the true time, which no process sees. */
  now = 0;
  /** Called after each event, when everything that it set off has happened. */
  afterEach: () => void = () => {};
  readonly #heap: Due[] = [];
  #order = 0;
  #ended = false;

  /** Plans an event, as one of a process if given: it does not happen when that has ended, and waits while it stands. */
  after(delayMs: number, fire: () => void, process?: SimProcess): Timer {
    const due: Due = {
      at: this.now + Math.max(0, delayMs),
      order: this.#order++,
      process,
      fire,
      cancelled: false,
    };
    this.#push(due);
    return { cancel: () => (due.cancelled = true) };
  }

  /** Settles when so much time has passed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** No event after the one that runs. */
  end(): void {
    this.#ended = true;
  }

  /** Lets everything happen until the end. */
  async run(): Promise<void> {
    while (!this.#ended) {
      const due = this.#pop();
      if (due === undefined) return;
      if (due.cancelled || due.process?.dead === true) continue;
      this.now = Math.max(this.now, due.at);
      if (due.process?.stopped === true) {
        due.process.held.push(due);
        continue;
      }
      due.fire();
      // A whole turn: every promise that this event settles has had its say before the next event.
      await new Promise(setImmediate);
      this.afterEach();
    }
  }

  /** What a process could not do while it stood, it does now. */
  release(held: readonly object[]): void {
    for (const due of held as readonly Due[]) this.#push({ ...due, at: this.now, order: this.#order++ });
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(due, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Due, b: Due): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

/** A process: clocks of its own, and an end. What it does are events of its own. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  dead = false;
  stopped = false;
  readonly held: object[] = [];
  /** What its wall clock is off by, in milliseconds. */
  wallErrorMs = 0;
  readonly #time: VirtualTime;

  /** @param rate how much faster than true time its clocks run, e.g. 1.01 */
  constructor(name: string, time: VirtualTime, rate: number, monotonicOrigin: number) {
    this.name = name;
    this.#time = time;
    const born = time.now;
    const wallStart = Date.UTC(2026, 0, 1);
    this.clock = {
      now: () => wallStart + this.wallErrorMs + time.now,
      monotonic: () => monotonicOrigin + (time.now - born) * rate,
      after: (delayMs, fire) => time.after(delayMs / rate, fire, this),
    };
  }

  after(delayMs: number, fire: () => void): Timer {
    return this.#time.after(delayMs, fire, this);
  }

  /** SIGSTOP. */
  stop(): void {
    this.stopped = true;
  }

  /** SIGCONT. */
  resume(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.#time.release(this.held.splice(0));
  }

  /** kill -9. */
  kill(): void {
    this.dead = true;
    this.held.length = 0;
  }
}
