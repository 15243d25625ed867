export { childOf, formatTraceparent, newTrace, parseTraceparent, type SpanContext } from "./context.js";
export { type ExporterOptions, SpanExporter } from "./exporter.js";
export { EvenSampler } from "./sampler.js";
export { readTraceSettings, type TraceSettings, traceVariables } from "./settings.js";
export type { AttributeValue, Resource, Span } from "./span.js";
