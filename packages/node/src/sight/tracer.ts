import type { Clock, Random } from "@hotkeep/core";
import { AwsError } from "@hotkeep/core";
import type { MethodName } from "@hotkeep/dax-wire";
import { childOf, EvenSampler, formatTraceparent, newTrace, type Span, type SpanContext } from "@hotkeep/traces";
import { readItemKey } from "../cache/item-key.js";
import { operationName } from "../operation-name.js";
import type { TableCallName, TableCalls, TableEndpoint } from "../table/table-calls.js";
import type { FollowedRequest, Sighting } from "./sighting.js";
import type { Follower } from "./watch.js";

/** What a tracer works with. */
export interface TracerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Share of the requests that begin a trace, 0 to 1. */
  readonly ratio: number;
  readonly export: (span: Span) => void;
  readonly clusterArn: string;
}

/** A span for each request on the node, and one for each call that it makes of the table, which carries the context on. */
export class Tracer implements Follower {
  readonly #options: TracerOptions;
  readonly #sampler: EvenSampler;

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#sampler = new EvenSampler(options.ratio);
  }

  wants(): boolean {
    return this.#sampler.next();
  }

  begin(_method: MethodName): FollowedRequest {
    return new TracedRequest(newTrace(this.#options.random), this.#options);
  }

  seen(sighting: Sighting, endedAt: number): void {
    const { followed, method, startedAt, outcome, principal, itemKey, ageMs, deniedBy, error } = sighting;
    if (!(followed instanceof TracedRequest)) return;
    const { clock, clusterArn } = this.#options;
    const { traceId, spanId } = followed.context;
    const endMs = clock.now();
    const operation = operationName(method);
    const table = itemKey === undefined ? sighting.table : readItemKey(itemKey).table;
    this.#options.export({
      traceId,
      spanId,
      name: `DAX ${operation}`,
      kind: "server",
      startMs: endMs - (endedAt - startedAt),
      endMs,
      attributes: {
        "rpc.system": "dax",
        "rpc.service": "DAX",
        "rpc.method": operation,
        "db.collection.name": table,
        "enduser.id": principal,
        "aws.request_id": error?.requestId,
        "error.type": error?.code,
        "hotkeep.cluster": clusterArn,
        "hotkeep.outcome": outcome,
        "hotkeep.age_ms": ageMs === undefined ? undefined : Math.round(ageMs),
        "hotkeep.denied_by": deniedBy,
      },
      error: error?.message,
    });
  }
}

/** One request, followed to the table. */
class TracedRequest implements FollowedRequest {
  readonly context: SpanContext;
  readonly #options: TracerOptions;

  constructor(context: SpanContext, options: TracerOptions) {
    this.context = context;
    this.#options = options;
  }

  tables(endpoint: TableEndpoint): TableEndpoint {
    return { call: (name, input) => this.#call(endpoint, name, input) };
  }

  async #call<Name extends TableCallName>(
    endpoint: TableEndpoint,
    name: Name,
    input: TableCalls[Name]["input"],
  ): Promise<TableCalls[Name]["output"]> {
    const { clock, random } = this.#options;
    const context = childOf(this.context, random);
    const startMs = clock.now();
    const startedAt = clock.monotonic();
    let failure: unknown;
    try {
      return await endpoint.call(name, input, { traceparent: formatTraceparent(context) });
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.#options.export({
        traceId: context.traceId,
        spanId: context.spanId,
        parentSpanId: this.context.spanId,
        name: `DynamoDB ${name}`,
        kind: "client",
        startMs,
        endMs: startMs + clock.monotonic() - startedAt,
        attributes: {
          "rpc.system": "aws-api",
          "rpc.service": "DynamoDB",
          "rpc.method": name,
          "error.type": failure instanceof AwsError ? failure.code : failure === undefined ? undefined : "unreachable",
        },
        error: failure instanceof Error ? failure.message : undefined,
      });
    }
  }
}
