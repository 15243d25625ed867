import { setTimeout as wait } from "node:timers/promises";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";

/*
 * The calls that the AWS provider of Terraform makes for aws_dax_parameter_group, aws_dax_subnet_group and
 * aws_dax_cluster, in its order, with what it looks at in the answers. Source: observed (the provider's public code).
 */

let hotkeep: RunningHotkeep;
let clients: ReturnType<typeof awsClients>;
let role: string;
beforeAll(async () => {
  hotkeep = await startHotkeep();
  clients = awsClients(hotkeep, hotkeep.credentials.root!);
  role = `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`;
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await hotkeep?.stop();
});

/** The provider knows "it is gone", and "try again", by the name of the error. */
const named = (call: Promise<unknown>, name: string): Promise<void> => expect(call).rejects.toMatchObject({ name });

async function refresh(ClusterName: string) {
  return (await clients.dax.describeClusters({ ClusterNames: [ClusterName] })).Clusters![0]!;
}

/** Waits as the provider does, and then reads what it puts into the state; a missing field would be its error. */
async function available(ClusterName: string) {
  await expect.poll(async () => (await refresh(ClusterName)).Status).toBe("available");
  const cluster = await refresh(ClusterName);
  for (const { NodeId, Endpoint, AvailabilityZone } of cluster.Nodes!) {
    expect([NodeId, Endpoint?.Address, Endpoint?.Port, AvailabilityZone]).not.toContain(undefined);
  }
  const { Address, Port } = cluster.ClusterDiscoveryEndpoint!;
  expect([Address, Port, cluster.SSEDescription, cluster.ClusterEndpointEncryptionType]).not.toContain(undefined);
  await clients.dax.listTags({ ResourceName: cluster.ClusterArn });
  return cluster;
}

async function destroyed(ClusterName: string): Promise<void> {
  await clients.dax.deleteCluster({ ClusterName });
  const gone = () =>
    refresh(ClusterName).then(
      () => "there",
      (error: Error) => error.name,
    );
  await expect.poll(gone).toBe("ClusterNotFoundFault");
}

describe("Terraform", () => {
  it("keeps an aws_dax_parameter_group", async () => {
    const ParameterGroupName = "tf-params";
    const set = (ParameterValue: string) =>
      clients.dax.updateParameterGroup({
        ParameterGroupName,
        ParameterNameValues: [{ ParameterName: "query-ttl-millis", ParameterValue }],
      });
    const read = async () => {
      const { ParameterGroups } = await clients.dax.describeParameterGroups({
        ParameterGroupNames: [ParameterGroupName],
      });
      const { Parameters } = await clients.dax.describeParameters({ ParameterGroupName });
      const values = Parameters!.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]);
      return { description: ParameterGroups![0]!.Description, ...Object.fromEntries(values) };
    };
    await clients.dax.createParameterGroup({ ParameterGroupName, Description: "by Terraform" });
    await set("100000");
    expect(await read()).toEqual({
      description: "by Terraform",
      "query-ttl-millis": "100000",
      "record-ttl-millis": "300000",
    });
    await set("200000");
    expect(await read()).toMatchObject({ "query-ttl-millis": "200000" });
    await clients.dax.deleteParameterGroup({ ParameterGroupName });
    await named(read(), "ParameterGroupNotFoundFault");
    await named(clients.dax.deleteParameterGroup({ ParameterGroupName }), "ParameterGroupNotFoundFault");
  });

  it("keeps an aws_dax_subnet_group", async () => {
    const SubnetGroupName = "tf-subnets";
    const { Subnets } = await clients.ec2.describeSubnets({});
    // Terraform keeps a set: the order says nothing.
    const ids = Subnets!.map(({ SubnetId }) => SubnetId!).sort();
    const read = async () => {
      const { SubnetGroups } = await clients.dax.describeSubnetGroups({ SubnetGroupNames: [SubnetGroupName] });
      const { Description, VpcId, Subnets: members } = SubnetGroups![0]!;
      return { Description, VpcId, ids: members!.map(({ SubnetIdentifier }) => SubnetIdentifier!).sort() };
    };
    await clients.dax.createSubnetGroup({ SubnetGroupName, SubnetIds: ids.slice(0, 2) });
    expect(await read()).toEqual({ Description: undefined, VpcId: Subnets![0]!.VpcId, ids: ids.slice(0, 2) });
    await clients.dax.updateSubnetGroup({ SubnetGroupName, Description: "three", SubnetIds: ids });
    expect(await read()).toEqual({ Description: "three", VpcId: Subnets![0]!.VpcId, ids });
    await clients.dax.deleteSubnetGroup({ SubnetGroupName });
    await named(read(), "SubnetGroupNotFoundFault");
  });

  it("keeps an aws_dax_cluster from a role that is new to its destruction", async () => {
    const ClusterName = "tf-cluster";
    const wish = { ClusterName, NodeType: "dax.t3.small", ReplicationFactor: 1, SSESpecification: { Enabled: false } };
    const RoleName = "tf-role";
    const trust = (Service: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
      });
    const { Role } = await clients.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust("ec2.amazonaws.com") });
    const IamRoleArn = Role!.Arn!;
    // The provider tries again on this one: a new role takes a while.
    await named(clients.dax.createCluster({ ...wish, IamRoleArn }), "InvalidParameterValueException");
    await clients.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("dax.amazonaws.com") });
    const { Cluster } = await clients.dax.createCluster({ ...wish, IamRoleArn, Tags: [{ Key: "foo", Value: "bar" }] });
    expect(Cluster).toMatchObject({ ClusterName, Status: "creating" });
    // It tries again on this one as well.
    await named(clients.dax.deleteCluster({ ClusterName }), "InvalidClusterStateFault");
    expect(await available(ClusterName)).toMatchObject({ TotalNodes: 1, IamRoleArn, SubnetGroup: "default" });

    const NotificationTopicArn = `arn:aws:sns:${hotkeep.region}:${hotkeep.account}:tf`;
    await clients.dax.updateCluster({
      ClusterName,
      Description: "changed",
      PreferredMaintenanceWindow: "mon:01:00-mon:02:00",
      NotificationTopicArn,
    });
    expect(await available(ClusterName)).toMatchObject({
      Description: "changed",
      PreferredMaintenanceWindow: "mon:01:00-mon:02:00",
      NotificationConfiguration: { TopicArn: NotificationTopicArn, TopicStatus: "active" },
    });
    // So it takes the topic away, and only believes in an active one.
    await clients.dax.updateCluster({ ClusterName, NotificationTopicArn: "", NotificationTopicStatus: "inactive" });
    expect((await available(ClusterName)).NotificationConfiguration).toMatchObject({ TopicStatus: "inactive" });
    await clients.dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: 3 });
    expect((await available(ClusterName)).Nodes).toHaveLength(3);
    await clients.dax.decreaseReplicationFactor({ ClusterName, NewReplicationFactor: 2 });
    expect((await available(ClusterName)).TotalNodes).toBe(2);
    const { ClusterArn } = await refresh(ClusterName);
    await clients.dax.untagResource({ ResourceName: ClusterArn, TagKeys: ["foo"] });
    await clients.dax.tagResource({ ResourceName: ClusterArn, Tags: [{ Key: "foo", Value: "baz" }] });
    await destroyed(ClusterName);
  });
});

describe("a parameter group", () => {
  it("changes how long what is cached from now on is good for, without a reboot", async () => {
    const ClusterName = "times";
    const ttlMs = 5_000;
    await clients.dax.createParameterGroup({ ParameterGroupName: "short" });
    const value = { ParameterName: "record-ttl-millis", ParameterValue: String(ttlMs) };
    await clients.dax.updateParameterGroup({ ParameterGroupName: "short", ParameterNameValues: [value] });
    await clients.dax.createCluster({ ClusterName, NodeType: "dax.t3.small", ReplicationFactor: 1, IamRoleArn: role });
    const { ClusterDiscoveryEndpoint } = await available(ClusterName);
    const client = daxClient(ClusterDiscoveryEndpoint!.URL!, hotkeep.region, hotkeep.credentials.root!);
    const year = async (Title: string) => {
      const found = await client.getItem({ TableName: "Books", Key: { Author: { S: "ttl" }, Title: { S: Title } } });
      return (found as { readonly Item?: { readonly Year: { readonly N: string } } }).Item?.Year.N;
    };
    const store = (Title: string, N: string) =>
      clients.dynamodb.putItem({
        TableName: "Books",
        Item: { Author: { S: "ttl" }, Title: { S: Title }, Year: { N } },
      });
    await store("long", "1");
    expect(await year("long")).toBe("1");
    await store("long", "2");
    await wait(ttlMs + 200);
    expect(await year("long")).toBe("1");

    await clients.dax.updateCluster({ ClusterName, ParameterGroupName: "short" });
    const { ParameterGroup } = await available(ClusterName);
    expect(ParameterGroup).toEqual({
      ParameterGroupName: "short",
      ParameterApplyStatus: "in-sync",
      NodeIdsToReboot: [],
    });
    await store("short", "1");
    const cachedAt = performance.now();
    expect(await year("short")).toBe("1");
    await store("short", "2");
    expect(await year("short")).toBe("1");
    await expect.poll(() => year("short"), { interval: 50 }).toBe("2");
    expect(performance.now() - cachedAt).toBeGreaterThan(ttlMs - 50);
    client.close();
    await destroyed(ClusterName);
  });
});

describe("creating a cluster", () => {
  it("of three nodes takes no longer than a person waits, and deleting it takes its interfaces away", async () => {
    const ClusterName = "three";
    const started = performance.now();
    await clients.dax.createCluster({ ClusterName, NodeType: "dax.t3.small", ReplicationFactor: 3, IamRoleArn: role });
    while ((await refresh(ClusterName)).Status !== "available") await wait(20);
    const tookMs = Math.round(performance.now() - started);
    console.log(`CreateCluster to available, 3 nodes: ${tookMs} ms`);
    // On a quiet machine it is under two seconds; here others may be at work as well.
    expect(tookMs).toBeLessThan(10_000);
    const interfaces = async () => {
      const { NetworkInterfaces } = await clients.ec2.describeNetworkInterfaces({
        Filters: [{ Name: "description", Values: [`DAX node three-* of cluster ${ClusterName}`] }],
      });
      return NetworkInterfaces!;
    };
    const made = await interfaces();
    expect(made).toHaveLength(3);
    const owned = { RequesterManaged: true, Status: "in-use", OwnerId: hotkeep.account };
    for (const one of made) expect(one).toMatchObject(owned);
    await clients.dax.deleteCluster({ ClusterName });
    // As long as the cluster is to be seen it is deleting; when it is gone, so are its interfaces.
    for (;;) {
      const status = await refresh(ClusterName).then(
        (cluster) => cluster.Status,
        (error: Error) => error.name,
      );
      if (status === "ClusterNotFoundFault") break;
      expect(status).toBe("deleting");
    }
    expect(await interfaces()).toEqual([]);
  });
});
