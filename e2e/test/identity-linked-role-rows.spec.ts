import { setTimeout as wait } from "node:timers/promises";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { Bench, type Suspects } from "../src/identity/bench.js";
import { CaseHouse, itemActions, statement } from "../src/identity/case-house.js";
import { dialects } from "../src/identity/dialects.js";
import { keysOf, trusting } from "../src/identity/suspects.js";
import { send } from "../src/identity/wire.js";

const RoleName = "AWSServiceRoleForDAX";
const AWSServiceName = "dax.amazonaws.com";
const policyArn = "arn:aws:iam::aws:policy/aws-service-role/DAXServiceRolePolicy";
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: AWSServiceName }, Action: "sts:AssumeRole" }],
};
const actions = [
  ...["AuthorizeSecurityGroupIngress", "CreateNetworkInterface", "CreateSecurityGroup", "DeleteNetworkInterface"],
  ...["DeleteSecurityGroup", "DescribeAvailabilityZones", "DescribeNetworkInterfaces", "DescribeSecurityGroups"],
  ...["DescribeSubnets", "DescribeVpcs", "ModifyNetworkInterfaceAttribute", "RevokeSecurityGroupIngress"],
];

type Iam = ReturnType<typeof awsClients>["iam"];

/** Everything that takes something away from the role, or puts something on it. */
const changes: Readonly<Record<string, (iam: Iam) => Promise<unknown>>> = {
  DeleteRole: (iam) => iam.deleteRole({ RoleName }),
  DetachRolePolicy: (iam) => iam.detachRolePolicy({ RoleName, PolicyArn: policyArn }),
  AttachRolePolicy: (iam) => iam.attachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AWSDenyAll" }),
  DeleteRolePolicy: (iam) => iam.deleteRolePolicy({ RoleName, PolicyName: "p" }),
  PutRolePolicy: (iam) =>
    iam.putRolePolicy({
      RoleName,
      PolicyName: "AWSRevokeOlderSessions",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            ...{ Effect: "Deny", Action: ["*"], Resource: ["*"] },
            Condition: { DateLessThan: { "aws:TokenIssueTime": "2026-11-23T00:00:00Z" } },
          },
        ],
      }),
    }),
  UpdateAssumeRolePolicy: (iam) => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(trust) }),
  PutRolePermissionsBoundary: (iam) =>
    iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: "arn:aws:iam::aws:policy/AWSDenyAll" }),
  DeleteRolePermissionsBoundary: (iam) => iam.deleteRolePermissionsBoundary({ RoleName }),
  "UpdateRole with a session duration": (iam) => iam.updateRole({ RoleName, MaxSessionDuration: 3600 }),
};

describe("the service-linked role, where a cluster is", () => {
  let house: CaseHouse;
  let admin: ReturnType<typeof awsClients>;

  beforeAll(async () => {
    const hotkeep: RunningHotkeep = await startHotkeep();
    house = new CaseHouse(hotkeep);
    await house.bareServiceRole();
    const { iam } = house.root;
    await iam.createUser({ UserName: "Admin" });
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam.attachUserPolicy({ UserName: "Admin", PolicyArn });
    admin = awsClients(hotkeep, keysOf((await iam.createAccessKey({ UserName: "Admin" })).AccessKey));
  });
  afterAll(() => house?.stop());

  it("SLR-08, SLR-18 to SLR-30: has a trust policy and a permissions policy, and both can be read", async () => {
    const { iam } = house.root;
    const { Role } = await iam.getRole({ RoleName });
    expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual(trust);
    expect((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toEqual([
      { PolicyArn: policyArn, PolicyName: "DAXServiceRolePolicy" },
    ]);
    expect((await iam.listRolePolicies({ RoleName })).PolicyNames).toEqual([]);
    const { Policy } = await iam.getPolicy({ PolicyArn: policyArn });
    expect(Policy).toMatchObject({ Path: "/aws-service-role/", DefaultVersionId: "v1" });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: policyArn, VersionId: "v1" });
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions.map((action) => `ec2:${action}`), Resource: "*" }],
    });
  });

  it.each(actions.map((action, index) => [`SLR-${18 + index}`, action] as const))(
    "%s: it may call ec2:%s",
    async (_, action) => {
      const { Arn } = (await house.root.iam.getRole({ RoleName })).Role!;
      const input = { PolicySourceArn: Arn!, ActionNames: [`ec2:${action}`, "ec2:RunInstances"] };
      const { EvaluationResults } = await house.root.iam.simulatePrincipalPolicy(input);
      expect(EvaluationResults!.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
    },
  );

  it.each(Object.keys(changes))(
    "SLR-11, SLR-40, SLR-52: %s is refused to an administrator and to root",
    async (name) => {
      const before = (await house.root.iam.getRole({ RoleName })).Role;
      for (const { iam } of [admin, house.root]) {
        await expect(changes[name]!(iam)).rejects.toMatchObject({
          name: "UnmodifiableEntityException",
          message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
        });
      }
      const { RoleLastUsed: _, ...after } = (await house.root.iam.getRole({ RoleName })).Role!;
      expect(before).toMatchObject(after);
    },
  );

  it("SLR-10, SLR-44, SLR-49: cannot be deleted while the cluster is there, and says where it is", async () => {
    const { iam } = admin;
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
    const ask = () => iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: DeletionTaskId! });
    let status = await ask();
    while (status.Status === "NOT_STARTED" || status.Status === "IN_PROGRESS") status = await ask();
    expect(status).toMatchObject({
      Status: "FAILED",
      Reason: {
        RoleUsageList: [{ Region: house.hotkeep.region, Resources: [expect.stringContaining("cache/daxcluster01")] }],
      },
    });
    expect((await iam.getRole({ RoleName })).Role!.RoleName).toBe(RoleName);
  });

  it("SLR-15, SLR-16: opens no table: without a service role's permission every operation through DAX fails", async () => {
    await house.serviceMay([]);
    const alice = await house.user([statement("dax", ["*"], house.clusterArn())]);
    for (const [name, column] of itemActions) {
      expect(`${name} ${(await alice.viaDax(column)).result}`).toBe(`${name} d2`);
    }
  });

  it("SLR-43, SLR-51, SLR-55: is deleted once the cluster is, by the API, and nothing else misses it", async () => {
    const { dax, iam, dynamodb } = house.root;
    await dax.deleteCluster({ ClusterName: "DAXCluster01" });
    while ((await dax.describeClusters({})).Clusters!.length > 0) await wait(20);
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
    const ask = () => iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: DeletionTaskId! });
    let status = await ask();
    while (status.Status === "NOT_STARTED" || status.Status === "IN_PROGRESS") status = await ask();
    expect(status.Status).toBe("SUCCEEDED");
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
    expect((await dynamodb.scan({ TableName: "Books", Select: "COUNT" })).Count).toBeGreaterThan(30);
    expect((await dax.describeSubnetGroups({})).SubnetGroups).toBeInstanceOf(Array);
    expect((await iam.listRoles({ PathPrefix: "/aws-service-role/" })).Roles).toEqual([]);
  });
});

describe("the service-linked role, where nothing is yet", () => {
  let hotkeep: RunningHotkeep;
  let iam: Iam;

  beforeAll(async () => {
    hotkeep = await startHotkeep({ empty: true });
    iam = awsClients(hotkeep, hotkeep.credentials.root!).iam;
  });
  afterAll(() => hotkeep?.stop());

  it("SLR-04: is predefined: whoever makes it can give it neither name nor path nor policies", async () => {
    const dialect = dialects.find(({ service }) => service === "iam")!;
    const bench = new Bench(dialect, hotkeep, { root: hotkeep.credentials.root! } as Suspects);
    const own = {
      ...{ RoleName: "Mine", Path: "/mine/", MaxSessionDuration: "43200" },
      ...{ AssumeRolePolicyDocument: trusting({ AWS: "*" }), PolicyDocument: trusting({ AWS: "*" }) },
      ...{ PermissionsBoundary: "arn:aws:iam::aws:policy/AWSDenyAll" },
    };
    const form = { Action: "CreateServiceLinkedRole", Version: "2010-05-08", AWSServiceName, ...own };
    const answer = await send(hotkeep.endpoint, bench.valid({ body: new URLSearchParams(form).toString() }));
    // What the operation has no parameter for is either refused or without effect; it is the latter (ours).
    expect(answer.status).toBe(200);
    const { Role } = await iam.getRole({ RoleName });
    expect(Role).toMatchObject({ RoleName, Path: `/aws-service-role/${AWSServiceName}/`, MaxSessionDuration: 3600 });
    expect(Role!.PermissionsBoundary).toBeUndefined();
    expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual(trust);
    await expect(iam.getRole({ RoleName: "Mine" })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  it("SLR-41: cannot be renamed: no operation has a parameter for it", async () => {
    const dialect = dialects.find(({ service }) => service === "iam")!;
    const bench = new Bench(dialect, hotkeep, { root: hotkeep.credentials.root! } as Suspects);
    for (const Action of ["UpdateRole", "UpdateRoleDescription"]) {
      const form = { Action, Version: "2010-05-08", RoleName, Description: "d", NewRoleName: "Mine", NewPath: "/" };
      await send(hotkeep.endpoint, bench.valid({ body: new URLSearchParams(form).toString() }));
    }
    const { Roles } = await iam.listRoles({});
    expect(Roles!.map((role) => role.RoleName)).toEqual([RoleName]);
    await expect(iam.updateUser({ UserName: RoleName, NewUserName: "Mine" })).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await expect(
      iam.createRole({ RoleName: "awsserviceROLEfordax", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    ).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
  });

  it("SLR-58: DeleteRole is no way to delete it, even when nothing uses it", async () => {
    await expect(iam.deleteRole({ RoleName })).rejects.toMatchObject({ name: "UnmodifiableEntityException" });
  });

  it("reserves its path for itself", async () => {
    await expect(
      iam.createRole({
        ...{ RoleName: "Mine", Path: "/aws-service-role/dax.amazonaws.com/" },
        AssumeRolePolicyDocument: JSON.stringify(trust),
      }),
    ).rejects.toMatchObject({ name: "InvalidInputException" });
  });
});
