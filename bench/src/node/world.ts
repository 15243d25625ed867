import { setTimeout as wait } from "node:timers/promises";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import type { SigningCredentials } from "@hotkeep/protocols";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { pinFamily, serverCore } from "../cores.js";
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
  /** Forgets every item after a millisecond. */
  readonly forgetting: URL;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startNodeWorld(): Promise<NodeWorld> {
  const hotkeep = await startHotkeep({ empty: true });
  const { endpoint, region } = hotkeep;
  const options = { endpoint, region, credentials: hotkeep.credentials.root! };
  const [iam, dax, dynamodb] = [new IAM(options), new DAX(options), new DynamoDB(options)];
  await createBenchTable(dynamodb);
  await fill(dynamodb);
  const role = await serviceRole(iam);
  await dax.createParameterGroup({ ParameterGroupName: "forgetting" });
  await dax.updateParameterGroup({
    ParameterGroupName: "forgetting",
    ParameterNameValues: [
      { ParameterName: "record-ttl-millis", ParameterValue: "1" },
      { ParameterName: "query-ttl-millis", ParameterValue: "1" },
    ],
  });
  const keeping = await cluster(dax, "keeping", role);
  const forgetting = await cluster(dax, "forgetting", role, "forgetting");
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

async function cluster(dax: DAX, ClusterName: string, IamRoleArn: string, ParameterGroupName?: string): Promise<URL> {
  const parameters = ParameterGroupName === undefined ? {} : { ParameterGroupName };
  await dax.createCluster({ ClusterName, IamRoleArn, NodeType: "dax.r5.large", ReplicationFactor: 1, ...parameters });
  for (const deadline = performance.now() + readyMs; ; await wait(20)) {
    const { Clusters } = await dax.describeClusters({ ClusterNames: [ClusterName] });
    const { Status, ClusterDiscoveryEndpoint } = Clusters![0]!;
    const { Address, Port } = ClusterDiscoveryEndpoint ?? {};
    if (Status === "available") return new URL(`dax://${Address}:${Port}`);
    if (performance.now() > deadline) throw new Error(`cluster ${ClusterName} is ${Status} after ${readyMs} ms`);
  }
}
