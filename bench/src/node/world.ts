import { setTimeout as wait } from "node:timers/promises";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { encodeAuthorizeRequest, encodeDefineAttributeListIdRequest, encodePreamble } from "@hotkeep/dax-wire";
import type { SigningCredentials } from "@hotkeep/protocols";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { pinFamily, serverCore } from "../cores.js";
import { firstAnswer } from "../first-answer.js";
import { createBenchTable, tableName } from "../tables/workload.js";

/** Items of one partition: what one Query answers. */
export const itemsPerPartition = 20;
export const partitions = 200;
const textBytes = 200;
const readyMs = 20_000;
const batchItemsMax = 25;

/** Where a partition's items are; all names have the same length. */
export const partitionName = (index: number): string => `partition-${1000 + (index % partitions)}`;
export const placeName = (place: number): string => `item-${1000 + place}`;
export const itemText = "x".repeat(textBytes);

/** A gateway with a filled table and two clusters; gateway and nodes share one core. */
export interface NodeWorld {
  readonly hotkeep: RunningHotkeep;
  /** May do everything at clusters and with the table's items. */
  readonly user: SigningCredentials;
  /** Keeps items and query results as long as the benchmark runs. */
  readonly keeping: URL;
  /** Forgets every item after a millisecond; the same as the other where only that was asked for. */
  readonly forgetting: URL;
  stop(): Promise<void>;
}

/** Which nodes there are to be. */
export interface NodeWorldOptions {
  readonly nodeType?: string;
  /** No forgetting cluster; an empty table. */
  readonly onlyKeeping?: boolean;
}

/** Starts it. */
export async function startNodeWorld(options: NodeWorldOptions = {}): Promise<NodeWorld> {
  const { nodeType = "dax.r5.large", onlyKeeping = false } = options;
  const hotkeep = await startHotkeep({ empty: true });
  const { endpoint, region } = hotkeep;
  const root = { endpoint, region, credentials: hotkeep.credentials.root! };
  const [iam, dax, dynamodb] = [new IAM(root), new DAX(root), new DynamoDB(root)];
  await createBenchTable(dynamodb);
  if (!onlyKeeping) await fill(dynamodb);
  const role = await serviceRole(iam);
  await dax.createParameterGroup({ ParameterGroupName: "forgetting" });
  await dax.updateParameterGroup({
    ParameterGroupName: "forgetting",
    ParameterNameValues: [
      { ParameterName: "record-ttl-millis", ParameterValue: "1" },
      { ParameterName: "query-ttl-millis", ParameterValue: "1" },
    ],
  });
  const keeping = await cluster(dax, nodeType, "keeping", role);
  const forgetting = onlyKeeping ? keeping : await cluster(dax, nodeType, "forgetting", role, "forgetting");
  const user = await benchUser(iam);
  for (const client of [iam, dax, dynamodb]) client.destroy();
  pinFamily(hotkeep.process.pid!, serverCore);
  return {
    ...{ hotkeep, user, keeping, forgetting },
    async stop() {
      await hotkeep.stop();
    },
  };
}

async function fill(dynamodb: DynamoDB): Promise<void> {
  const requests = Array.from({ length: partitions * itemsPerPartition }, (_, index) => ({
    PutRequest: {
      Item: {
        pk: { S: partitionName(Math.floor(index / itemsPerPartition)) },
        sk: { S: placeName(index % itemsPerPartition) },
        text: { S: itemText },
      },
    },
  }));
  for (let from = 0; from < requests.length; from += batchItemsMax) {
    await dynamodb.batchWriteItem({ RequestItems: { [tableName]: requests.slice(from, from + batchItemsMax) } });
  }
}

const statement = (Action: string, more: object = { Resource: "*" }) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, ...more }] });

async function serviceRole(iam: IAM): Promise<string> {
  const { Role } = await iam.createRole({
    RoleName: "bench",
    AssumeRolePolicyDocument: statement("sts:AssumeRole", { Principal: { Service: "dax.amazonaws.com" } }),
  });
  await iam.putRolePolicy({ RoleName: "bench", PolicyName: "tables", PolicyDocument: statement("dynamodb:*") });
  return Role!.Arn!;
}

async function benchUser(iam: IAM): Promise<SigningCredentials> {
  const UserName = "bench";
  await iam.createUser({ UserName });
  await iam.putUserPolicy({ UserName, PolicyName: "clusters", PolicyDocument: statement("dax:*") });
  await iam.putUserPolicy({ UserName, PolicyName: "items", PolicyDocument: statement("dynamodb:*") });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

async function cluster(
  dax: DAX,
  NodeType: string,
  ClusterName: string,
  IamRoleArn: string,
  ParameterGroupName?: string,
): Promise<URL> {
  const parameters = ParameterGroupName === undefined ? {} : { ParameterGroupName };
  await dax.createCluster({ ClusterName, IamRoleArn, NodeType, ReplicationFactor: 1, ...parameters });
  for (const deadline = performance.now() + readyMs; ; await wait(20)) {
    const { Clusters } = await dax.describeClusters({ ClusterNames: [ClusterName] });
    const { Status, ClusterDiscoveryEndpoint } = Clusters![0]!;
    const { Address, Port } = ClusterDiscoveryEndpoint ?? {};
    if (Status === "available") return new URL(`dax://${Address}:${Port}`);
    if (performance.now() > deadline) throw new Error(`cluster ${ClusterName} is ${Status} after ${readyMs} ms`);
  }
}

/** Where a cluster is, and what a client of it says first; good for five minutes. */
export function placeOf(world: NodeWorld, cluster: "keeping" | "forgetting") {
  const { hostname, port } = world[cluster];
  const preamble = Buffer.concat([
    encodePreamble("hotkeep-bench", Buffer.alloc(16)),
    encodeAuthorizeRequest({ ...world.user, region: world.hotkeep.region, now: Date.now() }),
  ]);
  return { address: hostname, port: Number(port), preamble };
}

/** The id of the attribute list of items that have a text beside their key. */
export async function textListId(world: NodeWorld): Promise<number> {
  const request = encodeDefineAttributeListIdRequest(["text"]);
  const answer = await firstAnswer({ ...placeOf(world, "keeping"), request });
  // The marker of success, then one small integer.
  if (answer.length !== 2 || answer[0] !== 0x80) throw new Error(`the node answered ${answer.toString("hex")}`);
  return answer[1]!;
}
