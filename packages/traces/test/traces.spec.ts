import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SeededRandom, systemClock } from "@hotkeep/core";
import {
  childOf,
  EvenSampler,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  readTraceSettings,
  type Span,
  SpanExporter,
} from "@hotkeep/traces";
import { describe, expect, it } from "vitest";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const parent = "00f067aa0ba902b7";

describe("the header traceparent", () => {
  it("is read and written as the standard says", () => {
    expect(parseTraceparent(`00-${trace}-${parent}-01`)).toEqual({ traceId: trace, spanId: parent, sampled: true });
    expect(parseTraceparent(`00-${trace}-${parent}-02`)).toMatchObject({ sampled: false });
    expect(parseTraceparent(`cc-${trace}-${parent}-01-what-comes-later`)).toMatchObject({ traceId: trace });
    const made = newTrace(new SeededRandom(1));
    expect(parseTraceparent(formatTraceparent(childOf(made, new SeededRandom(2))))).toMatchObject({
      traceId: made.traceId,
      sampled: true,
    });
  });

  it.each([
    undefined,
    "",
    `ff-${trace}-${parent}-01`,
    `00-${trace}-${parent}-01-more`,
    `00-${"0".repeat(32)}-${parent}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace}-${parent}`,
  ])("%s is ignored", (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

it("samples an even share", () => {
  const sampler = new EvenSampler(0.25);
  expect(Array.from({ length: 400 }, () => sampler.next()).filter(Boolean)).toHaveLength(100);
  const none = new EvenSampler(0);
  expect(Array.from({ length: 100 }, () => none.next())).not.toContain(true);
});

describe("the settings", () => {
  it("come from OpenTelemetry's variables", () => {
    expect(readTraceSettings({})).toBeUndefined();
    expect(readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:4318/" })).toEqual({
      url: "http://h:4318/v1/traces",
      headers: {},
      ratio: 1,
    });
    expect(
      readTraceSettings({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://h/x",
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, other = c=d ,broken",
        OTEL_TRACES_SAMPLER_ARG: "0.01",
      }),
    ).toEqual({ url: "https://h/x", headers: { "api-key": "a b", other: "c=d" }, ratio: 0.01 });
  });

  it("are refused with a reason", () => {
    expect(() => readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" })).toThrow(
      "`collector:4317` cannot be the OTLP endpoint",
    );
    expect(() =>
      readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h", OTEL_TRACES_SAMPLER_ARG: "10%" }),
    ).toThrow("`10%` cannot be the share");
  });
});

describe("the exporter", () => {
  const span: Span = {
    traceId: trace,
    spanId: parent,
    name: "s",
    kind: "server",
    startMs: 1_795_000_000_000.25,
    endMs: 1_795_000_000_001,
    attributes: {},
  };
  const lines: string[] = [];
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields)}`),
  };
  const make = (url: string) =>
    new SpanExporter({ settings: { url, headers: { "api-key": "k" } }, resource: {}, clock: systemClock, logger });

  it("posts in batches, with its headers, and exact nanoseconds", async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request
        .on("data", (chunk) => (body += chunk))
        .on("end", () => {
          bodies.push(`${request.method} ${request.url} ${request.headers["api-key"]} ${body}`);
          response.end("{}");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const exporter = make(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`);
    for (let i = 0; i < 600; i++) exporter.add(span);
    await exporter.close();
    exporter.add(span);
    expect(bodies.map((body) => body.split('"traceId"').length - 1)).toEqual([512, 88]);
    expect(bodies[0]).toMatch(/^POST \/v1\/traces k \{"resourceSpans"/);
    expect(bodies[0]).toContain('"startTimeUnixNano":"1795000000000250000","endTimeUnixNano":"1795000000001000000"');
    server.close();
  });

  it("drops what a receiver does not take, says so once, and keeps no more than it may", async () => {
    const exporter = make("http://127.0.0.1:9/v1/traces?key=secret");
    for (let i = 0; i < 5_000; i++) exporter.add(span);
    expect(exporter.dropped).toBe(5_000 - 4_096);
    await exporter.flush();
    expect(exporter.dropped).toBe(5_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^traces could not be sent \{"to":"http:\/\/127\.0\.0\.1:9\/v1\/traces","reason":"/);
    expect(lines[0]).not.toContain("secret");
    await exporter.close();
  });
});
