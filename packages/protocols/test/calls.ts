import type { HttpRequest, HttpResponse, ServiceName, SigningCredentials } from "@hotkeep/protocols";
import { sign } from "@hotkeep/protocols";
import { bob } from "./server.js";

export interface Call {
  readonly service: ServiceName;
  /** For JSON services: the target's operation. */
  readonly operation?: string;
  readonly body: string | Buffer;
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: SigningCredentials;
  readonly now?: number;
}

const targets: Readonly<Partial<Record<ServiceName, string>>> = {
  dynamodb: "DynamoDB_20120810",
  dynamodbstreams: "DynamoDBStreams_20120810",
  dax: "AmazonDAXV3",
  monitoring: "GraniteServiceVersion20100801",
  hotkeep: "Hotkeep_20261101",
};

/** A signed request, made by hand so that anything can be put into it. */
export function signedCall(call: Call): HttpRequest {
  const { service, operation, body, url = "/", method = "POST" } = call;
  const target = targets[service];
  const headers: Record<string, string> = {
    host: "localhost",
    ...(target === undefined ? {} : { "x-amz-target": `${target}.${operation}` }),
    ...call.headers,
  };
  const signing = service === "dynamodbstreams" ? "dynamodb" : service;
  const scope = { region: "us-west-2", service: signing, now: call.now ?? Date.now() };
  const signature = sign({ method, url, headers, body }, call.credentials ?? bob, scope);
  return unsignedCall({ ...call, headers: { ...headers, ...signature } });
}

export function unsignedCall({ url = "/", method = "POST", headers = {}, body }: Omit<Call, "service">): HttpRequest {
  const rawHeaders = Object.entries(headers).flat();
  return { method, url, rawHeaders, body: Buffer.from(body), remoteAddress: "::ffff:10.0.0.9", secure: true };
}

export function json(response: HttpResponse): Record<string, unknown> {
  return JSON.parse(response.body.toString()) as Record<string, unknown>;
}
