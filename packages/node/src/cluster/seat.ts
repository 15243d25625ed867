import type { Clock } from "@hotkeep/core";

interface Waiting {
  readonly sequence: number;
  readonly settle: (seated: boolean) => void;
}

/**
 * The node's own view of its seat: until when it may act as a member of its cluster. Runs on this node's monotonic clock
 * from the moment the node asked, so it ends here before the gateway takes it for ended, however long the answer took.
 */
export class Seat {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();
  #until = Number.NEGATIVE_INFINITY;
  #leadsUntil = Number.NEGATIVE_INFINITY;
  /** The number of this node's last write notice of which the gateway is known to know. */
  #shown = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get held(): boolean {
    return this.#clock.monotonic() < this.#until;
  }

  /** Whether the node may call itself the leader. */
  get leads(): boolean {
    return this.#clock.monotonic() < this.#leadsUntil;
  }

  /** @param sequence of the last write notice, as the request for the seat told it */
  extend(until: number, leads: boolean, sequence: number): void {
    this.#until = Math.max(this.#until, until);
    if (leads) this.#leadsUntil = Math.max(this.#leadsUntil, until);
    this.#shown = Math.max(this.#shown, sequence);
    if (!this.held) return;
    for (const waiting of [...this.#waiting]) if (waiting.sequence <= this.#shown) waiting.settle(true);
  }

  /** The gateway cannot be heard any more: what was granted does not count. */
  giveUp(): void {
    this.#until = Number.NEGATIVE_INFINITY;
    this.#leadsUntil = Number.NEGATIVE_INFINITY;
  }

  /**
   * Waits until the node has its seat, and the gateway knows of this node's notices up to `sequence`.
   *
   * @returns false when that has not come true within `ms`
   */
  async heldWithin(ms: number, sequence = 0): Promise<boolean> {
    if (this.held && sequence <= this.#shown) return true;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        sequence,
        settle: (seated) => {
          timer.cancel();
          this.#waiting.delete(waiting);
          resolve(seated);
        },
      };
      const timer = this.#clock.after(ms, () => waiting.settle(false));
      this.#waiting.add(waiting);
    });
  }
}
