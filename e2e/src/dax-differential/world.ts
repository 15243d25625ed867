import { setTimeout as wait } from "node:timers/promises";
import { allow, policy } from "../case-study/world.js";
import type { awsClients } from "../clients.js";

const readyMs = 60_000;

/**
 * A cluster that may reach every table and keeps no query results: a query's result is never touched by writes, so with
 * them the two ways would differ by design. The item cache stays on.
 *
 * @returns its endpoint
 */
export async function clusterWithoutQueryCache(aws: ReturnType<typeof awsClients>): Promise<string> {
  const { Role } = await aws.iam.createRole({
    RoleName: "EveryTable",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
  });
  await aws.iam.putRolePolicy({
    RoleName: "EveryTable",
    PolicyName: "Tables",
    PolicyDocument: policy(allow("Tables", "dynamodb", ["*"], "*")),
  });
  await aws.dax.createParameterGroup({ ParameterGroupName: "noqueries" });
  await aws.dax.updateParameterGroup({
    ParameterGroupName: "noqueries",
    ParameterNameValues: [{ ParameterName: "query-ttl-millis", ParameterValue: "0" }],
  });
  await aws.dax.createCluster({
    ClusterName: "twoways",
    NodeType: "dax.t3.small",
    ReplicationFactor: 1,
    IamRoleArn: Role!.Arn!,
    ParameterGroupName: "noqueries",
  });
  for (const deadline = Date.now() + readyMs; ; await wait(20)) {
    const { Clusters } = await aws.dax.describeClusters({ ClusterNames: ["twoways"] });
    const { Status, ClusterDiscoveryEndpoint } = Clusters![0]!;
    if (Status === "available") return ClusterDiscoveryEndpoint!.URL!;
    if (Date.now() > deadline) throw new Error(`the cluster is ${Status} after ${readyMs} ms`);
  }
}
