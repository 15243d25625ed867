// Runs one unmodified client in a process of its own, because Node.js reads NODE_EXTRA_CA_CERTS at its start only.

import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import type { ClientJob, ClientReport } from "./job.js";

const job = JSON.parse(process.env.CLIENT_JOB ?? "") as ClientJob;
const { endpoint, region, keys: credentials, patienceMs = 30_000 } = job;

const input = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

type Answer = { readonly Item?: { readonly Year?: { readonly N?: string } } };
type Read = () => Promise<Answer>;

/** Each client is loaded only where it is used: they are large. */
async function open(): Promise<Read> {
  if (job.client === "sdk") {
    const { DynamoDB } = await import("@aws-sdk/client-dynamodb");
    const sdk = new DynamoDB({ endpoint, region, credentials, maxAttempts: 1 });
    return async () => (await sdk.getItem(input)) as Answer;
  }
  const { skipHostnameVerification } = job;
  const options = { endpoints: [endpoint], region, credentials, maxRetries: 2, skipHostnameVerification };
  if (job.client === "dax v3") {
    const { Dax } = await import("@amazon-dax-sdk/client-dax");
    const client = new Dax(options as never) as unknown as { getItem(of: object): Promise<Answer> };
    return () => client.getItem(input);
  }
  const require = createRequire(import.meta.url);
  const { Credentials } = require("aws-sdk") as { Credentials: new (id: string, secret: string) => unknown };
  const AmazonDaxClient = require("amazon-dax-client") as new (
    given: object,
  ) => { getItem(of: object): { promise(): Promise<Answer> } };
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new AmazonDaxClient({ ...options, credentials: new Credentials(accessKeyId, secretAccessKey) });
  return () => client.getItem(input).promise();
}

function tooLong(): Promise<never> {
  return pause(patienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`no answer in ${patienceMs} ms`);
  });
}

const read = await open();
const failures: string[] = [];
let calls = 0;
let year: unknown;
/** However slow the machine is. */
const callsMin = 20;
const deadline = performance.now() + job.forMs;
do {
  calls += 1;
  try {
    year = (await Promise.race([read(), tooLong()])).Item?.Year?.N;
  } catch (error) {
    const { name, message } = error as Error;
    failures.push(`${name}: ${message}`);
  }
  await pause(2);
} while (performance.now() < deadline || (job.forMs > 0 && calls < callsMin));
const report: ClientReport = { calls, failures, year };
// Clients write to the standard output, too.
process.stdout.write(`\nREPORT ${JSON.stringify(report)}\n`, () => process.exit(0));
