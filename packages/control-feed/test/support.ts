import {
  connectFeed,
  type FeedClient,
  type FeedClientOptions,
  type FeedConnection,
  type FeedLimits,
  type FeedServer,
  type NodeConfiguration,
  startFeedServer,
} from "@hotkeep/control-feed";
import { silentLogger, systemClock } from "@hotkeep/core";

export const configuration: NodeConfiguration = {
  clusterArn: "arn:aws:dax:us-west-2:123456789012:cache/daxcluster01",
  account: "123456789012",
  region: "us-west-2",
  nodeId: "daxcluster01-a",
  listenAddress: "127.31.0.4",
  port: 8111,
  tableEndpoint: "http://127.0.0.1:8000",
  serviceRoleArn: "arn:aws:iam::123456789012:role/DAXServiceRole",
  recordTtlMs: 300_000,
  queryTtlMs: 300_000,
  withoutGatewayMs: 300_000,
  cacheBytesMax: 1 << 20,
};

/** Quick enough for a test, slow enough for a busy machine. */
export const quickLimits: Partial<FeedLimits> = { reconnectMinMs: 5, reconnectMaxMs: 20 };

export interface Harness {
  readonly server: FeedServer;
  readonly accepted: FeedConnection[];
  readonly tokens: Map<string, string>;
  client(options?: Partial<FeedClientOptions>): FeedClient;
  /** The next connection that a node makes. */
  nextNode(): Promise<FeedConnection>;
  close(): Promise<void>;
}

export async function openHarness(
  prepare: (connection: FeedConnection) => void = () => {},
  limits: Partial<FeedLimits> = quickLimits,
  port = 0,
): Promise<Harness> {
  const accepted: FeedConnection[] = [];
  const tokens = new Map([["daxcluster01-a", "token-of-a"]]);
  const clients: FeedClient[] = [];
  let wake: ((connection: FeedConnection) => void)[] = [];
  const server = await startFeedServer({
    host: "127.0.0.1",
    port,
    clock: systemClock,
    logger: silentLogger,
    limits,
    secretOf: (nodeId) => tokens.get(nodeId),
    onNode: (connection) => {
      prepare(connection);
      accepted.push(connection);
      for (const resolve of wake) resolve(connection);
      wake = [];
    },
  });
  return {
    server,
    accepted,
    tokens,
    client(options = {}) {
      const client = connectFeed({
        address: { host: server.host, port: server.port },
        nodeId: "daxcluster01-a",
        token: "token-of-a",
        clock: systemClock,
        logger: silentLogger,
        limits,
        ...options,
      });
      clients.push(client);
      return client;
    },
    nextNode: () => new Promise((resolve) => wake.push(resolve)),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await server.close();
    },
  };
}

/** Waits, in turns of the event loop, until `ready` holds. */
export async function until(ready: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 15_000; !ready(); ) {
    if (Date.now() > deadline) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
