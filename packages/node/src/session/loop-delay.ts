import type { Clock, Timer } from "@hotkeep/core";
import type { NodeLimits } from "../limits.js";

/** What bounds the delay. */
export type LoopDelayLimits = Pick<NodeLimits, "loopDelayMsMax" | "loopDelayProbeMs">;

/**
 * Probes that count. One late probe is a pause, of the garbage collector or of the machine; only when all of them are
 * late does every request wait that long.
 */
const probesCounted = 3;

/**
 * How late the event loop comes to what is due: a timer that should fire every `loopDelayProbeMs` is as late as each
 * request that lies in a socket. The measured delay is the least one of the last few probes.
 */
export class LoopDelay {
  readonly #clock: Clock;
  readonly #limits: LoopDelayLimits;
  readonly #late = new Float64Array(probesCounted);
  #next = 0;
  #probe: Timer | undefined;

  constructor(clock: Clock, limits: LoopDelayLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The measured delay, in milliseconds. */
  get ms(): number {
    return Math.min(...this.#late);
  }

  /** Whether the delay is above what the node accepts before it turns work away. */
  get tooLong(): boolean {
    return this.ms > this.#limits.loopDelayMsMax;
  }

  /** Measures from now on. */
  start(): void {
    this.stop();
    const due = this.#clock.monotonic() + this.#limits.loopDelayProbeMs;
    this.#probe = this.#clock.after(this.#limits.loopDelayProbeMs, () => {
      this.#late[this.#next] = Math.max(0, this.#clock.monotonic() - due);
      this.#next = (this.#next + 1) % probesCounted;
      this.start();
    });
  }

  stop(): void {
    this.#probe?.cancel();
    this.#probe = undefined;
  }
}
