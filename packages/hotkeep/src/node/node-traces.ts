import { type Logger, systemClock } from "@hotkeep/core";
import type { NodeOptions } from "@hotkeep/node";
import { readTraceSettings, SpanExporter } from "@hotkeep/traces";

/** Traces of a node, where the environment names a receiver; undefined: none, and they cost nothing. */
export function nodeTraces(
  nodeId: string,
  logger: Logger,
): { readonly traces: NonNullable<NodeOptions["traces"]>; close(): Promise<void> } | undefined {
  const settings = readTraceSettings(process.env);
  if (settings === undefined) return undefined;
  const resource = { "service.name": "hotkeep-node", "service.instance.id": nodeId, "service.version": "0.1.0" };
  const exporter = new SpanExporter({ settings, resource, clock: systemClock, logger });
  return {
    traces: { ratio: settings.ratio, export: (span) => exporter.add(span) },
    close: () => exporter.close(),
  };
}
