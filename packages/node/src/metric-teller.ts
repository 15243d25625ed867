import type { Clock } from "@hotkeep/core";
import type { Gateway } from "./gateway.js";
import type { NodeMetrics } from "./metrics.js";

/** Pause between two reports. */
const reportEveryMs = 5_000;

/** What a teller works with. */
export interface MetricTellerOptions {
  readonly gateway: Pick<Gateway, "notify">;
  readonly clock: Clock;
  readonly metrics: () => NodeMetrics;
  /** Processor time that this process has used, in microseconds. */
  readonly cpuMicros: () => number;
}

/** Tells the gateway every few seconds how the node stands: one notice of bounded size, however much was counted. */
export class MetricTeller {
  readonly #options: MetricTellerOptions;
  readonly #startedAt: number;
  #tellAt: number;
  #cpuMicros: number;
  #cpuAt: number;

  constructor(options: MetricTellerOptions) {
    const { clock, cpuMicros } = options;
    this.#options = options;
    this.#startedAt = clock.now();
    this.#cpuAt = clock.monotonic();
    this.#cpuMicros = cpuMicros();
    this.#tellAt = this.#cpuAt + reportEveryMs;
  }

  /** Tells when it is time to; `now` is monotonic. */
  tick(now: number): void {
    if (now < this.#tellAt) return;
    this.tell(now);
  }

  /** Tells now. */
  tell(now: number): void {
    const { gateway, metrics, cpuMicros } = this.#options;
    this.#tellAt = now + reportEveryMs;
    const used = cpuMicros();
    const elapsedMicros = Math.max(1, now - this.#cpuAt) * 1000;
    const CPUUtilization = (100 * (used - this.#cpuMicros)) / elapsedMicros;
    this.#cpuMicros = used;
    this.#cpuAt = now;
    gateway.notify("metrics", { startedAt: this.#startedAt, values: { ...metrics(), CPUUtilization } });
  }
}
