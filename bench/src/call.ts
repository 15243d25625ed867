import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { memorySealer, openIdentity } from "@hotkeep/identity";
import { createRouter, type HttpRequest, sign } from "@hotkeep/protocols";
import { memoryStore } from "@hotkeep/state";
import { openTables } from "@hotkeep/tables";
import type { Figures } from "./figures.js";

const account = "123456789012";
const region = "us-west-2";
const tableArn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const callsARound = 20_000;

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"], Resource: tableArn },
    { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" },
  ],
});

/** Router, identities and tables of a gateway in this process, without its HTTP server. */
async function openHouse(path: string) {
  const common = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const identity = await openIdentity({ ...common, store: memoryStore(), sealer: memorySealer(), account });
  const tables = await openTables({ ...common, path });
  const router = createRouter({
    ...common,
    account,
    services: [...identity.handlers, tables.handlers],
    credentials: identity.credentials,
    authorizer: identity.authorizer,
  });
  const credentials = (await identity.ensureRoot())!;
  const root = (service: "iam" | "dynamodb", operation: string, input: unknown) =>
    router.invoke({ service, operation, input, region, credentials });
  const UserName = "reader";
  await root("iam", "CreateUser", { UserName });
  await root("iam", "PutUserPolicy", { UserName, PolicyName: "books", PolicyDocument: policy });
  const made = (await root("iam", "CreateAccessKey", { UserName })) as {
    readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  };
  await root("dynamodb", "CreateTable", {
    TableName: "Books",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "Author", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "Author", KeyType: "HASH" }],
  });
  await root("dynamodb", "PutItem", {
    TableName: "Books",
    Item: { Author: { S: "Ada Lovelace" }, Title: { S: "Notes on the Analytical Engine" }, Year: { N: "1843" } },
  });
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = made.AccessKey;
  return { router, identity, tables, user: { accessKeyId, secretAccessKey } };
}

/** The GetItem of an SDK, signed. */
function getItemRequest(user: { readonly accessKeyId: string; readonly secretAccessKey: string }): HttpRequest {
  const body = JSON.stringify({ TableName: "Books", Key: { Author: { S: "Ada Lovelace" } } });
  const headers = {
    host: "127.0.0.1:8110",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.GetItem",
    "amz-sdk-invocation-id": "5ce7a1f0-6a3c-4b5e-8a35-000000000000",
    "amz-sdk-request": "attempt=1; max=3",
    "content-length": String(body.length),
  };
  const signature = sign({ method: "POST", url: "/", headers, body }, user, {
    region,
    service: "dynamodb",
    now: Date.now(),
  });
  return {
    method: "POST",
    url: "/",
    rawHeaders: Object.entries({ ...headers, ...signature, "user-agent": "bench", connection: "keep-alive" }).flat(),
    body: Buffer.from(body),
    remoteAddress: "127.0.0.1",
    secure: false,
  };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Processor time in this process: one small call from headers to answer. */
export async function call({ rounds }: { readonly rounds: number }): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
  const { router, identity, tables, user } = await openHouse(folder);
  try {
    const request = getItemRequest(user);
    const first = await router.handle(request);
    if (first.status !== 200) throw new Error(`the call was answered with ${first.status} ${first.body}`);
    const wholeCall = async () => {
      for (let i = 0; i < callsARound; i++) await router.handle(request);
    };
    const figures = {
      call_cpu_us: Number((await median(rounds, callsARound, wholeCall)).toFixed(1)),
    };
    process.stdout.write(`processor time, medians of ${rounds} rounds, Node.js ${process.version}\n`);
    process.stdout.write(`  one GetItem: verified, decoded, decided, read, encoded   ${figures.call_cpu_us} µs\n`);
    return figures;
  } finally {
    await tables.close();
    await identity.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor time of one of `count`, after a round that is not counted. */
async function median(rounds: number, count: number, run: () => Promise<void>): Promise<number> {
  await run();
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = cpuUs();
    await run();
    figures.push((cpuUs() - before) / count);
  }
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}
