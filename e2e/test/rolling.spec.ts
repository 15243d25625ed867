import { setTimeout as wait } from "node:timers/promises";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient, daxClientV2 } from "../src/clients.js";

let hotkeep: RunningHotkeep;
let clients: ReturnType<typeof awsClients>;
beforeAll(async () => {
  hotkeep = await startHotkeep();
  clients = awsClients(hotkeep, hotkeep.credentials.root!);
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await hotkeep?.stop();
});

const ClusterName = "rolling";
const pauseMs = 5;

/** Writes a number and reads it back, again and again, and remembers whatever goes wrong. */
class Caller {
  calls = 0;
  readonly failures: string[] = [];
  readonly #client: DaxClient;
  readonly #key: { readonly Author: { readonly S: string }; readonly Title: { readonly S: string } };
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(client: DaxClient, name: string) {
    this.#client = client;
    this.#key = { Author: { S: name }, Title: { S: "counter" } };
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    for (let value = 1; !this.#stopped; value++) {
      const Item = { ...this.#key, Value: { N: String(value) } };
      await this.#try("put", () => this.#client.putItem({ TableName: "Books", Item }));
      await this.#try("get", () => this.#client.getItem({ TableName: "Books", Key: this.#key }));
      await this.#try("read", async () => {
        const found = await this.#client.getItem({ TableName: "Books", Key: this.#key, ConsistentRead: true });
        const { Value } = (found as { readonly Item?: { readonly Value?: { readonly N: string } } }).Item ?? {};
        if (Value?.N !== String(value)) throw new Error(`${value} was acknowledged, ${Value?.N} is there`);
      });
      await wait(pauseMs);
    }
  }

  async #try(what: string, call: () => Promise<unknown>): Promise<void> {
    this.calls += 1;
    try {
      await call();
    } catch (error) {
      this.failures.push(`${what}: ${(error as Error).message}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    this.#client.close();
  }
}

async function cluster() {
  return (await clients.dax.describeClusters({ ClusterNames: [ClusterName] })).Clusters![0]!;
}

async function available(): Promise<void> {
  await expect.poll(async () => (await cluster()).Status, { interval: 50 }).toBe("available");
}

describe("a cluster that changes while it serves", () => {
  it("fails no call of the official clients: every node rebooted, one more, two fewer", async () => {
    await clients.dax.createCluster({
      ClusterName,
      NodeType: "dax.t3.small",
      ReplicationFactor: 3,
      IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`,
    });
    await available();
    const { URL: url } = (await cluster()).ClusterDiscoveryEndpoint!;
    const root = hotkeep.credentials.root!;
    const callers = [
      new Caller(daxClient(url!, hotkeep.region, root), "v3 one"),
      new Caller(daxClient(url!, hotkeep.region, root), "v3 two"),
      new Caller(daxClientV2(url!, hotkeep.region, root), "v2 one"),
      new Caller(daxClientV2(url!, hotkeep.region, root), "v2 two"),
    ];
    await wait(500);
    for (const { NodeId } of (await cluster()).Nodes!) {
      await clients.dax.rebootNode({ ClusterName, NodeId });
      await available();
    }
    await clients.dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: 4 });
    await available();
    await clients.dax.decreaseReplicationFactor({ ClusterName, NewReplicationFactor: 2 });
    await available();
    expect((await cluster()).Nodes!.map(({ NodeId }) => NodeId)).toHaveLength(2);
    await wait(500);
    await Promise.all(callers.map((caller) => caller.stop()));
    const calls = callers.map((caller) => caller.calls);
    console.log(`${calls.reduce((sum, count) => sum + count)} calls while the cluster changed`);
    expect(callers.flatMap((caller) => caller.failures)).toEqual([]);
    expect(Math.min(...calls)).toBeGreaterThan(100);
  });
});
