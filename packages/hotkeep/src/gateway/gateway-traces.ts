import type { Clock, Logger, Random } from "@hotkeep/core";
import { principalName } from "@hotkeep/core";
import type { AuditRecord } from "@hotkeep/protocols";
import {
  childOf,
  EvenSampler,
  newTrace,
  parseTraceparent,
  type SpanContext,
  SpanExporter,
  type TraceSettings,
} from "@hotkeep/traces";

/** What the gateway's traces work with. */
export interface GatewayTracesOptions {
  readonly settings: TraceSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A span for each call of an API: of the caller's trace if the request carries one, else of a new one for a share of them. */
export class GatewayTraces {
  readonly #random: Random;
  readonly #exporter: SpanExporter;
  readonly #sampler: EvenSampler;

  constructor({ settings, clock, random, logger }: GatewayTracesOptions) {
    this.#random = random;
    this.#sampler = new EvenSampler(settings.ratio);
    const resource = { "service.name": "hotkeep-gateway", "service.version": "0.1.0" };
    this.#exporter = new SpanExporter({ settings, resource, clock, logger });
  }

  /** A call was answered. */
  called(record: AuditRecord): void {
    const parent = parseTraceparent(record.traceparent);
    const context = this.#contextOf(parent);
    if (context === undefined) return;
    const { time, durationMs, service = "unknown", operation = "unknown", errorCode, errorMessage } = record;
    this.#exporter.add({
      ...context,
      parentSpanId: parent?.spanId,
      name: `${service} ${operation}`,
      kind: "server",
      startMs: time,
      endMs: time + durationMs,
      attributes: {
        "rpc.system": "aws-api",
        "rpc.service": service,
        "rpc.method": operation,
        "http.response.status_code": record.status,
        "aws.request_id": record.requestId,
        "enduser.id": record.principal === undefined ? undefined : principalName(record.principal),
        "error.type": errorCode,
      },
      error: errorCode === undefined ? undefined : (errorMessage ?? errorCode),
    });
  }

  /** Sends what waits. */
  close(): Promise<void> {
    return this.#exporter.close();
  }

  #contextOf(parent: SpanContext | undefined): SpanContext | undefined {
    if (parent !== undefined) return parent.sampled ? childOf(parent, this.#random) : undefined;
    return this.#sampler.next() ? newTrace(this.#random) : undefined;
  }
}
