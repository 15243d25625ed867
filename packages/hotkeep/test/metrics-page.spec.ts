import { expect, it } from "vitest";
import { readConfiguration } from "../src/configuration.js";
import { answerMetrics } from "../src/gateway/metrics-page.js";

const monitoring = { page: () => "hotkeep_requests_total 1\n" };
const ask = (from: string, token: string | undefined, headers: readonly string[] = [], url = "/metrics") =>
  answerMetrics(
    { method: "GET", url, rawHeaders: headers, body: Buffer.alloc(0), remoteAddress: from, secure: false },
    { monitoring, token, openConnections: () => 0 },
  );

it("shows metrics to this machine, and to others only with the token", () => {
  const token = "sixteen-characters";
  expect(ask("127.0.0.1", undefined)).toMatchObject({ status: 200, body: "hotkeep_requests_total 1\n" });
  expect(ask("::ffff:127.0.0.1", undefined)?.status).toBe(200);
  expect(ask("::1", undefined, [], "/metrics?format=text")?.status).toBe(200);
  expect(ask("10.0.0.9", undefined)).toMatchObject({
    status: 403,
    body: expect.stringContaining("HOTKEEP_METRICS_TOKEN"),
  });
  expect(ask("10.0.0.9", token, ["Authorization", `Bearer ${token}`])?.status).toBe(200);
  // Where there is a token, it is needed from everywhere.
  expect(ask("127.0.0.1", token)).toMatchObject({
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="metrics"' },
  });
  expect(ask("127.0.0.1", token, ["authorization", `Bearer ${token}x`])?.status).toBe(401);
  expect(ask("127.0.0.1", undefined, [], "/metricsx")).toBeUndefined();
});

it("takes the token from the environment, and no weak one", () => {
  expect(readConfiguration({}, {}).metricsToken).toBeUndefined();
  expect(readConfiguration({}, { HOTKEEP_METRICS_TOKEN: "sixteen-characters" }).metricsToken).toBe(
    "sixteen-characters",
  );
  expect(() => readConfiguration({}, { HOTKEEP_METRICS_TOKEN: "short" })).toThrow(
    "HOTKEEP_METRICS_TOKEN cannot be the token for /metrics",
  );
});
