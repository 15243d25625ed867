import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateClusterCommand,
  DAXClient,
  DeleteClusterCommand,
  DescribeClustersCommand,
  DescribeEventsCommand,
  DescribeParametersCommand,
  DescribeSubnetGroupsCommand,
  IncreaseReplicationFactorCommand,
  TagResourceCommand,
} from "@aws-sdk/client-dax";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Router } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, region, roleArn } from "./house.js";

let house: House;
let server: Server;
let dax: DAXClient;
let ec2: EC2Client;

function serve(router: Router): Promise<Server> {
  const made = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const answer = await router.handle({
        method: request.method!,
        url: request.url!,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks),
        remoteAddress: request.socket.remoteAddress ?? "",
        secure: false,
      });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}

beforeEach(async () => {
  house = await openHouse();
  await house.serviceRole();
  server = await serve(house.router);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { accessKeyId, secretAccessKey } = house.root;
  const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  dax = new DAXClient(configuration);
  ec2 = new EC2Client(configuration);
});
afterEach(async () => {
  dax.destroy();
  ec2.destroy();
  await house.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("the AWS SDK's DAX client", () => {
  it("creates, describes, grows, tags and deletes a cluster", async () => {
    const created = await dax.send(
      new CreateClusterCommand({
        ClusterName: "DAXCluster01",
        NodeType: "dax.r5.large",
        ReplicationFactor: 1,
        IamRoleArn: roleArn,
        Tags: [{ Key: "team", Value: "books" }],
      }),
    );
    expect(created.Cluster).toMatchObject({ ClusterName: "daxcluster01", Status: "creating", ActiveNodes: 0 });
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
    const described = await dax.send(new DescribeClustersCommand({ ClusterNames: ["DAXCluster01"] }));
    expect(described.Clusters![0]).toMatchObject({
      Status: "available",
      ClusterDiscoveryEndpoint: { Address: "127.31.0.4", Port: 8111, URL: "dax://127.31.0.4" },
    });
    expect(described.Clusters![0]!.Nodes![0]!.NodeCreateTime).toBeInstanceOf(Date);
    await dax.send(new IncreaseReplicationFactorCommand({ ClusterName: "daxcluster01", NewReplicationFactor: 2 }));
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
    const tagged = await dax.send(
      new TagResourceCommand({ ResourceName: created.Cluster!.ClusterArn!, Tags: [{ Key: "a", Value: "b" }] }),
    );
    expect(tagged.Tags).toHaveLength(2);
    await dax.send(new DeleteClusterCommand({ ClusterName: "daxcluster01" }));
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    const events = await dax.send(new DescribeEventsCommand({ SourceName: "daxcluster01" }));
    expect(events.Events!.map((event) => event.Message)).toEqual([
      "Cluster deleted.",
      "Added node daxcluster01-b.",
      "Cluster created.",
    ]);
    expect(events.Events![0]!.Date).toBeInstanceOf(Date);
  });

  it("knows the faults by name and status", async () => {
    const missing = await dax
      .send(new DescribeClustersCommand({ ClusterNames: ["none"] }))
      .catch((error: unknown) => error);
    expect(missing).toMatchObject({
      name: "ClusterNotFoundFault",
      message: "Cluster none not found.",
      $metadata: { httpStatusCode: 404 },
    });
    const bad = await dax
      .send(
        new CreateClusterCommand({
          ClusterName: "books",
          NodeType: "dax.r5.large",
          ReplicationFactor: 1,
          IamRoleArn: `${roleArn}2`,
        }),
      )
      .catch((error: unknown) => error);
    expect(bad).toMatchObject({
      name: "InvalidParameterValueException",
      message: `The role ${roleArn}2 does not exist.`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("reads parameters and subnet groups", async () => {
    const { Parameters: parameters } = await dax.send(
      new DescribeParametersCommand({ ParameterGroupName: "default.dax1.0" }),
    );
    expect(parameters).toHaveLength(2);
    await house.create("books");
    const { SubnetGroups: groups } = await dax.send(new DescribeSubnetGroupsCommand({}));
    expect(groups![0]!.Subnets![0]).toMatchObject({ SubnetAvailabilityZone: "us-west-2a" });
  });
});

describe("the AWS SDK's EC2 client", () => {
  it("reads the default network", async () => {
    const { Vpcs: vpcs } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
    );
    expect(vpcs![0]).toMatchObject({ CidrBlock: "127.31.0.0/16", IsDefault: true, State: "available" });
    const { Subnets: subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    expect(subnets!.map((subnet) => subnet.AvailableIpAddressCount)).toEqual([4091, 4091, 4091]);
    const { AvailabilityZones: zones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(zones!.map((zone) => zone.ZoneId)).toEqual(["usw2-az1", "usw2-az2", "usw2-az3"]);
  });

  it("opens and closes a port of a group", async () => {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "cache", Description: "cache clients" }),
    );
    const added = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: GroupId!,
        IpProtocol: "tcp",
        FromPort: 8111,
        ToPort: 8111,
        CidrIp: "192.0.2.0/24",
      }),
    );
    expect(added.SecurityGroupRules![0]).toMatchObject({ CidrIpv4: "192.0.2.0/24", FromPort: 8111, IsEgress: false });
    const { SecurityGroups: groups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId!] }));
    expect(groups![0]).toMatchObject({
      GroupName: "cache",
      Description: "cache clients",
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: "192.0.2.0/24" }] }],
    });
    const rules = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [GroupId!] }] }),
    );
    expect(rules.SecurityGroupRules).toHaveLength(2);
    const removed = await ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: GroupId!,
        SecurityGroupRuleIds: [added.SecurityGroupRules![0]!.SecurityGroupRuleId!],
      }),
    );
    expect(removed.RevokedSecurityGroupRules).toHaveLength(1);
  });

  it("sees a node's interface as the service's, and knows errors by code", async () => {
    await house.create("books");
    const { NetworkInterfaces: interfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "requester-managed", Values: ["true"] }] }),
    );
    expect(interfaces![0]).toMatchObject({
      PrivateIpAddress: "127.31.0.4",
      Status: "in-use",
      Attachment: { Status: "attached", InstanceOwnerId: "amazon-aws" },
      PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: "127.31.0.4" }],
    });
    expect(interfaces![0]!.Attachment!.AttachTime).toBeInstanceOf(Date);
    const dry = await ec2.send(new DescribeVpcsCommand({ DryRun: true })).catch((error: unknown) => error);
    expect(dry).toMatchObject({
      name: "DryRunOperation",
      message: "Request would have succeeded, but DryRun flag is set.",
      $metadata: { httpStatusCode: 412 },
    });
    const filter = await ec2
      .send(new DescribeVpcsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] }))
      .catch((error: unknown) => error);
    expect(filter).toMatchObject({ name: "InvalidParameterValue", message: "The filter 'colour' is invalid" });
  });
});
