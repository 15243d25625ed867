import type { AuditRecord } from "@hotkeep/protocols";
import { requestKindsMax } from "./limits.js";

/** Who said no: an API of this gateway, a cluster to its caller, or the table endpoint to a cluster. */
export type DeniedAt = "gateway" | "cluster" | "table";

/** Upper ends of the histogram's buckets, in seconds. */
export const latencyBucketsS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** How long the calls of one service took. */
export interface Latencies {
  /** Calls by bucket; the last one has what is above all of them. */
  readonly buckets: Float64Array;
  sumS: number;
}

/** Calls of one service and operation that ended one way. */
export interface RequestCount {
  readonly service: string;
  readonly operation: string;
  /** `ok`, or the error's code. */
  readonly outcome: string;
  count: number;
}

/** What the gateway counts of its own: a few additions a call, and a bounded number of counters. */
export class GatewayMeters {
  readonly #requests = new Map<string, RequestCount>();
  readonly #latencies = new Map<string, Latencies>();
  #latest: RequestCount | undefined;
  readonly #denials: Record<DeniedAt, number> = { gateway: 0, cluster: 0, table: 0 };

  /** A call of an AWS API was answered. */
  called(record: Pick<AuditRecord, "service" | "operation" | "errorCode" | "durationMs">): void {
    const service = record.service ?? "unknown";
    const count = this.#countOf(service, record.operation ?? "unknown", record.errorCode ?? "ok");
    count.count++;
    let latencies = this.#latencies.get(service);
    if (latencies === undefined) {
      latencies = { buckets: new Float64Array(latencyBucketsS.length + 1), sumS: 0 };
      this.#latencies.set(service, latencies);
    }
    const seconds = record.durationMs / 1000;
    let bucket = 0;
    while (bucket < latencyBucketsS.length && seconds > latencyBucketsS[bucket]!) bucket++;
    latencies.buckets[bucket]!++;
    latencies.sumS += seconds;
  }

  denied(at: DeniedAt): void {
    this.#denials[at]++;
  }

  requests(): readonly RequestCount[] {
    return [...this.#requests.values()];
  }

  latencies(): ReadonlyMap<string, Latencies> {
    return this.#latencies;
  }

  denials(): Readonly<Record<DeniedAt, number>> {
    return this.#denials;
  }

  #countOf(service: string, operation: string, outcome: string): RequestCount {
    const latest = this.#latest;
    if (latest?.operation === operation && latest.service === service && latest.outcome === outcome) return latest;
    const key = `${service}/${operation}/${outcome}`;
    const known = this.#requests.get(key);
    if (known !== undefined) {
      this.#latest = known;
      return known;
    }
    if (this.#requests.size >= requestKindsMax && operation !== "other")
      return this.#countOf(service, "other", "other");
    const fresh = { service, operation, outcome, count: 0 };
    this.#requests.set(key, fresh);
    return fresh;
  }
}
