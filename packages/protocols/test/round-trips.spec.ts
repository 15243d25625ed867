import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as dax from "@aws-sdk/client-dax";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as dynamodbstreams from "@aws-sdk/client-dynamodb-streams";
import * as ec2 from "@aws-sdk/client-ec2";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { SeededRandom } from "@hotkeep/core";
import type { ServiceName } from "@hotkeep/protocols";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHeaders } from "../src/http/headers.js";
import { loadTables } from "../src/model/load.js";
import type { ProtocolName } from "../src/model/tables.js";
import { assembleServices, type Service } from "../src/routing/service.js";
import { RandomValues } from "./random-values.js";
import { bob } from "./server.js";

const rounds = 3;

interface AnyClient {
  send(command: unknown): Promise<Record<string, unknown>>;
}
type AnyModule = Readonly<Record<string, unknown>>;
interface Spoken {
  readonly title: string;
  readonly service: ServiceName;
  readonly module: AnyModule;
  readonly client: string;
  /** Where the client can speak more than one. */
  readonly protocol?: ProtocolName;
  readonly speaker?: unknown;
}
const spoken = (service: ServiceName, module: unknown, client: string): Spoken => {
  return { title: service, service, module: module as AnyModule, client };
};
const monitoring = spoken("monitoring", cloudwatch, "CloudWatchClient");
const everything: readonly Spoken[] = [
  spoken("iam", iam, "IAMClient"),
  spoken("sts", sts, "STSClient"),
  spoken("ec2", ec2, "EC2Client"),
  spoken("dax", dax, "DAXClient"),
  spoken("dynamodb", dynamodb, "DynamoDBClient"),
  spoken("dynamodbstreams", dynamodbstreams, "DynamoDBStreamsClient"),
  monitoring,
  { ...monitoring, title: "monitoring in CBOR", protocol: "cbor", speaker: AwsSmithyRpcV2CborProtocol },
  { ...monitoring, title: "monitoring in the query protocol", protocol: "query", speaker: AwsQueryProtocol },
];

// No router here: random values break the models' constraints, which is not what this is about.
const services = assembleServices([]);
let service: Service;
let received: unknown;
let answer: unknown;
let server: Server;
let endpoint = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, rawHeaders } = request;
      const body = Buffer.concat(chunks);
      const whole = { method: method!, url: url!, rawHeaders, body, remoteAddress: "", secure: false };
      try {
        const headersRead = readHeaders(rawHeaders);
        const wire = service.wireFor(whole, headersRead);
        const incoming = wire.open(whole, headersRead);
        received = incoming.readInput();
        const { status, headers, body: text } = wire.writeOutput(incoming.operation, answer, "id");
        response.writeHead(status, headers);
        response.end(text);
      } catch (error) {
        received = error;
        response.writeHead(500);
        response.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe.each(everything)("every operation of $title", ({ service: name, module, client: clientName, ...how }) => {
  it(`survives ${rounds} random inputs and outputs there and back`, async () => {
    const tables = { ...loadTables(name), ...(how.protocol && { protocol: how.protocol }) };
    service = services(name);
    const Client = module[clientName] as new (configuration: unknown) => AnyClient;
    const { accessKeyId, secretAccessKey } = bob;
    const client = new Client({
      endpoint,
      region: "us-west-2",
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey },
      ...(how.speaker === undefined ? {} : { protocol: how.speaker }),
    });
    const values = new RandomValues(tables, new SeededRandom(20261123));
    for (const [operation, { input, output }] of Object.entries(tables.operations)) {
      const Command = module[`${operation}Command`] as new (input: unknown) => unknown;
      for (let round = 0; round < rounds; round++) {
        const sent = input === undefined ? { sdk: {}, ours: {} } : values.make(input);
        const returned = output === undefined ? { sdk: {}, ours: {} } : values.make(output);
        answer = returned.ours;
        const result = await client.send(new Command(sent.sdk)).catch((error: unknown) => ({ error, received }));
        const { $metadata: _, ...members } = result as Record<string, unknown>;
        expect({ operation, received, members }).toEqual({ operation, received: sent.ours, members: returned.sdk });
      }
    }
  });
});
