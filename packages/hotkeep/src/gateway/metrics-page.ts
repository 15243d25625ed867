import { createHash, timingSafeEqual } from "node:crypto";
import type { Monitoring } from "@hotkeep/monitoring";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";

/** Who may read the page. */
export interface MetricsPageOptions {
  readonly monitoring: Pick<Monitoring, "page">;
  /** A bearer token that opens the page from anywhere; without one it is for this machine only. */
  readonly token: string | undefined;
  readonly openConnections: () => number;
}

const path = "/metrics";
/** Version 0.0.4 of Prometheus's text format. */
const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** Answers `GET /metrics`; undefined: another page or an API call. */
export function answerMetrics(request: HttpRequest, options: MetricsPageOptions): HttpResponse | undefined {
  if (request.method !== "GET" || request.url.split("?")[0] !== path) return undefined;
  const { token, monitoring, openConnections } = options;
  if (token === undefined) {
    if (!isLoopback(request.remoteAddress)) {
      return plain(
        403,
        "metrics are for this machine only; set HOTKEEP_METRICS_TOKEN to open them with a bearer token\n",
      );
    }
  } else if (!carries(request, token)) {
    const refusal = plain(401, "the bearer token of HOTKEEP_METRICS_TOKEN is needed\n");
    return { ...refusal, headers: { ...refusal.headers, "www-authenticate": 'Bearer realm="metrics"' } };
  }
  const { user, system } = process.cpuUsage();
  const body = monitoring.page({
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    startedAtS: performance.timeOrigin / 1000,
    openConnections: openConnections(),
  });
  return { status: 200, headers: { "content-type": contentType, "cache-control": "no-store" }, body };
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain" }, body };
}

function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1";
}

function carries({ rawHeaders }: HttpRequest, token: string): boolean {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === "authorization");
  const given = at < 0 ? undefined : /^Bearer +(\S+)$/i.exec(rawHeaders[at + 1] ?? "")?.[1];
  // Hashes have one length, whatever was sent.
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(hash(given), hash(token));
}
