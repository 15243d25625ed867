import type { Random } from "@hotkeep/core";

/** Where a span is in its trace. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The first span of a new trace. */
export function newTrace(random: Random): SpanContext {
  return { traceId: hex(random, 16), spanId: hex(random, 8), sampled: true };
}

/** A new span of the same trace. */
export function childOf(parent: SpanContext, random: Random): SpanContext {
  return { traceId: parent.traceId, spanId: hex(random, 8), sampled: parent.sampled };
}

/** The header `traceparent` (W3C Trace Context, version 00). */
export function formatTraceparent({ traceId, spanId, sampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** What a `traceparent` says; undefined for one that the standard has ignored. Later versions are read like the first. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const found = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text?.trim() ?? "");
  if (found === null) return undefined;
  const [, version, traceId, spanId, flags, more] = found;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return undefined;
  return { traceId: traceId!, spanId: spanId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

function hex(random: Random, bytes: number): string {
  const id = Buffer.from(random.bytes(bytes));
  // All zero is no id.
  if (id.every((byte) => byte === 0)) id[0] = 1;
  return id.toString("hex");
}
