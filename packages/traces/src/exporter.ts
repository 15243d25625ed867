import type { Clock, Logger, Timer } from "@hotkeep/core";
import type { TraceSettings } from "./settings.js";
import { otlpJson, type Resource, type Span } from "./span.js";

/** Spans that wait; more are dropped and counted, so that a slow receiver slows nobody. */
const spansWaitingMax = 4_096;
const spansPerPostMax = 512;
const postEveryMs = 1_000;
const postTimeoutMs = 5_000;
/** Pause between two lines in the log about a receiver that does not take spans. */
const complainEveryMs = 60_000;

/** What an exporter works with. */
export interface ExporterOptions {
  readonly settings: Pick<TraceSettings, "url" | "headers">;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sends finished spans to a receiver of OTLP over HTTP, in JSON, a batch a second. Nobody waits for it. */
export class SpanExporter {
  readonly #options: ExporterOptions;
  #waiting: Span[] = [];
  #dropped = 0;
  #timer: Timer | undefined;
  #posting: Promise<void> = Promise.resolve();
  #complainAt = 0;
  #closed = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  /** Spans that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  add(span: Span): void {
    if (this.#closed) return;
    if (this.#waiting.length >= spansWaitingMax) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(span);
    this.#timer ??= this.#options.clock.after(postEveryMs, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  /** Sends what waits; settles when it has been sent or given up. */
  flush(): Promise<void> {
    this.#posting = this.#posting.then(async () => {
      while (this.#waiting.length > 0) await this.#post(this.#waiting.splice(0, spansPerPostMax));
    });
    return this.#posting;
  }

  /** Sends what waits, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.flush();
  }

  async #post(spans: readonly Span[]): Promise<void> {
    const { settings, resource } = this.#options;
    try {
      const response = await fetch(settings.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...settings.headers },
        body: otlpJson(spans, resource),
        signal: AbortSignal.timeout(postTimeoutMs),
      });
      await response.arrayBuffer();
      if (!response.ok) this.#gaveUp(spans, `the receiver answered ${response.status}`);
    } catch (error) {
      this.#gaveUp(spans, reasonOf(error));
    }
  }

  #gaveUp(spans: readonly Span[], reason: string): void {
    const { clock, logger, settings } = this.#options;
    this.#dropped += spans.length;
    if (clock.monotonic() < this.#complainAt) return;
    this.#complainAt = clock.monotonic() + complainEveryMs;
    // The URL without what might be a key in it.
    const { origin, pathname } = new URL(settings.url);
    logger.warn("traces could not be sent", { to: `${origin}${pathname}`, reason, dropped: this.#dropped });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
