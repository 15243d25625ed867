import { HotkeepError } from "@hotkeep/core";

/** Where traces go, and how many. */
export interface TraceSettings {
  /** The full URL for traces. */
  readonly url: string;
  /** For the receiver; may hold its key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Share of the requests that begin a trace, 0 to 1. */
  readonly ratio: number;
}

/** The variables of OpenTelemetry's specification that are read here. */
export const traceVariables = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_TRACES_SAMPLER_ARG",
] as const;

/**
 * Reads them; undefined without an endpoint: no traces.
 *
 * @throws HotkeepError `BadConfiguration`
 */
export function readTraceSettings(environment: NodeJS.ProcessEnv): TraceSettings | undefined {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: base = "",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: full = "",
    OTEL_EXPORTER_OTLP_HEADERS: headers = "",
    OTEL_TRACES_SAMPLER_ARG: ratio = "1",
  } = environment;
  if (base === "" && full === "") return undefined;
  const url = full === "" ? `${base.replace(/\/+$/, "")}/v1/traces` : full;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new HotkeepError("BadConfiguration", `\`${full === "" ? base : full}\` cannot be the OTLP endpoint`, {
      help: "give the http:// or https:// URL of a receiver of OTLP over HTTP, such as http://127.0.0.1:4318",
    });
  }
  const share = Number(ratio);
  if (!(share >= 0 && share <= 1)) {
    throw new HotkeepError("BadConfiguration", `\`${ratio}\` cannot be the share of requests to trace`, {
      help: "set OTEL_TRACES_SAMPLER_ARG to a number from 0 to 1",
    });
  }
  return { url, headers: readHeaders(headers), ratio: share };
}

/** `name=value,name=value`, values percent-encoded (documented). */
function readHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare percent sign: meant as it stands.
    return text;
  }
}
