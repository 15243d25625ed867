import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedLists } from "./support/lists.js";
import { ReplayServer } from "./support/replay-server.js";
import { encodeRecordedError, encodeResult } from "./support/results.js";
import { neverSent } from "./support/unusual-responses.js";
import { type Json, type Vector, vectors } from "./support/vectors.js";

// The unmodified official clients for JavaScript, live over sockets: each recorded call again, answered with the bytes
// of our encoders. The client must send the recorded bytes and must show its user what it showed when recorded.

const require = createRequire(import.meta.url);
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

interface Client {
  readonly call: (operation: string, input: Json) => Promise<Json>;
  readonly close: () => void;
}

function clientV3(port: number): Client {
  const { Dax } = require("@amazon-dax-sdk/client-dax");
  const dax = new Dax({ endpoint: `dax://127.0.0.1:${port}`, region: "us-east-1", credentials, maxRetries: 0 });
  return { call: (operation, input) => dax[operation](input), close: () => dax.shutdown() };
}

function clientV2(port: number): Client {
  const AmazonDaxClient = require("amazon-dax-client");
  const dax = new AmazonDaxClient({
    endpoints: [`127.0.0.1:${port}`],
    region: "us-east-1",
    credentials,
    maxRetries: 0,
  });
  return { call: (operation, input) => dax[operation](input).promise(), close: () => dax.shutdown() };
}

/** Base64 texts of B and BS as the clients want and give them: buffers. */
function withBuffers(value: Json): Json {
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries<Json>(value).map(([name, member]) => {
      if (name === "B" && typeof member === "string") return [name, Buffer.from(member, "base64")];
      if (name === "BS") return [name, member.map((element: string) => Buffer.from(element, "base64"))];
      return [name, withBuffers(member)];
    }),
  );
}

function withBase64(value: Json): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(withBase64);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([name, member]) => name !== "$metadata" && member !== undefined);
  return Object.fromEntries(entries.map(([name, member]) => [name, withBase64(member)]));
}

function recordedCalls(client: string): Vector[] {
  const files = ["authorizeConnection", "handshake", "endpoints", "responseEncodings", "errors"];
  return vectors.filter(
    (vector) =>
      vector.client.split(" ").includes(client) &&
      !files.includes(vector.file) &&
      !vector.file.startsWith("define") &&
      !neverSent.has(vector.name) &&
      !vector.name.includes("3.14159265358979323846264338327950288419"),
  );
}

describe.each([
  ["@amazon-dax-sdk/client-dax", "js-v3", clientV3],
  ["amazon-dax-client", "js-v2", clientV2],
] as const)("the unmodified client %s", (_, name, open) => {
  const lists = recordedLists(name);
  const listIdOf = (names: readonly string[]): number => lists.idOf(names) ?? 0;
  const server = new ReplayServer(lists);
  let client: Client;

  beforeAll(async () => {
    client = open(await server.listen());
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  const calls = recordedCalls(name);

  it(`shows what it showed in ${calls.length} recorded calls, now with our bytes`, async () => {
    expect(calls.length).toBeGreaterThan(300);
    for (const vector of calls) {
      let sent = "";
      server.answer = (request, frame) => {
        sent = frame.toString("hex");
        return vector.decoded.error === undefined
          ? encodeResult(request, readable(vector), listIdOf)
          : encodeRecordedError(vector, request, vector.decoded.error, listIdOf);
      };
      const shown = await client.call(vector.call.operation, withBuffers(vector.call.input)).catch((error: Json) => ({
        error: { code: error.code, statusCode: error.statusCode, requestId: error.requestId },
      }));
      expect(sent, vector.name).toBe(vector.request_hex);
      if (vector.decoded.error === undefined) expect(withBase64(shown), vector.name).toEqual(vector.decoded);
      else expect(vector.decoded.error, vector.name).toMatchObject(shown.error);
    }
  });
});

/** js shows unprocessed puts undecoded; go shows what they are. */
function readable(vector: Vector): Json {
  if (!JSON.stringify(vector.decoded).includes("_attrListId")) return vector.decoded;
  return vectors.find((other) => other.name === vector.name && other.client === "go-v1")!.decoded;
}
