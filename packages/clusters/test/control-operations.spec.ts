import { afterEach, describe, expect, it } from "vitest";
import { clusterArnOf, failureOf, type House, openHouse, region, roleArn } from "./house.js";

let house: House;
afterEach(() => house.close());

async function open(): Promise<void> {
  house = await openHouse();
  await house.serviceRole();
}

async function describeOne(name: string) {
  return (await house.call("dax", "DescribeClusters", { ClusterNames: [name] })).Clusters![0]!;
}

describe("more nodes", () => {
  it("are really launched, in the zones with the fewest nodes, and told to everybody", async () => {
    await open();
    await house.create("books");
    const { Cluster: growing } = await house.call("dax", "IncreaseReplicationFactor", {
      ClusterName: "books",
      NewReplicationFactor: 3,
    });
    expect(growing).toMatchObject({ Status: "modifying", TotalNodes: 3, ActiveNodes: 1 });
    expect(growing!.Nodes!.slice(1)).toEqual([
      { NodeId: "books-b", NodeStatus: "creating" },
      { NodeId: "books-c", NodeStatus: "creating" },
    ]);
    await house.clusters.whenAvailable("books", region, 15_000);
    const grown = await describeOne("books");
    expect(grown).toMatchObject({ TotalNodes: 3, ActiveNodes: 3 });
    expect(grown.Nodes!.map((node) => node.AvailabilityZone)).toEqual(["us-west-2a", "us-west-2b", "us-west-2c"]);
    expect((await house.events("books")).toSorted()).toEqual([
      "Added node books-b.",
      "Added node books-c.",
      "Cluster created.",
    ]);
    await house.until(() => house.launcher.node("books-a").rosters.at(-1)!.nodes.length === 3, "the roster");
  });

  it("that cannot be launched are given up, and the cluster goes on with what it has", async () => {
    await open();
    await house.create("books");
    house.launcher.behaviour = "end";
    await house.call("dax", "IncreaseReplicationFactor", { ClusterName: "books", NewReplicationFactor: 2 });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(await describeOne("books")).toMatchObject({ TotalNodes: 1, ActiveNodes: 1, Status: "available" });
    expect(await house.events("books")).toContain(
      "Failed to add node books-b: the node's process ended before it listened (exit status 1)",
    );
    expect((await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces).toHaveLength(1);
  });

  it("must be more, at most eleven, and fit the zones named", async () => {
    await open();
    await house.create("books");
    const increase = (NewReplicationFactor: number, AvailabilityZones?: string[]) =>
      failureOf(
        house.call("dax", "IncreaseReplicationFactor", {
          ClusterName: "books",
          NewReplicationFactor,
          ...(AvailabilityZones !== undefined && { AvailabilityZones }),
        }),
      );
    expect(await increase(1)).toBe(
      "InvalidParameterValueException: NewReplicationFactor must be greater than the 1 nodes of now.",
    );
    expect(await increase(12)).toMatch(/^NodeQuotaForClusterExceededFault: /);
    expect(await increase(3, ["us-west-2a"])).toMatch(/^InvalidParameterCombinationException: /);
  });
});

describe("fewer nodes", () => {
  it("drains them, takes their interfaces away, and uses their letters again", async () => {
    await open();
    await house.create("books", 3);
    const leaving = house.launcher.node("books-c");
    const { Cluster: shrinking } = await house.call("dax", "DecreaseReplicationFactor", {
      ClusterName: "books",
      NewReplicationFactor: 2,
      NodeIdsToRemove: ["books-c"],
    });
    expect(shrinking).toMatchObject({ Status: "modifying", TotalNodes: 3, ActiveNodes: 3 });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect([leaving.ended, leaving.drains]).toEqual([true, 1]);
    expect(await describeOne("books")).toMatchObject({ TotalNodes: 2, ActiveNodes: 2 });
    expect(await house.events("books")).toContain("Removed node books-c.");
    expect((await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces).toHaveLength(2);
    await house.call("dax", "IncreaseReplicationFactor", { ClusterName: "books", NewReplicationFactor: 3 });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect((await describeOne("books")).Nodes!.map((node) => node.NodeId)).toEqual(["books-a", "books-b", "books-c"]);
  });

  it("never takes the leader unasked, and gives a new one when it is asked to", async () => {
    await open();
    await house.create("books", 2);
    await house.until(() => house.launcher.node("books-a").rosters.at(-1)!.nodes.length === 2, "the roster");
    const leader = house.launcher
      .node("books-a")
      .rosters.at(-1)!
      .nodes.find((node) => node.leader)!.nodeId;
    await house.call("dax", "DecreaseReplicationFactor", { ClusterName: "books", NewReplicationFactor: 1 });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.alive.map((node) => node.name)).toEqual([leader]);
  });

  it("needs exact nodes or zones, and leaves one", async () => {
    await open();
    await house.create("books", 2);
    const decrease = (more: object) =>
      failureOf(
        house.call("dax", "DecreaseReplicationFactor", { ClusterName: "books", NewReplicationFactor: 1, ...more }),
      );
    expect(await decrease({ NewReplicationFactor: 0 })).toMatch(/delete the cluster to remove its last node\.$/);
    expect(await decrease({ NewReplicationFactor: 2 })).toMatch(/must be less than the 2 nodes of now\.$/);
    expect(await decrease({ NodeIdsToRemove: ["books-x"] })).toBe("NodeNotFoundFault: Node books-x not found.");
    expect(await decrease({ NodeIdsToRemove: ["books-a", "books-b"] })).toBe(
      "InvalidParameterCombinationException: NodeIdsToRemove must name exactly 1 nodes.",
    );
    expect(await decrease({ NodeIdsToRemove: ["books-a"], AvailabilityZones: ["us-west-2a"] })).toMatch(
      /^InvalidParameterCombinationException: Give NodeIdsToRemove or AvailabilityZones, not both\.$/,
    );
  });
});

describe("rebooting a node", () => {
  it("has it begin anew in its process, so that its cache is kept", async () => {
    await open();
    await house.create("books", 2);
    const node = house.launcher.node("books-b");
    const { Cluster: rebooting } = await house.call("dax", "RebootNode", { ClusterName: "books", NodeId: "books-b" });
    expect(rebooting).toMatchObject({ Status: "modifying" });
    expect(rebooting!.Nodes![1]).toMatchObject({ NodeId: "books-b", NodeStatus: "rebooting" });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.node("books-b")).toBe(node);
    expect(node).toMatchObject({ reboots: 1, drains: 0 });
    // The others heard that it left, and that it is back.
    const sizes = () => house.launcher.node("books-a").rosters.map((roster) => roster.nodes.length);
    await house.until(() => sizes().slice(-3).join() === "2,1,2", "the rosters");
    expect(await house.events("books")).toContain("Rebooted node books-b.");
    expect(await failureOf(house.call("dax", "RebootNode", { ClusterName: "books", NodeId: "books-z" }))).toBe(
      "NodeNotFoundFault: Node books-z not found.",
    );
  });

  it("ends a process that does not begin anew, and launches another at its address", async () => {
    house = await openHouse({ limits: { launchTimeoutMs: 300, drainMs: 20 } });
    await house.serviceRole();
    await house.create("books");
    const before = house.launcher.node("books-a");
    before.obedient = false;
    await house.call("dax", "RebootNode", { ClusterName: "books", NodeId: "books-a" });
    await house.clusters.whenAvailable("books", region, 15_000);
    const after = house.launcher.node("books-a");
    expect(after).not.toBe(before);
    expect(after.configuration!.listenAddress).toBe(before.configuration!.listenAddress);
    expect(await house.events("books")).toContain("Rebooted node books-a.");
  });
});

describe("updating a cluster", () => {
  it("changes what is only written down at once", async () => {
    await open();
    await house.create("books");
    const { Cluster: updated } = await house.call("dax", "UpdateCluster", {
      ClusterName: "books",
      Description: "the shop",
      PreferredMaintenanceWindow: "Sun:23:00-Mon:01:00",
      NotificationTopicArn: "arn:aws:sns:us-west-2:123456789012:books",
    });
    expect(updated).toMatchObject({
      Status: "available",
      Description: "the shop",
      PreferredMaintenanceWindow: "sun:23:00-mon:01:00",
      NotificationConfiguration: { TopicArn: "arn:aws:sns:us-west-2:123456789012:books", TopicStatus: "active" },
    });
    expect(await failureOf(house.call("dax", "UpdateCluster", { ClusterName: "books" }))).toBe(
      "InvalidParameterCombinationException: UpdateCluster needs at least one change.",
    );
  });

  it("to other security groups changes every interface, and nodes learn whom to let in", async () => {
    await open();
    await house.create("books", 2);
    const { GroupId: group } = await house.call("ec2", "CreateSecurityGroup", {
      GroupName: "office",
      Description: "d",
    });
    await house.call("ec2", "AuthorizeSecurityGroupIngress", {
      GroupId: group!,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: "192.0.2.0/24" }] }],
    });
    await house.call("dax", "UpdateCluster", { ClusterName: "books", SecurityGroupIds: [group!] });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect((await describeOne("books")).SecurityGroups).toEqual([{ SecurityGroupIdentifier: group, Status: "active" }]);
    expect(await house.events("books")).toContain("Security groups changed.");
    const node = house.launcher.node("books-a");
    const cidrs = ["127.31.0.4/32", "127.31.16.4/32", "192.0.2.0/24"];
    await house.until(() => node.configuration!.ingressCidrs!.join() === cidrs.join(), "the new gate");
    await house.call("ec2", "RevokeSecurityGroupIngress", {
      GroupId: group!,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8111, ToPort: 8111, IpRanges: [{ CidrIp: "192.0.2.0/24" }] }],
    });
    await house.until(() => node.configuration!.ingressCidrs!.length === 2, "the narrower gate");
    expect(await failureOf(house.call("ec2", "DeleteSecurityGroup", { GroupId: group! }))).toMatch(
      /^DependencyViolation: /,
    );
  });

  it("to another parameter group changes the nodes' times", async () => {
    await open();
    await house.create("books");
    await house.call("dax", "CreateParameterGroup", { ParameterGroupName: "Short" });
    await house.call("dax", "UpdateParameterGroup", {
      ParameterGroupName: "short",
      ParameterNameValues: [
        { ParameterName: "record-ttl-millis", ParameterValue: "1000" },
        { ParameterName: "query-ttl-millis", ParameterValue: "0" },
      ],
    });
    const { Cluster: updating } = await house.call("dax", "UpdateCluster", {
      ClusterName: "books",
      ParameterGroupName: "short",
    });
    expect(updating!.ParameterGroup).toEqual({
      ParameterGroupName: "short",
      ParameterApplyStatus: "applying",
      NodeIdsToReboot: [],
    });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.node("books-a").configuration).toMatchObject({ recordTtlMs: 1000, queryTtlMs: 0 });
    expect((await describeOne("books")).ParameterGroup!.ParameterApplyStatus).toBe("in-sync");
    expect(await house.events("books")).toContain("Parameter group changed to short.");
  });
});

describe("parameter groups", () => {
  it("begin with the default values, and change while no cluster uses them", async () => {
    await open();
    const { Parameters: defaults } = await house.call("dax", "DescribeDefaultParameters", {});
    expect(defaults!.map((one) => [one.ParameterName, one.ParameterValue, one.ChangeType])).toEqual([
      ["query-ttl-millis", "300000", "IMMEDIATE"],
      ["record-ttl-millis", "300000", "IMMEDIATE"],
    ]);
    await house.call("dax", "CreateParameterGroup", { ParameterGroupName: "Mine", Description: "d" });
    expect((await house.call("dax", "DescribeParameterGroups", {})).ParameterGroups).toEqual([
      { ParameterGroupName: "default.dax1.0", Description: "Default parameter group for dax1.0" },
      { ParameterGroupName: "mine", Description: "d" },
    ]);
    await house.create("books", 1, { ParameterGroupName: "mine" });
    const update = (name: string, value: string, group = "mine") =>
      failureOf(
        house.call("dax", "UpdateParameterGroup", {
          ParameterGroupName: group,
          ParameterNameValues: [{ ParameterName: name, ParameterValue: value }],
        }),
      );
    expect(await update("record-ttl-millis", "1")).toBe(
      "InvalidParameterGroupStateFault: Parameter group mine is used by cluster books.",
    );
    expect(await update("colour", "1")).toMatch(/^InvalidParameterValueException: Unknown parameter colour\./);
    expect(await update("record-ttl-millis", "-1")).toMatch(/is not a whole number of milliseconds from 0\.$/);
    expect(await update("record-ttl-millis", "1", "default.dax1.0")).toMatch(/^InvalidParameterGroupStateFault: /);
    expect(await failureOf(house.call("dax", "DeleteParameterGroup", { ParameterGroupName: "mine" }))).toMatch(
      /^InvalidParameterGroupStateFault: /,
    );
    expect(await failureOf(house.call("dax", "DescribeParameters", { ParameterGroupName: "none" }))).toBe(
      "ParameterGroupNotFoundFault: Parameter group none not found.",
    );
  });

  it("are deleted with the observed words", async () => {
    await open();
    await house.call("dax", "CreateParameterGroup", { ParameterGroupName: "mine" });
    expect(await house.call("dax", "DeleteParameterGroup", { ParameterGroupName: "Mine" })).toEqual({
      DeletionMessage: "Parameter group mine has been deleted.",
    });
    expect(await house.events("mine")).toEqual(["Parameter group mine created.", "Parameter group mine deleted."]);
  });
});

describe("subnet groups", () => {
  async function subnets(): Promise<string[]> {
    const { Subnets: found } = await house.call("ec2", "DescribeSubnets", {});
    return found!.toSorted((a, b) => (a.CidrBlock! < b.CidrBlock! ? -1 : 1)).map((subnet) => subnet.SubnetId!);
  }

  it("say where a cluster's nodes may be, also before there is a service-linked role", async () => {
    await open();
    const [a, , c] = await subnets();
    const { SubnetGroup: group } = await house.call("dax", "CreateSubnetGroup", {
      SubnetGroupName: "Ends",
      SubnetIds: [c!, a!],
    });
    expect(group).toMatchObject({
      SubnetGroupName: "ends",
      Subnets: [
        { SubnetIdentifier: a, SubnetAvailabilityZone: "us-west-2a" },
        { SubnetIdentifier: c, SubnetAvailabilityZone: "us-west-2c" },
      ],
    });
    expect(house.identity.findServiceLinkedRole("dax.amazonaws.com")).toBeUndefined();
    await house.create("books", 2, { SubnetGroupName: "ENDS" });
    expect((await describeOne("books")).Nodes!.map((node) => node.AvailabilityZone)).toEqual([
      "us-west-2a",
      "us-west-2c",
    ]);
    expect(await failureOf(house.call("dax", "DeleteSubnetGroup", { SubnetGroupName: "ends" }))).toBe(
      "SubnetGroupInUseFault: Subnet group ends is used by cluster books.",
    );
    expect(
      await failureOf(house.call("dax", "UpdateSubnetGroup", { SubnetGroupName: "ends", SubnetIds: [a!] })),
    ).toMatch(/^SubnetInUse: Subnet subnet-[0-9a-f]+ is used by node books-b\.$/);
  });

  it("need subnets that exist, of one VPC, and a name of their own", async () => {
    await open();
    const [a] = await subnets();
    const make = (SubnetIds: string[], SubnetGroupName = "mine") =>
      failureOf(house.call("dax", "CreateSubnetGroup", { SubnetGroupName, SubnetIds }));
    expect(await make(["subnet-0123456789abcdef0"])).toBe(
      "InvalidSubnet: The subnet ID 'subnet-0123456789abcdef0' does not exist",
    );
    const { Vpc: vpc } = await house.call("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
    const { Subnet: other } = await house.call("ec2", "CreateSubnet", {
      VpcId: vpc!.VpcId!,
      CidrBlock: "10.0.0.0/24",
    });
    expect(await make([a!, other!.SubnetId!])).toBe("InvalidSubnet: All subnets of a group must be in one VPC.");
    await house.call("dax", "CreateSubnetGroup", { SubnetGroupName: "mine", SubnetIds: [a!] });
    expect(await make([a!], "MINE")).toBe("SubnetGroupAlreadyExistsFault: Subnet group mine already exists.");
    expect(await house.call("dax", "DeleteSubnetGroup", { SubnetGroupName: "mine" })).toEqual({
      DeletionMessage: "Subnet group mine has been deleted.",
    });
    expect(await failureOf(house.call("dax", "DescribeSubnetGroups", { SubnetGroupNames: ["mine"] }))).toBe(
      "SubnetGroupNotFoundFault: Subnet group mine not found.",
    );
  });

  it("with a name that no group can have are not there", async () => {
    await open();
    for (const name of ["n".repeat(5_000), "", "a/b", "\ud800", "\u0000"]) {
      const subnet = { SubnetGroupName: name };
      const parameter = { ParameterGroupName: name };
      expect(await failureOf(house.call("dax", "DeleteSubnetGroup", subnet))).toContain("SubnetGroupNotFoundFault");
      expect(await failureOf(house.call("dax", "UpdateSubnetGroup", subnet))).toContain("SubnetGroupNotFoundFault");
      for (const operation of ["DeleteParameterGroup", "DescribeParameters"] as const) {
        expect(await failureOf(house.call("dax", operation, parameter))).toContain("ParameterGroupNotFoundFault");
      }
    }
  });

  it("default is meant by an empty name, as Terraform sends it", async () => {
    await open();
    await house.call("dax", "CreateCluster", {
      ...{
        ClusterName: "books",
        NodeType: "dax.t3.small",
        ReplicationFactor: 1,
        IamRoleArn: roleArn,
      },
      ...{ SubnetGroupName: "", SecurityGroupIds: [] },
    });
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(await describeOne("books")).toMatchObject({ SubnetGroup: "default" });
  });

  it("default comes with the first cluster that needs it", async () => {
    await open();
    expect((await house.call("dax", "DescribeSubnetGroups", {})).SubnetGroups).toEqual([]);
    await house.create("books");
    const { SubnetGroups: groups } = await house.call("dax", "DescribeSubnetGroups", {});
    expect(groups![0]).toMatchObject({ SubnetGroupName: "default", Description: "Default CacheSubnetGroup" });
    expect(groups![0]!.Subnets).toHaveLength(3);
  });
});

describe("tags", () => {
  it("are put on clusters, listed and taken away", async () => {
    await open();
    await house.create("books", 1, { Tags: [{ Key: "team", Value: "shop" }] });
    const ResourceName = clusterArnOf("Books");
    expect(await house.call("dax", "ListTags", { ResourceName })).toEqual({ Tags: [{ Key: "team", Value: "shop" }] });
    expect(
      await house.call("dax", "TagResource", { ResourceName, Tags: [{ Key: "stage", Value: "test" }] }),
    ).toMatchObject({ Tags: [{ Key: "team" }, { Key: "stage" }] });
    expect(await house.call("dax", "UntagResource", { ResourceName, TagKeys: ["team"] })).toEqual({
      Tags: [{ Key: "stage", Value: "test" }],
    });
    const odd = [{ Key: "__proto__", Value: "x" }];
    expect(await house.call("dax", "TagResource", { ResourceName, Tags: odd })).toMatchObject({
      Tags: [{ Key: "stage" }, { Key: "__proto__", Value: "x" }],
    });
    expect(await failureOf(house.call("dax", "UntagResource", { ResourceName, TagKeys: ["team"] }))).toBe(
      "TagNotFoundFault: The cluster has no tag team.",
    );
    expect(await failureOf(house.call("dax", "ListTags", { ResourceName: "arn:aws:s3:::bucket" }))).toBe(
      "InvalidARNFault: The ARN arn:aws:s3:::bucket is not the ARN of a DAX cluster.",
    );
    expect(await failureOf(house.call("dax", "ListTags", { ResourceName: clusterArnOf("none") }))).toBe(
      "ClusterNotFoundFault: Cluster not found.",
    );
  });

  it("at creation need their own permission", async () => {
    await open();
    const credentials = await house.user("Creator", [
      { Effect: "Allow", Action: ["dax:CreateCluster", "iam:*"], Resource: "*" },
    ]);
    const input = { ClusterName: "books", NodeType: "dax.t3.small", ReplicationFactor: 1, IamRoleArn: roleArn };
    expect(
      await failureOf(
        house.call("dax", "CreateCluster", { ...input, Tags: [{ Key: "a", Value: "b" }] }, { credentials }),
      ),
    ).toMatch(/^AccessDenied: .* dax:TagResource on resource: arn:aws:dax:us-west-2:123456789012:cache\/books/);
    await house.call("dax", "CreateCluster", input, { credentials });
  });
});

describe("describing", () => {
  it("comes in pages of 20 to 100, in the order of names", async () => {
    await open();
    for (let index = 0; index < 20; index++) {
      await house.call("dax", "CreateParameterGroup", {
        ParameterGroupName: `group-${String(index).padStart(2, "0")}`,
      });
    }
    expect(await failureOf(house.call("dax", "CreateParameterGroup", { ParameterGroupName: "one-more" }))).toMatch(
      /^ParameterGroupQuotaExceededFault: /,
    );
    const first = await house.call("dax", "DescribeParameterGroups", { MaxResults: 20 });
    expect(first.ParameterGroups).toHaveLength(20);
    const second = await house.call("dax", "DescribeParameterGroups", { MaxResults: 20, NextToken: first.NextToken! });
    expect(second.ParameterGroups!.map((group) => group.ParameterGroupName)).toEqual(["group-19"]);
    expect(second.NextToken).toBeUndefined();
    expect(await failureOf(house.call("dax", "DescribeParameterGroups", { MaxResults: 19 }))).toBe(
      "InvalidParameterValueException: MaxResults must be between 20 and 100.",
    );
    const events = await house.call("dax", "DescribeEvents", { MaxResults: 20 });
    expect(events.Events).toHaveLength(20);
    expect(events.NextToken).toBeUndefined();
    expect(events.Events![0]!.Message).toBe("Parameter group group-19 created.");
  });

  it("of events keeps to the time asked for", async () => {
    await open();
    await house.create("books");
    expect((await house.call("dax", "DescribeEvents", { Duration: 5, SourceType: "CLUSTER" })).Events).toHaveLength(1);
    expect((await house.call("dax", "DescribeEvents", { EndTime: new Date(1_000_000_000_000) })).Events).toEqual([]);
    expect(await failureOf(house.call("dax", "DescribeEvents", { Duration: 5, StartTime: new Date() }))).toMatch(
      /^InvalidParameterCombinationException: /,
    );
  });
});

describe("a notification topic", () => {
  it("is told of a cluster's events while it is active, the last one included", async () => {
    const told: string[] = [];
    house = await openHouse({
      onNotification: ({ topicArn, clusterArn, event }) => void told.push(`${topicArn} ${clusterArn} ${event.message}`),
    });
    await house.serviceRole();
    const NotificationTopicArn = `arn:aws:sns:${region}:123456789012:books`;
    const about = (message: string) => `${NotificationTopicArn} ${clusterArnOf("books")} ${message}`;
    await house.create("books", 2, { NotificationTopicArn });
    expect(told).toEqual([about("Cluster created.")]);
    const ClusterName = "books";
    const reboot = async () => {
      await house.call("dax", "RebootNode", { ClusterName, NodeId: "books-a" });
      await house.clusters.whenAvailable("books", region, 15_000);
    };
    const { Cluster: off } = await house.call("dax", "UpdateCluster", {
      ClusterName,
      NotificationTopicStatus: "inactive",
    });
    expect(off!.NotificationConfiguration).toEqual({ TopicArn: NotificationTopicArn, TopicStatus: "inactive" });
    await reboot();
    expect(told).toHaveLength(1);
    const { Cluster: on } = await house.call("dax", "UpdateCluster", {
      ClusterName,
      NotificationTopicStatus: "active",
    });
    expect(on!.NotificationConfiguration).toEqual({ TopicArn: NotificationTopicArn, TopicStatus: "active" });
    await house.call("dax", "DeleteCluster", { ClusterName });
    await house.until(() => told.length === 2, "the last event");
    expect(told[1]).toBe(about("Cluster deleted."));
  });
});
