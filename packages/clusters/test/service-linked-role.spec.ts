import { CommonAwsError } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import {
  account,
  clusterArnOf,
  daxTrust,
  failureOf,
  type House,
  linkedRoleArn,
  newGround,
  openHouse,
  region,
  roleArn,
} from "./house.js";

let house: House;
afterEach(() => house.close());

const dax = "dax.amazonaws.com";
const path = "/aws-service-role/dax.amazonaws.com/";
const input = { ClusterName: "DAXCluster01", NodeType: "dax.r5.large", ReplicationFactor: 1, IamRoleArn: roleArn };

/** A caller who may do what the documents say is needed, and nothing in EC2. */
const creator = [
  { Effect: "Allow", Action: "dax:*", Resource: "*" },
  { Effect: "Allow", Action: "iam:PassRole", Resource: roleArn },
  {
    Effect: "Allow",
    Action: "iam:CreateServiceLinkedRole",
    Resource: "*",
    Condition: { StringLike: { "iam:AWSServiceName": dax } },
  },
];

async function linkedRoles(): Promise<readonly string[]> {
  const { Roles: roles } = await house.call("iam", "ListRoles", { PathPrefix: path });
  return roles!.map((role) => role.RoleId!);
}

/** Deletes the role as IAM does it, and answers with the end of the task. */
async function deleteRole() {
  const { DeletionTaskId: task } = await house.call("iam", "DeleteServiceLinkedRole", {
    RoleName: "AWSServiceRoleForDAX",
  });
  const look = () => house.call("iam", "GetServiceLinkedRoleDeletionStatus", { DeletionTaskId: task! });
  await house.until(async () => ["SUCCEEDED", "FAILED"].includes((await look()).Status!), "the deletion task");
  return look();
}

describe("the service-linked role of DAX", () => {
  it("SLR-01 SLR-36 is there, once, after the first cluster was created by the API", async () => {
    house = await openHouse();
    await house.serviceRole();
    expect(await linkedRoles()).toEqual([]);
    await house.create("daxcluster01");
    await house.create("daxcluster02");
    expect(await linkedRoles()).toHaveLength(1);
    expect(house.identity.findServiceLinkedRole(dax)?.arn).toBe(linkedRoleArn);
  });

  it("SLR-05 is what makes every EC2 call of a cluster's life", async () => {
    const calls: string[] = [];
    const ground = newGround();
    let invoke: ((call: never) => Promise<unknown>) | undefined;
    house = await openHouse(
      {
        invoke: async (call) => {
          calls.push(call.operation);
          const credential = house.identity.credentials.find(call.credentials.accessKeyId);
          expect(credential?.principal).toMatchObject({
            kind: "role-session",
            arn: `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForDAX/dax-daxcluster01`,
          });
          return invoke!(call as never);
        },
      },
      ground,
    );
    invoke = house.router.invoke.bind(house.router) as never;
    await house.serviceRole();
    await house.create("daxcluster01");
    const more = (await house.call("ec2", "CreateSecurityGroup", { GroupName: "more", Description: "d" })).GroupId!;
    await house.call("dax", "UpdateCluster", { ClusterName: "daxcluster01", SecurityGroupIds: [more] });
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
    await house.call("dax", "DeleteCluster", { ClusterName: "daxcluster01" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    // Zones are asked for when a caller names some; everything else of the role's twelve actions has been used.
    expect([...new Set(calls)].sort()).toEqual([
      "AuthorizeSecurityGroupIngress",
      "CreateNetworkInterface",
      "CreateSecurityGroup",
      "DeleteNetworkInterface",
      "DeleteSecurityGroup",
      "DescribeNetworkInterfaces",
      "DescribeSecurityGroups",
      "DescribeSubnets",
      "DescribeVpcs",
      "ModifyNetworkInterfaceAttribute",
      "RevokeSecurityGroupIngress",
    ]);
  });

  it.each(["CreateNetworkInterface", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress"])(
    "SLR-05 a role that may not do ec2:%s makes the creation fail visibly",
    async (denied) => {
      let invoke: ((call: never) => Promise<unknown>) | undefined;
      house = await openHouse({
        invoke: async (call) => {
          if (call.operation === denied)
            throw new CommonAwsError("AccessDenied", `not authorized to perform: ec2:${denied}`);
          return invoke!(call as never);
        },
      });
      invoke = house.router.invoke.bind(house.router) as never;
      await house.serviceRole();
      await house.call("dax", "CreateCluster", input);
      await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
      expect(await house.events("daxcluster01")).toEqual([
        `Failed to create cluster daxcluster01: not authorized to perform: ec2:${denied}`,
        "Cluster deleted.",
      ]);
      expect(house.launcher.launched).toEqual([]);
    },
  );

  it("SLR-05 a role that may not describe subnets makes the creation fail at once", async () => {
    house = await openHouse({
      invoke: async (call) => {
        throw new CommonAwsError("AccessDenied", `not authorized to perform: ec2:${call.operation}`);
      },
    });
    await house.serviceRole();
    expect(await failureOf(house.call("dax", "CreateCluster", input))).toBe(
      "InvalidVPCNetworkStateFault: not authorized to perform: ec2:DescribeVpcs",
    );
  });

  it("SLR-05 a role that may not delete interfaces keeps the cluster deleting until it may", async () => {
    let allowed = false;
    let invoke: ((call: never) => Promise<unknown>) | undefined;
    house = await openHouse({
      invoke: async (call) => {
        if (call.operation === "DeleteNetworkInterface" && !allowed) throw new CommonAwsError("AccessDenied", "no");
        return invoke!(call as never);
      },
    });
    invoke = house.router.invoke.bind(house.router) as never;
    await house.serviceRole();
    await house.create("daxcluster01");
    await house.call("dax", "DeleteCluster", { ClusterName: "daxcluster01" });
    await house.until(() => house.launcher.alive.length === 0, "the node to end");
    expect((await house.clusters.list())[0]!.status).toBe("deleting");
    allowed = true;
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
  });

  it("SLR-06 spares the caller every EC2 permission", async () => {
    house = await openHouse();
    await house.serviceRole();
    const credentials = await house.user("Creator", creator);
    await house.call("dax", "CreateCluster", input, { credentials });
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
    expect(await failureOf(house.call("ec2", "DescribeVpcs", {}, { credentials }))).toMatch(/^AccessDenied: /);
  });

  it("SLR-06 is not made for a caller who may not create it, and the fault says what is missing", async () => {
    house = await openHouse();
    await house.serviceRole();
    const credentials = await house.user("Creator", creator.slice(0, 2));
    expect(await failureOf(house.call("dax", "CreateCluster", input, { credentials }))).toMatch(
      new RegExp(
        "^ServiceLinkedRoleNotFoundFault: Access denied while creating the service-linked role AWSServiceRoleForDAX: " +
          `User: arn:aws:iam::${account}:user/Creator is not authorized to perform: iam:CreateServiceLinkedRole on ` +
          `resource: ${linkedRoleArn}`,
      ),
    );
    expect(await linkedRoles()).toEqual([]);
    expect(await house.clusters.list()).toEqual([]);
    // Once the role is there, nobody needs to be allowed to create it.
    await house.call("iam", "CreateServiceLinkedRole", { AWSServiceName: dax });
    await house.call("dax", "CreateCluster", input, { credentials });
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
  });

  it("SLR-14 makes EC2 objects that belong to the customer and show DAX as requester", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    const { NetworkInterfaces: interfaces } = await house.call("ec2", "DescribeNetworkInterfaces", {});
    expect(interfaces![0]).toMatchObject({
      OwnerId: account,
      RequesterManaged: true,
      RequesterId: `${house.identity.findServiceLinkedRole(dax)!.id}:dax-daxcluster01`,
      Description: "DAX node daxcluster01-a of cluster daxcluster01",
      Status: "in-use",
    });
    expect(interfaces![0]!.Groups!.map((group) => group.GroupName)).toEqual([
      "default",
      expect.stringMatching(/^dax-daxcluster01-[a-z0-9]{6}$/),
    ]);
    expect(
      await failureOf(
        house.call("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: interfaces![0]!.NetworkInterfaceId! }),
      ),
    ).toBe("OperationNotPermitted: You do not have permission to access the specified resource.");
  });

  it("SLR-37 that was made by hand is used, and no second one is made", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.call("iam", "CreateServiceLinkedRole", { AWSServiceName: dax });
    const before = await linkedRoles();
    await house.create("daxcluster01");
    expect(await linkedRoles()).toEqual(before);
  });

  it("SLR-37 is made once by two clusters that are created at the same time", async () => {
    house = await openHouse();
    await house.serviceRole();
    await Promise.all([house.create("one"), house.create("two")]);
    expect(await linkedRoles()).toHaveLength(1);
  });

  it("SLR-38 comes by itself to an account that has clusters from before it existed", async () => {
    const ground = newGround();
    house = await openHouse({}, ground);
    await house.serviceRole();
    await house.create("daxcluster01");
    await house.close();
    // An account whose clusters are older than its role: everything of the role is taken out of the store.
    const role = house.identity.findServiceLinkedRole(dax)!;
    await ground.store.transact(async (transaction) => {
      const entries = await transaction.range({ start: "!", end: "\u{10ffff}" });
      for (const { key, value } of entries) {
        if (key.startsWith("clusters/") || key.startsWith("network/")) continue;
        if (JSON.stringify(value).includes(role.id)) transaction.delete(key);
      }
    });

    house = await openHouse({}, ground, 2);
    expect(await linkedRoles()).toHaveLength(1);
    await house.clusters.whenAvailable("daxcluster01", region, 15_000);
  });

  it("SLR-38 comes to every account that has such clusters, and to no other", async () => {
    const ground = newGround();
    const [second, third] = ["210987654321", "310987654321"] as const;
    house = await openHouse({}, ground);
    const credentials = await house.identity.createAccount(second, "second");
    await house.identity.createAccount(third, "third");
    const { Role: role } = await house.call(
      "iam",
      "CreateRole",
      { RoleName: "Tables", AssumeRolePolicyDocument: daxTrust },
      { credentials },
    );
    const wish = { ClusterName: "books", NodeType: "dax.r5.large", ReplicationFactor: 1, IamRoleArn: role!.Arn! };
    await house.call("dax", "CreateCluster", wish, { credentials });
    await house.clusters.whenAvailable("books", region, 15_000);
    const before = house.identity.findServiceLinkedRole(dax, second)!;
    await house.close();
    await ground.store.transact(async (transaction) => {
      const entries = await transaction.range({ start: `identity/${second}/`, end: `identity/${second}/\u{10ffff}` });
      for (const { key, value } of entries) if (JSON.stringify(value).includes(before.id)) transaction.delete(key);
    });

    house = await openHouse({}, ground, 2);
    const found = [account, second, third].map((one) => house.identity.findServiceLinkedRole(dax, one)?.arn);
    expect(found).toEqual([undefined, before.arn, undefined]);
    expect(house.identity.findServiceLinkedRole(dax, second)!.id).not.toBe(before.id);
  });

  it("SLR-39 is made again by the next cluster after it was deleted: same name, another id", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    const [first] = await linkedRoles();
    await house.call("dax", "DeleteCluster", { ClusterName: "daxcluster01" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect((await deleteRole()).Status).toBe("SUCCEEDED");
    expect(await linkedRoles()).toEqual([]);
    await house.create("daxcluster01");
    const [second] = await linkedRoles();
    expect(second).not.toBe(first);
    expect(house.identity.findServiceLinkedRole(dax)!.arn).toBe(linkedRoleArn);
  });

  it("SLR-44 SLR-50 SLR-51 cannot be deleted while there are clusters, in any Region and any state, and tells where", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    const ireland = { region: "eu-west-1" };
    house.launcher.behaviour = "hang";
    await house.call("dax", "CreateCluster", { ...input, ClusterName: "dublin" }, ireland);
    const refused = await deleteRole();
    expect(refused.Status).toBe("FAILED");
    expect(refused.Reason!.RoleUsageList!.toSorted((a, b) => (a.Region! < b.Region! ? -1 : 1))).toEqual([
      { Region: "eu-west-1", Resources: [clusterArnOf("dublin", "eu-west-1")] },
      { Region: region, Resources: [clusterArnOf("daxcluster01")] },
    ]);
    expect(await linkedRoles()).toHaveLength(1);

    house.launcher.behaviour = "serve";
    for (const node of house.launcher.alive) if (node.name === "dublin-a") node.end({ code: 1, signal: null });
    await house.clusters.whenAvailable("dublin", "eu-west-1", 15_000);
    await house.call("dax", "DeleteCluster", { ClusterName: "dublin" }, ireland);
    await house.call("dax", "DeleteCluster", { ClusterName: "daxcluster01" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the clusters to go");
    expect((await deleteRole()).Status).toBe("SUCCEEDED");
    expect(await linkedRoles()).toEqual([]);
  });

  it("SLR-45 has no open session when no step is under way", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    await house.call("dax", "DeleteCluster", { ClusterName: "daxcluster01" });
    await house.until(async () => (await house.clusters.list()).length === 0, "the cluster to go");
    expect((await deleteRole()).Reason).toBeUndefined();
  });
});

describe("the service role", () => {
  it("AC-14 must be given", async () => {
    house = await openHouse();
    const { IamRoleArn: _none, ...without } = input;
    expect(await failureOf(house.call("dax", "CreateCluster", without as never))).toMatch(/iamRoleArn/i);
  });

  it("AC-15 is what DescribeClusters shows, and no update can change it", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    await house
      .call("dax", "UpdateCluster", {
        ClusterName: "daxcluster01",
        Description: "changed",
        IamRoleArn: "arn:aws:iam::123456789012:role/Other",
      } as never)
      .catch(() => {});
    const { Clusters: clusters } = await house.call("dax", "DescribeClusters", { ClusterNames: ["daxcluster01"] });
    expect(clusters![0]!.IamRoleArn).toBe(roleArn);
  });

  it("AC-16 may have any name and path", async () => {
    house = await openHouse();
    const arn = await house.serviceRole("Books-Reader", daxTrust, "/service-role/");
    await house.create("daxcluster01", 1, { IamRoleArn: arn });
    expect(house.launcher.node("daxcluster01-a").configuration!.serviceRoleArn).toBe(arn);
  });

  it("AC-18 must trust DAX", async () => {
    house = await openHouse();
    await house.serviceRole("DAXServiceRole", daxTrust.replace("dax.amazonaws.com", "ec2.amazonaws.com"));
    expect(await failureOf(house.call("dax", "CreateCluster", input))).toBe(
      `InvalidParameterValueException: No permission to assume role: ${roleArn}`,
    );
  });

  it("AC-18 must exist, in the caller's account, and be no service-linked role", async () => {
    house = await openHouse();
    const create = (IamRoleArn: string) => failureOf(house.call("dax", "CreateCluster", { ...input, IamRoleArn }));
    expect(await create(roleArn)).toBe(`InvalidParameterValueException: The role ${roleArn} does not exist.`);
    const foreign = "arn:aws:iam::210987654321:role/Theirs";
    expect(await create(foreign)).toMatch(/^AccessDenied: /);
    await house.call("iam", "CreateServiceLinkedRole", { AWSServiceName: dax });
    expect(await create(linkedRoleArn)).toBe(
      `InvalidParameterValueException: ${linkedRoleArn} is a service-linked role; a cluster needs a service role for its tables.`,
    );
  });

  it("AC-18 must be passed by the caller", async () => {
    house = await openHouse();
    await house.serviceRole();
    const credentials = await house.user("Creator", [creator[0]!, creator[2]!]);
    expect(await failureOf(house.call("dax", "CreateCluster", input, { credentials }))).toMatch(
      `AccessDenied: User: arn:aws:iam::${account}:user/Creator is not authorized to perform: iam:PassRole on resource: ${roleArn}`,
    );
    const toOthers = await house.user("Other", [
      creator[0]!,
      creator[2]!,
      {
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: roleArn,
        Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      },
    ]);
    expect(await failureOf(house.call("dax", "CreateCluster", input, { credentials: toOthers }))).toMatch(
      /iam:PassRole/,
    );
  });

  it("AC-19 AC-20 with the documents' trust can be assumed by DAX and by nobody else", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    const session = await house.launcher.node("daxcluster01-a").feed.request("roleSession", {});
    expect(session.arn).toBe(`arn:aws:sts::${account}:assumed-role/DAXServiceRole/dax-daxcluster01`);
    const assume = house.router.invoke({
      service: "sts",
      operation: "AssumeRole",
      input: { RoleArn: roleArn, RoleSessionName: "mine" },
      region,
      credentials: await house.user("Alice", [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }]),
    });
    expect(await failureOf(assume)).toMatch(/^AccessDenied: .*sts:AssumeRole/);
  });

  it("AC-21 whose trust is removed gives nodes no new sessions, and nodes are told", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("daxcluster01");
    const node = house.launcher.node("daxcluster01-a");
    await node.feed.request("roleSession", {});
    await house.call("iam", "UpdateAssumeRolePolicy", {
      RoleName: "DAXServiceRole",
      PolicyDocument: daxTrust.replace("dax.amazonaws.com", "ec2.amazonaws.com"),
    });
    await house.until(() => node.revocations > 0, "the revocation");
    expect(await failureOf(node.feed.request("roleSession", {}))).toMatch(
      /^AccessDenied: User: .* is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role\/DAXServiceRole/,
    );
  });
});

describe("AC-35 a policy that spells the cluster as the documents do", () => {
  it("matches the cluster that is stored in lower case", async () => {
    house = await openHouse();
    await house.serviceRole();
    await house.create("DAXCluster01");
    const credentials = await house.user("Alice", [
      { Effect: "Allow", Action: "dax:*", Resource: `arn:aws:dax:${region}:${account}:cache/DAXCluster01` },
    ]);
    const found = await house.call("dax", "DescribeClusters", { ClusterNames: ["DAXCluster01"] }, { credentials });
    expect(found.Clusters).toHaveLength(1);
    expect(await failureOf(house.call("dax", "DescribeClusters", {}, { credentials }))).toMatch(/^AccessDenied: /);
  });
});
