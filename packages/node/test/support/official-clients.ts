import { createRequire } from "node:module";
import { Dax } from "@amazon-dax-sdk/client-dax";

/** Anything a client answers. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
export type Answer = any;

const operations = [
  "getItem",
  "batchGetItem",
  "query",
  "scan",
  "putItem",
  "updateItem",
  "deleteItem",
  "batchWriteItem",
  "transactGetItems",
  "transactWriteItems",
] as const;

/** The ten operations of a client, as promises, and its end. */
export type OfficialClient = Record<(typeof operations)[number], (input: object) => Promise<Answer>> & {
  readonly name: string;
  close(): void;
};

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `@amazon-dax-sdk/client-dax`, unmodified. */
function v3(port: number, keys: Keys): OfficialClient {
  const client = new Dax({
    endpoints: [`dax://127.0.0.1:${port}`],
    region: "us-west-2",
    credentials: keys,
    maxRetries: 0,
  } as never) as unknown as Record<string, (input?: object) => Promise<Answer>>;
  return {
    name: "client-dax 3",
    ...calls((operation, input) => client[operation]!(input)),
    close: () => void client.shutdown!(),
  };
}

/** `amazon-dax-client`, unmodified. */
function v2(port: number, keys: Keys): OfficialClient {
  const require = createRequire(import.meta.url);
  const aws = require("aws-sdk") as { Credentials: new (id: string, secret: string) => unknown };
  const AmazonDaxClient = require("amazon-dax-client") as new (
    options: object,
  ) => Record<string, (input?: object) => { promise(): Promise<Answer> }>;
  const client = new AmazonDaxClient({
    endpoints: [`dax://127.0.0.1:${port}`],
    region: "us-west-2",
    credentials: new aws.Credentials(keys.accessKeyId, keys.secretAccessKey),
    maxRetries: 0,
  });
  return {
    name: "amazon-dax-client 1",
    ...calls((operation, input) => client[operation]!(input).promise()),
    close: () => void client.shutdown!(),
  };
}

function calls(call: (operation: string, input: object) => Promise<Answer>) {
  return Object.fromEntries(operations.map((name) => [name, (input: object) => call(name, input)])) as Pick<
    OfficialClient,
    (typeof operations)[number]
  >;
}

/** The official clients, by name. */
export const officialClients = { "client-dax 3": v3, "amazon-dax-client 1": v2 } as const;

/**
 * Waits until a client has found its cluster. Between its first roster and its first health check it knows the nodes
 * but uses none, and without retries a call in that moment fails at once (observed with both).
 */
export async function connected(
  client: OfficialClient,
  probe: object = { TableName: "Books", Key: { isbn: { S: "nobody" } } },
): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await client.getItem(probe);
      return;
    } catch (error) {
      if (!String((error as Error).message).includes("No endpoints available") || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
