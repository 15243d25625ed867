import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Dax } from "@amazon-dax-sdk/client-dax";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { awsClients, type Keys } from "../clients.js";

const ClusterName = "daxcluster01";
const nodesWanted = 3;

/** What the official client lets one see of its routing. */
interface Routes {
  readonly _cluster: {
    readonly _cfg?: readonly { readonly role: number; readonly hostname: string; readonly nodeId: number }[];
    readClient(previous: unknown): { readonly _tubePool: { readonly _hostname: string } };
  };
}

/** A call's answer or its error, and the node that the official client had chosen for it. */
export interface Told<Answer> {
  readonly answer: Answer | undefined;
  readonly error: string | undefined;
  /** Address of the node of the last attempt; for reads only. */
  readonly node: string;
  readonly began: number;
  readonly ended: number;
}

/** The official client, with an end to every call and its choice of nodes noted. */
export class WatchedClient {
  readonly #dax: Dax;
  #node = "";

  constructor(endpoint: string, region: string, credentials: Keys, maxRetries: number) {
    this.#dax = new Dax({ endpoint, region, credentials, maxRetries } as never);
    const cluster = (this.#dax as unknown as Routes)._cluster;
    const readClient = cluster.readClient.bind(cluster);
    cluster.readClient = (previous) => {
      const client = readClient(previous);
      this.#node = client._tubePool._hostname;
      return client;
    };
  }

  /** Who leads, as this client was told last. */
  get leader(): number | undefined {
    return (this.#dax as unknown as Routes)._cluster._cfg?.find((node) => node.role === 1)?.nodeId;
  }

  /** How many nodes there are, as this client was told last. */
  get nodesKnown(): number {
    return (this.#dax as unknown as Routes)._cluster._cfg?.length ?? 0;
  }

  get(key: string, ConsistentRead: boolean, withinMs: number): Promise<Told<number>> {
    const call = this.#dax.getItem({ TableName: "Books", Key: keyOf(key), ConsistentRead });
    return this.#tell(
      call.then(({ Item }) => Number(Item?.Value?.N ?? 0)),
      withinMs,
    );
  }

  put(key: string, value: number, withinMs: number): Promise<Told<number>> {
    const call = this.#dax.putItem({ TableName: "Books", Item: { ...keyOf(key), Value: { N: String(value) } } });
    return this.#tell(
      call.then(() => value),
      withinMs,
    );
  }

  close(): void {
    (this.#dax as unknown as { shutdown(): void }).shutdown();
  }

  /** A call on a connection that died while it was idle never ends in this client: it is given up here. */
  async #tell(call: Promise<number>, withinMs: number): Promise<Told<number>> {
    const began = performance.now();
    let error: string | undefined;
    const late = wait(withinMs, undefined, { ref: false }).then(() => {
      throw new Error(`no answer in ${withinMs} ms`);
    });
    const answer = await Promise.race([call, late]).catch((thrown: Error) => {
      error = thrown.message;
      return undefined;
    });
    // Whichever of the two loses may still fail.
    call.catch(() => {});
    late.catch(() => {});
    return { answer, error, node: this.#node, began, ended: performance.now() };
  }
}

function keyOf(key: string) {
  return { Author: { S: "failover" }, Title: { S: key } };
}

/** The documents' cluster with three nodes, and their processes. */
export class ThreeNodes {
  readonly hotkeep: RunningHotkeep;
  readonly #aws: ReturnType<typeof awsClients>;

  private constructor(hotkeep: RunningHotkeep) {
    this.hotkeep = hotkeep;
    this.#aws = awsClients(hotkeep, hotkeep.credentials.root!);
  }

  static async start(): Promise<ThreeNodes> {
    const cluster = new ThreeNodes(await startHotkeep());
    await cluster.#aws.dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: nodesWanted });
    await cluster.whole();
    return cluster;
  }

  /** Settles when every node is on the roster of a new client, with one leader; answers the leader's ordinal. */
  async whole(): Promise<number> {
    for (let tries = 0; tries < 900; tries++) {
      const { Clusters } = await this.#aws.dax.describeClusters({ ClusterNames: [ClusterName] });
      if (Clusters?.[0]?.Status === "available" && this.processes().length === nodesWanted) {
        const client = this.client(2);
        await client.get("warm", false, 2_000);
        const { leader, nodesKnown } = client;
        client.close();
        if (leader !== undefined && nodesKnown === nodesWanted) return leader;
      }
      await wait(100);
    }
    throw new Error("the cluster did not become whole");
  }

  client(maxRetries: number): WatchedClient {
    const { clusters, region, credentials } = this.hotkeep;
    return new WatchedClient(clusters[0]!.endpoint, region, credentials.alice!, maxRetries);
  }

  /** The process of the node with this ordinal. */
  pidOf(ordinal: number): number {
    const found = this.processes().find(({ nodeId }) => nodeId.endsWith(`-${"abc"[ordinal]!}`));
    if (found === undefined) throw new Error(`node ${ordinal} has no process`);
    return found.pid;
  }

  processes(): readonly { readonly pid: number; readonly nodeId: string }[] {
    return readdirSync("/proc").flatMap((entry) => {
      if (!/^\d+$/.test(entry)) return [];
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (Number(parent) !== this.hotkeep.process.pid || state === "Z") return [];
        const nodeId = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0")[3] ?? "";
        return [{ pid: Number(entry), nodeId }];
      } catch {
        // The process ended while the list was read.
        return [];
      }
    });
  }

  /** What the table has, asked past the cluster. */
  async stored(key: string): Promise<number> {
    const { Item } = await this.#aws.dynamodb.getItem({ TableName: "Books", Key: keyOf(key), ConsistentRead: true });
    return Number(Item?.Value?.N ?? 0);
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.#aws)) client.destroy();
    await this.hotkeep.stop();
  }
}
