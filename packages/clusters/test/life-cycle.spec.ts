import { afterEach, describe, expect, it } from "vitest";
import { clusterArnOf, failureOf, type House, newGround, openHouse, region, roleArn } from "./house.js";

let house: House;
afterEach(() => house.close());

const input = { NodeType: "dax.r5.large", ReplicationFactor: 1, IamRoleArn: roleArn };

describe("creating a cluster", () => {
  it("answers at once with state creating, then launches nodes and becomes available", async () => {
    house = await openHouse();
    await house.serviceRole();
    const { Cluster: created } = await house.call("dax", "CreateCluster", { ...input, ClusterName: "DAXCluster01" });
    expect(created).toMatchObject({
      ClusterName: "daxcluster01",
      ClusterArn: clusterArnOf("daxcluster01"),
      Status: "creating",
      TotalNodes: 1,
      ActiveNodes: 0,
      ClusterDiscoveryEndpoint: { Port: 8111 },
      SubnetGroup: "default",
      IamRoleArn: roleArn,
      ParameterGroup: { ParameterGroupName: "default.dax1.0", ParameterApplyStatus: "in-sync", NodeIdsToReboot: [] },
      SSEDescription: { Status: "DISABLED" },
    });
    expect(created!.Nodes).toBeUndefined();
    expect(created!.PreferredMaintenanceWindow).toMatch(/^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/);

    const view = await house.clusters.whenAvailable("DAXCluster01", region, 15_000);
    expect(view).toMatchObject({ endpoint: "dax://127.31.0.4:8111", nodes: [{ nodeId: "daxcluster01-a", pid: 1 }] });
    const { Clusters: clusters } = await house.call("dax", "DescribeClusters", { ClusterNames: ["DAXCLUSTER01"] });
    expect(clusters![0]).toMatchObject({
      Status: "available",
      ActiveNodes: 1,
      ClusterDiscoveryEndpoint: { Address: "127.31.0.4", Port: 8111, URL: "dax://127.31.0.4" },
      Nodes: [
        {
          NodeId: "daxcluster01-a",
          Endpoint: { Address: "127.31.0.4", Port: 8111 },
          AvailabilityZone: "us-west-2a",
          NodeStatus: "available",
          ParameterGroupStatus: "in-sync",
        },
      ],
    });
    expect(await house.events("daxcluster01")).toEqual(["Cluster created."]);
  });

  it("spreads nodes over the zones, and gives them names, addresses and one leader", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books", 3);
    const { Clusters: clusters } = await house.call("dax", "DescribeClusters", {});
    expect(clusters![0]!.Nodes!.map((node) => [node.NodeId, node.AvailabilityZone, node.Endpoint!.Address])).toEqual([
      ["books-a", "us-west-2a", "127.31.0.4"],
      ["books-b", "us-west-2b", "127.31.16.4"],
      ["books-c", "us-west-2c", "127.31.32.4"],
    ]);
    const told = house.launcher.alive;
    expect(told).toHaveLength(3);
    await house.until(() => told.every((node) => node.rosters.at(-1)?.nodes.length === 3), "the whole roster");
    const [roster] = told.map((node) => node.rosters.at(-1)!);
    expect(roster!.nodes.filter((node) => node.leader)).toHaveLength(1);
    for (const node of told) expect(node.rosters.at(-1)).toEqual(roster);
  });

  it("tells a node what it is to be", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books");
    expect(house.launcher.node("books-a").configuration).toEqual({
      clusterArn: clusterArnOf("books"),
      account: "123456789012",
      region,
      nodeId: "books-a",
      listenAddress: "127.31.0.4",
      port: 8111,
      tableEndpoint: "http://127.0.0.1:8000",
      serviceRoleArn: roleArn,
      recordTtlMs: 300_000,
      queryTtlMs: 300_000,
      withoutGatewayMs: 300_000,
      cacheBytesMax: 256 * 1024 * 1024,
      ingressCidrs: ["127.0.0.1/32", "127.31.0.4/32", "::1/128"],
    });
  });

  it.each<[string, object, string]>([
    ["a role ARN that is none", { IamRoleArn: "x" }, "InvalidParameterValueException: ARNs must start with 'arn:': x"],
    [
      "a role ARN that is cut short, before the name is looked at",
      { IamRoleArn: "arn:aws", ClusterName: "-" },
      "InvalidParameterValueException: Second colon partition not found: arn:aws",
    ],
    [
      "a bad name",
      { ClusterName: "1st" },
      "InvalidParameterValueException: Cluster ID specified is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
    ],
    [
      "a reserved word in the name",
      { ClusterName: "my-sudo" },
      "InvalidParameterValueException: Cluster names must not contain the reserved word sudo.",
    ],
    ["no nodes", { ReplicationFactor: 0 }, "InvalidParameterValueException: ReplicationFactor must be at least 1."],
    [
      "twelve nodes",
      { ReplicationFactor: 12 },
      "NodeQuotaForClusterExceededFault: A cluster has at most 11 nodes; 12 were asked for.",
    ],
    [
      "zones that do not fit the nodes",
      { ReplicationFactor: 2, AvailabilityZones: ["us-west-2a"] },
      "InvalidParameterCombinationException: 1 Availability Zones were given for 2 nodes; give one for each node, or none.",
    ],
    [
      "a zone that does not exist",
      { AvailabilityZones: ["us-west-2q"] },
      "InvalidParameterValueException: Invalid availability zone: [us-west-2q]",
    ],
    [
      "a security group that does not exist",
      { SecurityGroupIds: ["sg-0123456789abcdef0"] },
      "InvalidParameterValueException: The security group 'sg-0123456789abcdef0' does not exist",
    ],
    [
      "a subnet group that does not exist",
      { SubnetGroupName: "nowhere" },
      "SubnetGroupNotFoundFault: Subnet group nowhere not found.",
    ],
    [
      "a parameter group that does not exist",
      { ParameterGroupName: "none" },
      "ParameterGroupNotFoundFault: Parameter group none not found.",
    ],
    [
      "TLS, which is not offered",
      { ClusterEndpointEncryptionType: "TLS" },
      "InvalidParameterValueException: ClusterEndpointEncryptionType TLS is not supported here; use NONE.",
    ],
    [
      "encryption at rest of the oldest family",
      { NodeType: "dax.r3.large", SSESpecification: { Enabled: true } },
      "InvalidParameterValueException: Encryption at rest is not supported for node type dax.r3.large.",
    ],
    [
      "a maintenance window that is too short",
      { PreferredMaintenanceWindow: "sun:23:00-sun:23:30" },
      "InvalidParameterValueException: The maintenance window sun:23:00-sun:23:30 must last at least 60 minutes and at most 24 hours.",
    ],
    [
      "a topic of another account",
      { NotificationTopicArn: "arn:aws:sns:us-west-2:210987654321:t" },
      "InvalidParameterValueException: The SNS topic arn:aws:sns:us-west-2:210987654321:t belongs to another account or Region.",
    ],
  ])("refuses %s", async (_title, change, message) => {
    house = await openHouse();
    await house.serviceRole();
    expect(await failureOf(house.call("dax", "CreateCluster", { ...input, ClusterName: "books", ...change }))).toBe(
      message,
    );
    expect(await house.clusters.list()).toEqual([]);
    if (!message.startsWith("ParameterGroupNotFound")) {
      expect(house.identity.findServiceLinkedRole("dax.amazonaws.com")).toBeUndefined();
    }
  });

  it("refuses an unknown node type and lists the known ones", async () => {
    house = await openHouse();
    await house.serviceRole();
    expect(
      await failureOf(house.call("dax", "CreateCluster", { ...input, ClusterName: "books", NodeType: "dax.x1" })),
    ).toMatch(/^InvalidParameterValueException: dax\.x1 is not a valid node type\. Valid node types: dax\.r3\.large, /);
  });

  it("refuses a name that is taken, ignoring case, also while the cluster is deleted", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books");
    const again = () => failureOf(house.call("dax", "CreateCluster", { ...input, ClusterName: "BOOKS" }));
    expect(await again()).toBe("ClusterAlreadyExistsFault: Cluster books already exists.");
    house.launcher.node("books-a").obedient = false;
    await house.call("dax", "DeleteCluster", { ClusterName: "books" });
    expect(await again()).toBe("ClusterAlreadyExistsFault: Cluster books already exists.");
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
  });

  it("gives one of two simultaneous requests for one name the cluster", async () => {
    house = await openHouse();
    await house.serviceRole();
    const results = await Promise.allSettled(
      ["books", "Books"].map((ClusterName) => house.call("dax", "CreateCluster", { ...input, ClusterName })),
    );
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.alive).toHaveLength(1);
  });

  it("that cannot launch its node fails visibly and leaves nothing behind", async () => {
    house = await openHouse();
    await house.serviceRole();
    house.launcher.behaviour = "end";
    await house.call("dax", "CreateCluster", { ...input, ClusterName: "books" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect(house.launcher.launched).toHaveLength(3);
    expect(await house.events("books")).toEqual([
      "Failed to create cluster books: the node's process ended before it listened (exit status 1)",
      "Cluster deleted.",
    ]);
    expect((await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces).toEqual([]);
    expect((await house.call("ec2", "DescribeSecurityGroups", {})).SecurityGroups).toHaveLength(1);
  });

  it("gives up a node that does not say in time that it listens", async () => {
    house = await openHouse({ limits: { launchTimeoutMs: 30, launchAttemptsMax: 1 } });
    await house.serviceRole();
    house.launcher.behaviour = "hang";
    await house.call("dax", "CreateCluster", { ...input, ClusterName: "books" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect((await house.events("books"))[0]).toBe(
      "Failed to create cluster books: the node's process ended before it listened (signal SIGKILL)",
    );
  });
});

describe("deleting a cluster", () => {
  it("drains its nodes, takes its interfaces and its group away, then the name is free", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books", 2);
    const nodes = house.launcher.alive;
    const { Cluster: deleting } = await house.call("dax", "DeleteCluster", { ClusterName: "Books" });
    expect(deleting).toMatchObject({
      Status: "deleting",
      ClusterDiscoveryEndpoint: { Address: "127.31.0.4", Port: 8111 },
    });
    expect(deleting!.Nodes).toBeUndefined();
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect(nodes.map((node) => [node.ended, node.drains])).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect((await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces).toEqual([]);
    expect((await house.call("ec2", "DescribeSecurityGroups", {})).SecurityGroups).toHaveLength(1);
    expect(await house.events("books")).toEqual(["Cluster created.", "Cluster deleted."]);
    expect(await failureOf(house.call("dax", "DescribeClusters", { ClusterNames: ["books"] }))).toBe(
      "ClusterNotFoundFault: Cluster books not found.",
    );
    await house.create("books");
    expect((await house.clusters.list())[0]!.endpoint).toBe("dax://127.31.0.4:8111");
  });

  it("ends nodes that do not obey, first with a signal, then by force", async () => {
    house = await openHouse({ limits: { finishMs: 20, stopMs: 20 } });
    await house.serviceRole();
    await house.create("books");
    const node = house.launcher.node("books-a");
    node.obedient = false;
    await house.call("dax", "DeleteCluster", { ClusterName: "books" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect(node.signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  it("needs a cluster that is there and available", async () => {
    house = await openHouse();
    await house.serviceRole();
    expect(await failureOf(house.call("dax", "DeleteCluster", { ClusterName: "books" }))).toBe(
      "ClusterNotFoundFault: Cluster not found.",
    );
    house.launcher.behaviour = "hang";
    await house.call("dax", "CreateCluster", { ...input, ClusterName: "books" });
    expect(await failureOf(house.call("dax", "DeleteCluster", { ClusterName: "books" }))).toBe(
      "InvalidClusterStateFault: Cluster books is creating; it must be available.",
    );
  });
});

describe("a gateway that starts again", () => {
  it("launches the nodes of its clusters again, at their addresses", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    await house.create("books", 2);
    await house.close();
    expect(house.launcher.alive).toEqual([]);

    house = await openHouse({}, ground, 2);
    const view = await house.clusters.whenAvailable("books", region, 15_000);
    expect(view.endpoint).toBe("dax://127.31.0.4:8111");
    expect(house.launcher.alive.map((node) => node.configuration!.listenAddress)).toEqual([
      "127.31.0.4",
      "127.31.16.4",
    ]);
    expect(await house.events("books")).toEqual(["Cluster created."]);
  });

  it("goes on with a creation that a stop interrupted", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    house.launcher.behaviour = "hang";
    await house.call("dax", "CreateCluster", { ...input, ClusterName: "books" });
    await house.until(() => house.launcher.alive.length === 1, "the launch");
    await house.close();

    house = await openHouse({}, ground, 2);
    await house.clusters.whenAvailable("books", region, 15_000);
    expect((await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces).toHaveLength(1);
  });

  it("takes away interfaces that no node has, and makes those anew that are gone", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    await house.create("books", 2);
    const before = (await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces!;
    await house.close();
    // As if a stop had come between EC2's answer and its being written down.
    const key = `clusters/places/123456789012/${region}/clusters/books`;
    await ground.store.transact(async (transaction) => {
      const record = (await transaction.get(key))!.value as { readonly nodes: readonly object[] };
      const nodes = record.nodes.map((node, index) =>
        index === 1 ? { ...node, interfaceId: "eni-00000000000000000", createdAt: 1 } : node,
      );
      transaction.put(key, { ...(record as object), nodes } as never);
    });

    house = await openHouse({}, ground, 2);
    await house.clusters.whenAvailable("books", region, 15_000);
    const ids = async () =>
      (await house.call("ec2", "DescribeNetworkInterfaces", {})).NetworkInterfaces!.map(
        (one) => one.NetworkInterfaceId,
      );
    await house.until(
      async () =>
        !(await ids()).includes(before.find((one) => one.Description!.includes("books-b"))!.NetworkInterfaceId),
      "the audit",
    );
    await house.until(async () => (await ids()).length === 2, "two interfaces");
  });
});

describe("supervision", () => {
  it("launches a node that crashed again, with a new token", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books");
    const first = house.launcher.node("books-a");
    first.end({ code: null, signal: "SIGSEGV" });
    await house.until(() => house.launcher.alive.length === 1, "the new launch");
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.node("books-a").launch.token).not.toBe(first.launch.token);
    expect((await house.clusters.list())[0]!.status).toBe("available");
  });

  it("makes another node the leader when the leader is lost, and says so", async () => {
    house = await openHouse({ limits: { relaunchMinMs: 300, relaunchMaxMs: 300 } });
    await house.serviceRole();
    await house.create("books", 3);
    await house.until(() => house.launcher.node("books-b").rosters.at(-1)!.nodes.length === 3, "the whole roster");
    const before = house.launcher.node("books-b").rosters.at(-1)!;
    const leader = before.nodes.find((node) => node.leader)!.nodeId;
    house.launcher.node(leader).end({ code: 1, signal: null });
    const follower = house.launcher.alive[0]!;
    await house.until(() => follower.rosters.at(-1)!.nodes.length === 2, "the smaller roster");
    const after = follower.rosters.at(-1)!;
    expect(after.epoch).toBe(before.epoch + 1);
    const next = after.nodes.find((node) => node.leader)!.nodeId;
    expect(next).not.toBe(leader);
    expect(await house.events("books")).toContain(`Failed over from node ${leader} to node ${next}.`);
    await house.until(() => follower.rosters.at(-1)!.nodes.length === 3, "the node's return");
    expect(follower.rosters.at(-1)!.epoch).toBe(after.epoch);
  });

  it("takes a node off the roster that is not heard of, and back when it is", async () => {
    house = await openHouse({ limits: { seatMs: 800 } });
    await house.serviceRole();
    await house.create("books", 2);
    const [a, b] = house.launcher.alive;
    await house.until(() => a!.rosters.at(-1)!.nodes.length === 2, "the whole roster");
    await b!.feed.close();
    await house.until(() => a!.rosters.at(-1)!.nodes.length === 1, "the smaller roster");
    expect(b!.ended).toBe(false);
  });

  it("takes a node off the roster that does not ask for its seat, gives its lead away, and takes it back", async () => {
    house = await openHouse({ limits: { seatMs: 800 } });
    await house.serviceRole();
    await house.create("books", 3);
    const [a, b, c] = house.launcher.alive;
    await house.until(() => c!.rosters.at(-1)!.nodes.length === 3, "the whole roster");
    const before = c!.rosters.at(-1)!;
    const leader = [a!, b!, c!].find((node) => node.name === before.nodes.find((one) => one.leader)!.nodeId)!;
    const other = [a!, b!, c!].find((node) => node !== leader)!;
    leader.stuck = true;
    await house.until(() => other.rosters.at(-1)!.nodes.length === 2, "the smaller roster");
    await house.until(() => other.rosters.at(-1)!.nodes.some((node) => node.leader), "another leader");
    expect(other.rosters.at(-1)!.epoch).toBe(before.epoch + 1);
    // Nothing it has told is missing as long as its connection stands.
    expect(other.losses).toEqual([]);
    await leader.feed.request("seat", { run: `run-${leader.pid}`, sequence: 0 });
    await house.until(() => other.rosters.at(-1)!.nodes.length === 3, "the node's return");
    expect(other.rosters.at(-1)!.nodes.find((node) => node.leader)!.nodeId).not.toBe(leader.name);
    leader.end({ code: null, signal: "SIGKILL" });
    await house.until(() => other.losses.length === 1, "the loss");
  });

  it("tells nodes at once of a notice that has not come through", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("books", 2);
    const [a, b] = house.launcher.alive;
    const grant = await a!.feed.request("seat", { run: `run-${a!.pid}`, sequence: 2 });
    expect(grant.sequences).toEqual({ [`books-b/run-${b!.pid}`]: 0 });
    await house.until(() => b!.wrote.length === 1, "the notice");
    const origin = `books-a/run-${a!.pid}`;
    expect(b!.wrote).toEqual([{ origin, sequence: 2, table: "", keys: [], missing: true }]);
    const other = await b!.feed.request("seat", { run: `run-${b!.pid}`, sequence: 0 });
    expect(other.sequences).toEqual({ [origin]: 2 });
  });

  it("stops all nodes and the feed within its bounds", async () => {
    house = await openHouse({ limits: { finishMs: 20, stopMs: 20 } });
    await house.serviceRole();
    await house.create("books", 2);
    const [a, b] = house.launcher.alive;
    b!.obedient = false;
    await house.clusters.stop();
    expect([a!.ended, b!.ended]).toEqual([true, true]);
    expect(b!.signals).toEqual(["SIGTERM", "SIGKILL"]);
    expect((await house.clusters.list()).map((view) => view.status)).toEqual(["available"]);
  });

  it("lets nodes share 127.0.0.1 with ports of their own, and keeps the ports", async () => {
    const ground = newGround();
    house = await openHouse({ advertise: "loopback" }, ground);
    await house.serviceRole();
    await house.create("books", 2);
    const [a, b] = house.launcher.alive;
    expect([a!.firstPort, b!.firstPort]).toEqual([0, 0]);
    await house.until(() => a!.rosters.at(-1)!.nodes.length === 2, "the whole roster");
    expect(a!.rosters.at(-1)!.nodes.map((node) => `${node.address}:${node.port}`)).toEqual([
      `127.0.0.1:${40_000 + a!.pid}`,
      `127.0.0.1:${40_000 + b!.pid}`,
    ]);
    const { Clusters: clusters } = await house.call("dax", "DescribeClusters", {});
    expect(clusters![0]!.ClusterDiscoveryEndpoint).toEqual({
      Address: "127.0.0.1",
      Port: 40_000 + a!.pid,
      URL: `dax://127.0.0.1:${40_000 + a!.pid}`,
    });
    await house.close();
    house = await openHouse({ advertise: "loopback" }, ground, 2);
    await house.clusters.whenAvailable("books", region, 15_000);
    expect(house.launcher.alive.map((node) => node.configuration!.port)).toEqual([40_000 + a!.pid, 40_000 + b!.pid]);
  });
});
