import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daxClient } from "../src/clients.js";

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code: string; readonly message: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
interface Message {
  fromObject(json: unknown): unknown;
  toObject(message: unknown, options: object): Record<string, never>;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}
// The official message types, compiled from OpenTelemetry's .proto files.
const require = createRequire(import.meta.url);
const root = require("@opentelemetry/otlp-transformer/build/src/generated/root");
const ExportRequest = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest as Message;

const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
const received: (OtlpSpan & { readonly service: string })[] = [];
let receiver: Server;
let hotkeep: RunningHotkeep;

/** OTLP's JSON has ids in hexadecimal where the types expect base64. */
function withBytes(key: string, value: unknown): unknown {
  return /^(traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(String(value), "hex").toString("base64") : value;
}

function take(body: string): void {
  // Through the wire format and back: whatever the types do not know is lost on the way.
  const message = ExportRequest.decode(
    ExportRequest.encode(ExportRequest.fromObject(JSON.parse(body, withBytes))).finish(),
  );
  const json = ExportRequest.toObject(message, { longs: String, enums: String, bytes: String }) as never as {
    resourceSpans: { resource: { attributes: OtlpSpan["attributes"] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
  };
  for (const { resource, scopeSpans } of json.resourceSpans) {
    const service = String(attribute(resource, "service.name"));
    for (const { spans } of scopeSpans) for (const span of spans) received.push({ ...span, service });
  }
}

function attribute({ attributes }: Pick<OtlpSpan, "attributes">, key: string): unknown {
  return Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];
}

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request
      .on("data", (chunk) => (body += chunk))
      .on("end", () => {
        if (request.url === "/v1/traces" && request.headers["content-type"] === "application/json") take(body);
        response.setHeader("content-type", "application/json");
        response.end("{}");
      });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  hotkeep = await startHotkeep({ otlpEndpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await hotkeep?.stop();
  receiver?.closeAllConnections();
  receiver?.close();
});

const spans = (service: string, name: string) =>
  received.filter((span) => span.service === service && span.name === name);

describe("traces", () => {
  it("show a miss over both hops as one trace, and a hit as one span", async () => {
    const { alice, bob } = hotkeep.credentials;
    const client = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, alice!);
    await client.getItem(dracula);
    await client.getItem(dracula);
    client.close();
    const refused = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, bob!);
    await expect(refused.getItem(dracula)).rejects.toThrow("dax:GetItem");
    refused.close();
    await expect.poll(() => spans("hotkeep-node", "DAX GetItem").length).toBeGreaterThanOrEqual(2);
    await expect
      .poll(() =>
        received.some((one) => one.service === "hotkeep-node" && attribute(one, "hotkeep.denied_by") === "caller"),
      )
      .toBe(true);
    const [miss, hit] = spans("hotkeep-node", "DAX GetItem");
    expect(
      [miss!, hit!].map((one) => [one.kind, attribute(one, "hotkeep.outcome"), attribute(one, "db.collection.name")]),
    ).toEqual([
      ["SPAN_KIND_SERVER", "miss", "Books"],
      ["SPAN_KIND_SERVER", "hit", "Books"],
    ]);
    expect(attribute(miss!, "enduser.id")).toBe(`arn:aws:iam::${hotkeep.account}:user/Alice`);
    expect(miss!.parentSpanId ?? "").toBe("");

    // The node's call of the table, and the gateway's answer to it, each inside the one before.
    const call = spans("hotkeep-node", "DynamoDB GetItem").find((one) => one.traceId === miss!.traceId)!;
    expect(call).toMatchObject({ kind: "SPAN_KIND_CLIENT", parentSpanId: miss!.spanId });
    const ofMiss = () => spans("hotkeep-gateway", "dynamodb GetItem").find((one) => one.traceId === miss!.traceId);
    await expect.poll(ofMiss).toBeDefined();
    const served = ofMiss()!;
    expect(served).toMatchObject({ kind: "SPAN_KIND_SERVER", parentSpanId: call.spanId });
    expect(String(attribute(served, "enduser.id"))).toContain(":assumed-role/");
    for (const one of [miss!, call, served]) {
      expect(BigInt(one.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(one.startTimeUnixNano));
    }
    expect(received.some((one) => one.traceId === hit!.traceId && one !== hit)).toBe(false);

    const denied = received.find((one) => attribute(one, "hotkeep.denied_by") === "caller")!;
    expect(denied.status).toMatchObject({ code: "STATUS_CODE_ERROR" });
    expect(JSON.stringify(received)).not.toContain("Dracula");
  });

  it("go on with the trace that a caller of the API brings along, if that is sampled", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    for (const flags of ["01", "00"]) {
      await fetch(hotkeep.endpoint, {
        method: "POST",
        headers: {
          traceparent: `00-${traceId.replace(/^../, flags)}-00f067aa0ba902b7-${flags}`,
          "x-amz-target": "DynamoDB_20120810.ListTables",
        },
        body: "{}",
      });
    }
    const ofTrace = (id: string) => received.filter((one) => Buffer.from(one.traceId, "base64").toString("hex") === id);
    await expect.poll(() => ofTrace(traceId.replace(/^../, "01")).length).toBe(1);
    expect(attribute(ofTrace(traceId.replace(/^../, "01"))[0]!, "error.type")).toBe("MissingAuthentication");
    expect(ofTrace(traceId.replace(/^../, "00"))).toEqual([]);
  });
});
