import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteServiceLinkedRoleCommand,
  DetachRolePolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { SigningCredentials } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, clusterArn, openWith, policy, trusts, World } from "./world.js";

const RoleName = "AWSServiceRoleForDAX";
const roleArn = `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/${RoleName}`;
const policyArn = "arn:aws:iam::aws:policy/aws-service-role/DAXServiceRolePolicy";
const create = () => new CreateServiceLinkedRoleCommand({ AWSServiceName: "dax.amazonaws.com" });

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function deleteRole(iam: IAMClient = world.iam()): Promise<string> {
  return (await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName }))).DeletionTaskId!;
}

/** Asks until the task has ended, as tools do; each question is a round trip, and the task does not wait for time. */
async function ended(DeletionTaskId: string) {
  for (;;) {
    const answer = await world.iam().send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));
    if (answer.Status === "SUCCEEDED" || answer.Status === "FAILED") return answer;
  }
}

async function user(name: string, ...statements: readonly object[]): Promise<SigningCredentials> {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (statements.length > 0) {
    const PolicyDocument = policy(...(statements as Record<string, unknown>[]));
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: "p", PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

describe("SLR-01 to SLR-12: what the service-linked role of DAX is", () => {
  it("SLR-01, SLR-13: there is exactly one, AWSServiceRoleForDAX under the service's path", async () => {
    await world.iam().send(create());
    const { Roles } = await world
      .iam()
      .send(new ListRolesCommand({ PathPrefix: "/aws-service-role/dax.amazonaws.com/" }));
    expect(Roles?.map(({ Arn }) => Arn)).toEqual([roleArn]);
  });

  it("SLR-02: it reads like any role", async () => {
    const iam = world.iam();
    const { Role: made } = await iam.send(create());
    expect(made).toMatchObject({ Arn: roleArn, RoleName, Path: "/aws-service-role/dax.amazonaws.com/" });
    expect(made?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(made?.MaxSessionDuration).toBeUndefined();
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({ RoleId: made?.RoleId, MaxSessionDuration: 3600 });
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: "DAXServiceRolePolicy", PolicyArn: policyArn }]);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual([]);
    const details = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }));
    expect(details.RoleDetailList?.map(({ Arn }) => Arn)).toEqual([roleArn]);
  });

  it("SLR-03, SLR-17: its trust policy names DAX alone", async () => {
    const { Role } = await world.iam().send(create());
    expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
  });

  it("SLR-07: nobody but DAX can assume it", async () => {
    await world.iam().send(create());
    const admin = await user("Admin", allow("*"));
    const assume = (credentials?: SigningCredentials) =>
      world.sts(credentials).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "try" }));
    await expect(assume(admin)).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${account}:user/Admin is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    });
    await expect(assume()).rejects.toThrow("Roles may not be assumed by root accounts.");
    expect(world.identity.serviceMayAssume(roleArn, "ec2.amazonaws.com")).toBe(false);
    expect(world.identity.serviceMayAssume(roleArn, "dax.amazonaws.com", clusterArn)).toBe(true);
  });

  it("SLR-09: its policy can be attached to nothing else, and be no boundary and no session policy", async () => {
    const iam = world.iam();
    const alice = await user("Alice", allow("*"));
    await iam.send(new CreateGroupCommand({ GroupName: "G" }));
    const trust = trusts({ AWS: `arn:aws:iam::${account}:user/Alice` });
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: trust }));
    const refusal = (kind: string) => ({
      name: "PolicyNotAttachableException",
      message: `Cannot attach a Service Role Policy to a Customer ${kind}.`,
    });
    const PolicyArn = policyArn;
    await expect(iam.send(new AttachUserPolicyCommand({ UserName: "Alice", PolicyArn }))).rejects.toMatchObject(
      refusal("User"),
    );
    await expect(iam.send(new AttachGroupPolicyCommand({ GroupName: "G", PolicyArn }))).rejects.toMatchObject(
      refusal("Group"),
    );
    await expect(iam.send(new AttachRolePolicyCommand({ RoleName: "R", PolicyArn }))).rejects.toMatchObject(
      refusal("Role"),
    );
    const boundary = { UserName: "Alice", PermissionsBoundary: policyArn };
    await expect(iam.send(new PutUserPermissionsBoundaryCommand(boundary))).rejects.toMatchObject({
      name: "PolicyNotAttachableException",
    });
    const session = new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/R`,
      RoleSessionName: "s-1",
      PolicyArns: [{ arn: policyArn }],
    });
    await expect(world.sts(alice).send(session)).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("SLR-18 to SLR-30: its policy has the twelve EC2 actions on every resource, and no thirteenth", async () => {
    const iam = world.iam();
    await iam.send(create());
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
    expect(Policy).toMatchObject({ DefaultVersionId: "v1", Path: "/aws-service-role/", IsAttachable: false });
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: "v1" }));
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: [
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateNetworkInterface",
            "ec2:CreateSecurityGroup",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteSecurityGroup",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:RevokeSecurityGroupIngress",
          ],
          Resource: "*",
        },
      ],
    });
  });

  it("SLR-16: it may do nothing in DynamoDB", async () => {
    const iam = world.iam();
    await iam.send(create());
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DescribeTable", "ec2:DescribeVpcs"],
      }),
    );
    expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual([
      "implicitDeny",
      "implicitDeny",
      "implicitDeny",
      "allowed",
    ]);
  });
});

describe("SLR-31 to SLR-35: who may handle it", () => {
  const calls = {
    "iam:CreateServiceLinkedRole": (iam: IAMClient) => iam.send(create()),
    "iam:UpdateRoleDescription": (iam: IAMClient) =>
      iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: "d" })),
    "iam:UpdateRole": (iam: IAMClient) => iam.send(new UpdateRoleCommand({ RoleName, Description: "d" })),
    "iam:DeleteServiceLinkedRole": (iam: IAMClient) => iam.send(new DeleteServiceLinkedRoleCommand({ RoleName })),
    "iam:GetServiceLinkedRoleDeletionStatus": (iam: IAMClient) =>
      iam.send(
        new GetServiceLinkedRoleDeletionStatusCommand({
          DeletionTaskId: `task/aws-service-role/dax.amazonaws.com/${RoleName}/00000000-0000-4000-8000-000000000000`,
        }),
      ),
  };

  it.each(Object.entries(calls))("SLR-31: %s is denied to a user without a policy for it", async (action, call) => {
    if (action !== "iam:CreateServiceLinkedRole") await world.iam().send(create());
    const nobody = await user("Nobody");
    await expect(call(world.iam(nobody))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${account}:user/Nobody is not authorized to perform: ${action} on resource: ${roleArn} because no identity-based policy allows the ${action} action`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each(["user", "group", "role"])("SLR-32: each permission may come through a %s", async (carrier) => {
    const all = allow(Object.keys(calls), roleArn);
    let credentials: SigningCredentials;
    if (carrier === "user") {
      credentials = await user("Carl", all);
    } else if (carrier === "group") {
      credentials = await user("Carl");
      const iam = world.iam();
      await iam.send(new CreateGroupCommand({ GroupName: "Linkers" }));
      const PolicyDocument = policy(all);
      await iam.send(new PutGroupPolicyCommand({ GroupName: "Linkers", PolicyName: "p", PolicyDocument }));
      await iam.send(new AddUserToGroupCommand({ GroupName: "Linkers", UserName: "Carl" }));
    } else {
      const carl = await user("Carl");
      const iam = world.iam();
      const trust = trusts({ AWS: `arn:aws:iam::${account}:user/Carl` });
      await iam.send(new CreateRoleCommand({ RoleName: "Linker", AssumeRolePolicyDocument: trust }));
      await iam.send(new PutRolePolicyCommand({ RoleName: "Linker", PolicyName: "p", PolicyDocument: policy(all) }));
      const assume = { RoleArn: `arn:aws:iam::${account}:role/Linker`, RoleSessionName: "carl" };
      const { Credentials } = await world.sts(carl).send(new AssumeRoleCommand(assume));
      credentials = {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      };
    }
    const iam = world.iam(credentials);
    await calls["iam:CreateServiceLinkedRole"](iam);
    await calls["iam:UpdateRoleDescription"](iam);
    await calls["iam:UpdateRole"](iam);
    const taskId = await deleteRole(iam);
    await iam.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId: taskId }));
  });

  const seedStatement = (name: string) => ({
    Effect: "Allow",
    Action: "iam:CreateServiceLinkedRole",
    Resource: "*",
    Condition: { StringLike: { "iam:AWSServiceName": name } },
  });

  it("SLR-33, SLR-34: the seed's statement opens DAX's role and no other service's", async () => {
    const iam = world.iam(await user("Linker", seedStatement("dax.amazonaws.com")));
    const other = iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" }));
    await expect(other).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await iam.send(create())).Role?.Arn).toBe(roleArn);
  });

  it("SLR-35: with an empty service name the statement opens nothing", async () => {
    const iam = world.iam(await user("Linker", seedStatement("")));
    await expect(iam.send(create())).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("making it", () => {
  it("refuses unknown services, suffixes and a second role", async () => {
    const iam = world.iam();
    const make = (AWSServiceName: string, CustomSuffix?: string) =>
      iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName, CustomSuffix }));
    await expect(make("nothing.amazonaws.com")).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(make("DAX.amazonaws.com")).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(make("dax.amazonaws.com", "mine")).rejects.toThrow(
      "Custom suffix is not allowed for dax.amazonaws.com",
    );
    await make("dax.amazonaws.com");
    await expect(make("dax.amazonaws.com")).rejects.toMatchObject({
      name: "InvalidInputException",
      message: `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    });
  });

  it("SLR-36, SLR-37: happens through the service as well, once, with the caller's permission", async () => {
    const { identity } = world;
    const linked = "dax.amazonaws.com";
    const call = (principal: ReturnType<typeof identity.credentials.find>) => ({
      service: "dax" as const,
      operation: "CreateCluster",
      principal: principal!.principal,
      accessKeyId: principal!.accessKeyId,
      account,
      region: "us-west-2",
      requestId: "r",
      now: world.clock.now(),
      secureTransport: false,
    });
    const nobody = await user("Nobody");
    const caller = call(identity.credentials.find(nobody.accessKeyId));
    await expect(identity.ensureServiceLinkedRole(linked, { caller })).rejects.toThrow(
      `User: arn:aws:iam::${account}:user/Nobody is not authorized to perform: iam:CreateServiceLinkedRole on resource: ${roleArn} because no identity-based policy allows the iam:CreateServiceLinkedRole action`,
    );
    const root = call(identity.credentials.find(world.root.accessKeyId));
    const [one, two] = await Promise.all([
      identity.ensureServiceLinkedRole(linked, { caller: root }),
      identity.ensureServiceLinkedRole(linked, { caller: root }),
    ]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ arn: roleArn, linkedService: linked });
    // The role is there: now nobody needs the permission.
    expect(await identity.ensureServiceLinkedRole(linked, { caller })).toEqual(one);
  });

  it("SLR-38: happens without a caller when the house itself asks", async () => {
    const role = await world.identity.ensureServiceLinkedRole("dax.amazonaws.com", {});
    expect(role.arn).toBe(roleArn);
  });

  it("fails when a customer's role has the name", async () => {
    const AssumeRolePolicyDocument = trusts({ Service: "dax.amazonaws.com" });
    await world.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await expect(world.identity.ensureServiceLinkedRole("dax.amazonaws.com", {})).rejects.toThrow("has been taken");
  });
});

describe("SLR-40 to SLR-42: it cannot be edited, except its description", () => {
  const PolicyDocument = policy(allow("dax:*"));
  // Commands of one client have one supertype only for the compiler's eyes.
  const changes: Readonly<Record<string, unknown>> = {
    UpdateAssumeRolePolicy: new UpdateAssumeRolePolicyCommand({
      RoleName,
      PolicyDocument: trusts({ Service: "ec2.amazonaws.com" }),
    }),
    AttachRolePolicy: new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
    DetachRolePolicy: new DetachRolePolicyCommand({ RoleName, PolicyArn: policyArn }),
    PutRolePolicy: new PutRolePolicyCommand({ RoleName, PolicyName: "AWSRevokeOlderSessions", PolicyDocument }),
    DeleteRolePolicy: new DeleteRolePolicyCommand({ RoleName, PolicyName: "p" }),
    PutRolePermissionsBoundary: new PutRolePermissionsBoundaryCommand({
      RoleName,
      PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    }),
    DeleteRolePermissionsBoundary: new DeleteRolePermissionsBoundaryCommand({ RoleName }),
    DeleteRole: new DeleteRoleCommand({ RoleName }),
    "UpdateRole with MaxSessionDuration": new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }),
    AddRoleToInstanceProfile: new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName: "P" }),
  };

  // SLR-11 and SLR-52 as well: root is refused, and so is the policy that would revoke sessions.
  it.each(Object.entries(changes))("SLR-40: %s is refused, even to root", async (_name, command) => {
    const iam = world.iam();
    await iam.send(create());
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "P" }));
    await expect(iam.send(command as CreateServiceLinkedRoleCommand)).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("SLR-42: its description changes and nothing else does; tags may be put on it", async () => {
    const iam = world.iam();
    const { Role: before } = await iam.send(create());
    const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: "one" }));
    expect(Role?.Description).toBe("one");
    await iam.send(new UpdateRoleCommand({ RoleName, Description: "two" }));
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "k", Value: "v" }] }));
    const { Role: after } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(after).toMatchObject({
      Description: "two",
      RoleId: before?.RoleId,
      AssumeRolePolicyDocument: before?.AssumeRolePolicyDocument,
      Tags: [{ Key: "k", Value: "v" }],
    });
  });
});

describe("SLR-43 to SLR-58: deleting it", () => {
  it("SLR-39, SLR-51, SLR-58: succeeds as a task when nothing uses it, and it can be made anew", async () => {
    const iam = world.iam();
    const { Role: first } = await iam.send(create());
    const taskId = await deleteRole();
    expect(taskId).toMatch(
      /^task\/aws-service-role\/dax\.amazonaws\.com\/AWSServiceRoleForDAX\/[0-9a-f]{8}-[0-9a-f-]{27}$/,
    );
    expect(await ended(taskId)).toMatchObject({ Status: "SUCCEEDED" });
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
    const { Role: second } = await iam.send(create());
    expect(second?.Arn).toBe(first?.Arn);
    expect(second?.RoleId).not.toBe(first?.RoleId);
  });

  it("SLR-44, SLR-49, SLR-50: fails while clusters exist, and names them by Region", async () => {
    await world.iam().send(create());
    let clusters = [
      { region: "us-west-2", resources: [clusterArn] },
      { region: "eu-west-1", resources: [`arn:aws:dax:eu-west-1:${account}:cache/other`] },
    ];
    world.identity.onServiceLinkedRoleDeletion("dax.amazonaws.com", async (asked) => {
      expect(asked).toBe(account);
      return clusters;
    });
    const failed = await ended(await deleteRole());
    expect(failed.Status).toBe("FAILED");
    expect(failed.Reason?.Reason).toContain("Delete the listed DAX clusters first.");
    expect(failed.Reason?.RoleUsageList).toEqual([
      { Region: "us-west-2", Resources: [clusterArn] },
      { Region: "eu-west-1", Resources: [`arn:aws:dax:eu-west-1:${account}:cache/other`] },
    ]);
    expect((await world.iam().send(new GetRoleCommand({ RoleName }))).Role?.Arn).toBe(roleArn);
    clusters = [];
    expect(await ended(await deleteRole())).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("fails when the use cannot be found out", async () => {
    await world.iam().send(create());
    world.identity.onServiceLinkedRoleDeletion("dax.amazonaws.com", async () => {
      throw new Error("the store is away");
    });
    expect(await ended(await deleteRole())).toMatchObject({ Status: "FAILED" });
  });

  it("SLR-45: fails while a session of the role is open", async () => {
    await world.iam().send(create());
    const held = await world.identity.assumeRoleForService({
      service: "dax.amazonaws.com",
      roleArn,
      sessionName: "dax-daxcluster01",
      sourceArn: clusterArn,
      durationSeconds: 900,
    });
    expect(held.arn).toBe(`arn:aws:sts::${account}:assumed-role/${RoleName}/dax-daxcluster01`);
    const failed = await ended(await deleteRole());
    expect(failed).toMatchObject({
      Status: "FAILED",
      Reason: { RoleUsageList: [{ Region: "us-west-2", Resources: [clusterArn] }] },
    });
    await world.identity.endSession(held.accessKeyId);
    expect(await ended(await deleteRole())).toMatchObject({ Status: "SUCCEEDED" });
  });

  it("waits for work under the role, and then finds what that work made", async () => {
    const { identity } = world;
    const clusters: string[] = [];
    identity.onServiceLinkedRoleDeletion("dax.amazonaws.com", async () =>
      clusters.length === 0 ? [] : [{ region: "us-west-2", resources: clusters }],
    );
    let finish!: () => void;
    const holding = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const work = identity.withServiceLinkedRole("dax.amazonaws.com", {}, async (role) => {
      await holding;
      clusters.push(clusterArn);
      return role.arn;
    });
    // The role is made before `work` begins; by then a deletion can be asked for.
    while (identity.findServiceLinkedRole("dax.amazonaws.com") === undefined) await new Promise(setImmediate);
    const taskId = await deleteRole();
    // While a task is unfinished the same one is answered.
    expect(await deleteRole()).toBe(taskId);
    finish();
    expect(await work).toBe(roleArn);
    expect(await ended(taskId)).toMatchObject({ Status: "FAILED" });
  });

  it("is taken up again after a stop in between", async () => {
    await world.iam().send(create());
    const stopped = `identity/${account}/role-deletion/00000000-0000-4000-8000-000000000000`;
    await world.store.transact(async (tx) => {
      tx.put(stopped, {
        id: "00000000-0000-4000-8000-000000000000",
        service: "dax.amazonaws.com",
        roleName: RoleName,
        roleArn,
        status: "IN_PROGRESS",
        createdAt: world.clock.now(),
      });
    });
    const again = await openWith(world.store, world.sealer, world.clock);
    again.onServiceLinkedRoleDeletion("dax.amazonaws.com", async () => []);
    await again.close();
    expect((await world.store.get(stopped))?.value).toMatchObject({ status: "SUCCEEDED" });
    expect(again.findServiceLinkedRole("dax.amazonaws.com")).toBeUndefined();
  });

  it("refuses roles that are not there or not service-linked, and task ids that are none", async () => {
    const iam = world.iam();
    const AssumeRolePolicyDocument = trusts({ Service: "dax.amazonaws.com" });
    await iam.send(new CreateRoleCommand({ RoleName: "Mine", AssumeRolePolicyDocument }));
    const remove = (name: string) => iam.send(new DeleteServiceLinkedRoleCommand({ RoleName: name }));
    await expect(remove("None")).rejects.toThrow("The role with name None cannot be found.");
    await expect(remove("Mine")).rejects.toThrow("The role with name Mine is not a service-linked role.");
    const status = (DeletionTaskId: string) =>
      iam.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));
    await expect(status("nonsense")).rejects.toMatchObject({ name: "InvalidInputException" });
    const unknown = `task/aws-service-role/dax.amazonaws.com/${RoleName}/00000000-0000-4000-8000-000000000000`;
    await expect(status(unknown)).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});
