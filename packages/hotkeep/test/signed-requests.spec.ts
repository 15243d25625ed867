import { Agent } from "node:http";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { netTransport } from "@hotkeep/node";
import { type Credential, createRouter, loadNativeSignedHeads } from "@hotkeep/protocols";
import { afterEach, describe, expect, it } from "vitest";
import { listenOverTransport } from "../src/gateway/http/transport-http.js";
import type { HttpListener } from "../src/gateway/http-server.js";

const account = "123456789012";
const bob: Credential = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  principal: { kind: "user", account, arn: `arn:aws:iam::${account}:user/Bob`, id: "AIDABOB", name: "Bob" },
};

let listener: HttpListener | undefined;
let client: DynamoDB | undefined;
afterEach(async () => {
  client?.destroy();
  await listener?.close(0);
});

/** A server that verifies what comes and has no operations; `signed` tells of each request whether its head took it. */
async function serve(keys: ReadonlyMap<string, Credential>, signed: boolean[]): Promise<string> {
  const router = createRouter({
    services: [],
    credentials: { find: (id) => keys.get(id) },
    authorizer: { authorize: () => undefined },
    ...{ clock: systemClock, random: new SeededRandom(1), logger: silentLogger },
  });
  listener = await listenOverTransport({
    ...{ host: "127.0.0.1", port: 0, logger: silentLogger, clock: systemClock, transport: netTransport(systemClock) },
    handle: (request) => {
      signed.push(request.signed !== undefined);
      return router.handle(request);
    },
  });
  return listener.url;
}

describe.skipIf(!("take" in loadNativeSignedHeads()))("requests of an SDK that keeps its connection", () => {
  const connected = (endpoint: string): DynamoDB =>
    new DynamoDB({
      ...{ endpoint, region: "us-west-2", credentials: bob, maxAttempts: 1 },
      requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 1 }) },
    });
  const nameOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => "answered",
      (error: Error) => error.name,
    );

  it("are taken by their head from the third on, whatever they ask for", async () => {
    const signed: boolean[] = [];
    client = connected(await serve(new Map([[bob.accessKeyId, bob]]), signed));
    for (let i = 0; i < 8; i++) {
      const table = { TableName: `Table${"x".repeat(i)}` };
      const call = i % 2 === 0 ? client.describeTable(table) : client.scan(table);
      expect(await nameOf(call)).toBe("UnknownOperationException");
    }
    expect(signed.slice(0, 2)).toEqual([false, false]);
    expect(signed.slice(-4)).toEqual([true, true, true, true]);
  });

  it("are refused as soon as the key is gone", async () => {
    const keys = new Map([[bob.accessKeyId, bob]]);
    const signed: boolean[] = [];
    client = connected(await serve(keys, signed));
    for (let i = 0; i < 4; i++) await nameOf(client.listTables({ Limit: i + 1 }));
    keys.clear();
    expect(await nameOf(client.listTables({ Limit: 9 }))).toBe("UnrecognizedClientException");
    keys.set(bob.accessKeyId, bob);
    expect(await nameOf(client.listTables({ Limit: 10 }))).toBe("UnknownOperationException");
    expect(signed.at(-1)).toBe(true);
  });
});
