import { setTimeout as wait } from "node:timers/promises";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { trusting } from "../src/identity/suspects.js";

/*
 * The calls that the AWS provider of Terraform makes for one resource from its creation to its destruction, in its
 * order, with the reads after each step that tell it whether there is anything left to do. Source: observed (the
 * provider's public code, resource by resource).
 */

let hotkeep: RunningHotkeep;
let clients: ReturnType<typeof awsClients>;
beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
  clients = awsClients(hotkeep, hotkeep.credentials.root!);
});
afterAll(() => hotkeep?.stop());

const everything = "arn:aws:iam::aws:policy/AdministratorAccess";
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const pollMs = 20;
const pollsMax = 3_000;

/** The provider knows "it is gone" by the name of the error, and fails at any other. */
const gone = (call: Promise<unknown>, name: string): Promise<void> => expect(call).rejects.toMatchObject({ name });
const noSuchEntity = (call: Promise<unknown>): Promise<void> => gone(call, "NoSuchEntityException");

/** The provider writes policies in its own normal form, and gets back what it wrote. */
const document = (...actions: readonly string[]): string =>
  JSON.stringify({ Statement: [{ Action: actions, Effect: "Allow", Resource: "*" }], Version: "2012-10-17" });

async function until<Value>(read: () => Promise<Value>, reached: (value: Value) => boolean): Promise<Value> {
  for (let polls = 0; polls < pollsMax; polls++) {
    const value = await read();
    if (reached(value)) return value;
    await wait(pollMs);
  }
  throw new Error(`not reached after ${pollsMax} polls`);
}

/** Polls until the read fails with `name`. */
async function untilGone(read: () => Promise<unknown>, name: string): Promise<void> {
  await until(
    () =>
      read().then(
        () => undefined,
        (error: Error) => error,
      ),
    (error) => {
      if (error !== undefined && error.name !== name) throw error;
      return error !== undefined;
    },
  );
}

describe("Terraform", () => {
  it("starts: finds out whose keys it has", async () => {
    const { sts, iam, ec2 } = clients;
    expect(await sts.getCallerIdentity({})).toMatchObject({ Account: hotkeep.account });
    // Its fall-backs, when it may not ask that.
    expect((await iam.getUser({})).User!.Arn).toBe(`arn:aws:iam::${hotkeep.account}:root`);
    expect((await iam.listRoles({ MaxItems: 1 })).Roles).toBeInstanceOf(Array);
    const { AccountAttributes } = await ec2.describeAccountAttributes({ AttributeNames: ["supported-platforms"] });
    expect(AccountAttributes![0]!.AttributeValues![0]!.AttributeValue).toBe("VPC");
    expect((await ec2.describeRegions({})).Regions!.map(({ RegionName }) => RegionName)).toContain(hotkeep.region);
  });

  it("keeps an aws_iam_user", async () => {
    const { iam } = clients;
    const { User } = await iam.createUser({ UserName: "tf", Path: "/system/", Tags: [{ Key: "env", Value: "test" }] });
    expect(User).toMatchObject({ UserName: "tf", Path: "/system/", Tags: [{ Key: "env", Value: "test" }] });
    const read = async () => (await iam.getUser({ UserName: "tf" })).User!;
    const first = await read();
    expect(first).toMatchObject({ UserId: User!.UserId, Arn: `arn:aws:iam::${hotkeep.account}:user/system/tf` });
    expect(first.PermissionsBoundary).toBeUndefined();
    expect(await read()).toEqual(first);

    await iam.putUserPermissionsBoundary({ UserName: "tf", PermissionsBoundary: readOnly });
    expect((await read()).PermissionsBoundary).toEqual({
      PermissionsBoundaryArn: readOnly,
      PermissionsBoundaryType: "Policy",
    });
    await iam.deleteUserPermissionsBoundary({ UserName: "tf" });
    expect((await read()).PermissionsBoundary).toBeUndefined();
    await iam.tagUser({
      UserName: "tf",
      Tags: [
        { Key: "env", Value: "prod" },
        { Key: "team", Value: "a" },
      ],
    });
    await iam.untagUser({ UserName: "tf", TagKeys: ["team"] });
    expect((await read()).Tags).toEqual([{ Key: "env", Value: "prod" }]);
    await iam.updateUser({ UserName: "tf", NewUserName: "tf-2", NewPath: "/" });
    await noSuchEntity(iam.getUser({ UserName: "tf" }));
    expect((await iam.getUser({ UserName: "tf-2" })).User!.UserId).toBe(User!.UserId);

    // Destroyed with force_destroy: everything that could be in the way is listed, and there is nothing.
    const UserName = "tf-2";
    expect((await iam.listGroupsForUser({ UserName })).Groups).toEqual([]);
    expect((await iam.listAccessKeys({ UserName })).AccessKeyMetadata).toEqual([]);
    expect((await iam.listSSHPublicKeys({ UserName })).SSHPublicKeys).toEqual([]);
    expect((await iam.listVirtualMFADevices({ AssignmentStatus: "Assigned" })).VirtualMFADevices).toEqual([]);
    expect((await iam.listMFADevices({ UserName })).MFADevices).toEqual([]);
    await noSuchEntity(iam.deleteLoginProfile({ UserName }));
    expect((await iam.listSigningCertificates({ UserName })).Certificates).toEqual([]);
    expect((await iam.listServiceSpecificCredentials({ UserName })).ServiceSpecificCredentials).toEqual([]);
    await iam.deleteUser({ UserName });
    await noSuchEntity(iam.deleteUser({ UserName }));
    await noSuchEntity(iam.getUser({ UserName }));
    await noSuchEntity(iam.listGroupsForUser({ UserName }));
  });

  it("keeps an aws_iam_access_key", async () => {
    const { iam } = clients;
    const UserName = "tf-key";
    await iam.createUser({ UserName });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    const AccessKeyId = AccessKey!.AccessKeyId!;
    const read = async () => (await iam.listAccessKeys({ UserName })).AccessKeyMetadata;
    expect(await read()).toMatchObject([{ AccessKeyId, Status: "Active", UserName }]);
    expect((await iam.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed).toMatchObject({ ServiceName: "N/A" });
    await iam.updateAccessKey({ UserName, AccessKeyId, Status: "Inactive" });
    expect(await read()).toMatchObject([{ AccessKeyId, Status: "Inactive" }]);
    await expect(iam.deleteUser({ UserName })).rejects.toMatchObject({ name: "DeleteConflictException" });
    await iam.deleteAccessKey({ UserName, AccessKeyId });
    expect(await read()).toEqual([]);
    await noSuchEntity(iam.deleteAccessKey({ UserName, AccessKeyId }));
    await iam.deleteUser({ UserName });
    await noSuchEntity(iam.listAccessKeys({ UserName }));
  });

  it("keeps an aws_iam_role", async () => {
    const { iam } = clients;
    const RoleName = "tf-role";
    const AssumeRolePolicyDocument = trusting({ Service: "dax.amazonaws.com" });
    const { Role } = await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument,
      Path: "/app/",
      Description: "for a test",
      MaxSessionDuration: 7200,
      Tags: [{ Key: "env", Value: "test" }],
    });
    expect(Role!.MaxSessionDuration).toBeUndefined();
    const read = async () => {
      const { Role: found } = await iam.getRole({ RoleName });
      const { PolicyNames } = await iam.listRolePolicies({ RoleName });
      const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName });
      return { ...found!, PolicyNames, AttachedPolicies };
    };
    const first = await read();
    expect(first).toMatchObject({
      RoleId: Role!.RoleId,
      Arn: `arn:aws:iam::${hotkeep.account}:role/app/${RoleName}`,
      MaxSessionDuration: 7200,
      Description: "for a test",
      RoleLastUsed: {},
      PolicyNames: [],
      AttachedPolicies: [],
    });
    expect(decodeURIComponent(first.AssumeRolePolicyDocument!)).toBe(AssumeRolePolicyDocument);
    expect(await read()).toEqual(first);

    const trust = trusting({ AWS: `arn:aws:iam::${hotkeep.account}:root` });
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust });
    await iam.updateRoleDescription({ RoleName, Description: "changed" });
    await iam.updateRole({ RoleName, MaxSessionDuration: 3600, Description: "changed" });
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: readOnly });
    await iam.tagRole({ RoleName, Tags: [{ Key: "team", Value: "a" }] });
    await iam.untagRole({ RoleName, TagKeys: ["env"] });
    const second = await read();
    expect(second).toMatchObject({
      Description: "changed",
      MaxSessionDuration: 3600,
      PermissionsBoundary: { PermissionsBoundaryArn: readOnly },
      Tags: [{ Key: "team", Value: "a" }],
    });
    expect(decodeURIComponent(second.AssumeRolePolicyDocument!)).toBe(trust);
    await iam.deleteRolePermissionsBoundary({ RoleName });
    expect((await read()).PermissionsBoundary).toBeUndefined();

    await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument: document("dax:*") });
    await iam.attachRolePolicy({ RoleName, PolicyArn: readOnly });
    const inline = await iam.getRolePolicy({ RoleName, PolicyName: "inline" });
    expect(decodeURIComponent(inline.PolicyDocument!)).toBe(document("dax:*"));
    await expect(iam.deleteRole({ RoleName })).rejects.toMatchObject({ name: "DeleteConflictException" });

    // Destroyed with force_detach_policies.
    expect((await iam.listInstanceProfilesForRole({ RoleName })).InstanceProfiles).toEqual([]);
    for (const { PolicyArn } of (await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies!) {
      await iam.detachRolePolicy({ RoleName, PolicyArn: PolicyArn! });
    }
    for (const PolicyName of (await iam.listRolePolicies({ RoleName })).PolicyNames!) {
      await iam.deleteRolePolicy({ RoleName, PolicyName });
    }
    await iam.deleteRole({ RoleName });
    await noSuchEntity(iam.deleteRole({ RoleName }));
    await noSuchEntity(iam.getRole({ RoleName }));
    await noSuchEntity(iam.listInstanceProfilesForRole({ RoleName }));
    await noSuchEntity(iam.listAttachedRolePolicies({ RoleName }));
    await noSuchEntity(iam.listRolePolicies({ RoleName }));
  });

  it("waits for a principal that a trust policy names too early", async () => {
    const { iam } = clients;
    const trust = trusting({ AWS: `arn:aws:iam::${hotkeep.account}:user/tf-late` });
    const make = () => iam.createRole({ RoleName: "tf-early", AssumeRolePolicyDocument: trust });
    // The provider tries again as long as it gets these very words.
    await expect(make()).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: expect.stringContaining("Invalid principal in policy"),
    });
    await iam.createUser({ UserName: "tf-late" });
    await make();
    await iam.deleteRole({ RoleName: "tf-early" });
    await iam.deleteUser({ UserName: "tf-late" });
  });

  it("keeps an aws_iam_policy, through more than five versions", async () => {
    const { iam } = clients;
    const { Policy } = await iam.createPolicy({
      PolicyName: "tf-policy",
      Path: "/",
      Description: "for a test",
      PolicyDocument: document("dax:*"),
      Tags: [{ Key: "env", Value: "test" }],
    });
    const PolicyArn = Policy!.Arn!;
    const read = async () => {
      const { Policy: found } = await iam.getPolicy({ PolicyArn });
      const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: found!.DefaultVersionId! });
      return { ...found!, document: decodeURIComponent(PolicyVersion!.Document!) };
    };
    const first = await read();
    expect(first).toMatchObject({ DefaultVersionId: "v1", Description: "for a test", AttachmentCount: 0 });
    expect(first.document).toBe(document("dax:*"));
    expect(await read()).toEqual(first);

    for (let version = 2; version <= 8; version++) {
      const { Versions } = await iam.listPolicyVersions({ PolicyArn });
      if (Versions!.length >= 5) {
        const [oldest] = Versions!
          .filter((known) => !known.IsDefaultVersion)
          .sort((a, b) => Number(a.VersionId!.slice(1)) - Number(b.VersionId!.slice(1)));
        await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest!.VersionId! });
      }
      const PolicyDocument = document("dax:*", `dynamodb:Get${"x".repeat(version)}`);
      await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
      expect(await read()).toMatchObject({ DefaultVersionId: `v${version}`, document: PolicyDocument });
    }
    await iam.tagPolicy({ PolicyArn, Tags: [{ Key: "team", Value: "a" }] });
    await iam.untagPolicy({ PolicyArn, TagKeys: ["env"] });
    expect((await read()).Tags).toEqual([{ Key: "team", Value: "a" }]);

    await expect(iam.deletePolicy({ PolicyArn })).rejects.toMatchObject({ name: "DeleteConflictException" });
    for (const { VersionId, IsDefaultVersion } of (await iam.listPolicyVersions({ PolicyArn })).Versions!) {
      if (!IsDefaultVersion) await iam.deletePolicyVersion({ PolicyArn, VersionId: VersionId! });
    }
    await iam.deletePolicy({ PolicyArn });
    await noSuchEntity(iam.deletePolicy({ PolicyArn }));
    await noSuchEntity(iam.getPolicy({ PolicyArn }));
    await noSuchEntity(iam.listPolicyVersions({ PolicyArn }));
  });

  it("keeps an aws_iam_role_policy_attachment", async () => {
    const { iam } = clients;
    const RoleName = "tf-attached";
    await noSuchEntity(iam.attachRolePolicy({ RoleName, PolicyArn: readOnly }));
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trusting({ Service: "dax.amazonaws.com" }) });
    const read = async () => (await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies;
    expect(await read()).toEqual([]);
    await iam.attachRolePolicy({ RoleName, PolicyArn: readOnly });
    await iam.attachRolePolicy({ RoleName, PolicyArn: readOnly });
    expect(await read()).toEqual([{ PolicyArn: readOnly, PolicyName: "ReadOnlyAccess" }]);
    await iam.detachRolePolicy({ RoleName, PolicyArn: readOnly });
    await noSuchEntity(iam.detachRolePolicy({ RoleName, PolicyArn: readOnly }));
    expect(await read()).toEqual([]);
    await iam.deleteRole({ RoleName });
    await noSuchEntity(iam.listAttachedRolePolicies({ RoleName }));
  });

  it("keeps an aws_iam_user_policy_attachment and an aws_iam_group_policy_attachment", async () => {
    const { iam } = clients;
    await iam.createUser({ UserName: "tf-u" });
    await iam.createGroup({ GroupName: "tf-g" });
    await iam.attachUserPolicy({ UserName: "tf-u", PolicyArn: everything });
    await iam.attachGroupPolicy({ GroupName: "tf-g", PolicyArn: everything });
    const users = async () => (await iam.listAttachedUserPolicies({ UserName: "tf-u" })).AttachedPolicies;
    const groups = async () => (await iam.listAttachedGroupPolicies({ GroupName: "tf-g" })).AttachedPolicies;
    expect(await users()).toMatchObject([{ PolicyArn: everything }]);
    expect(await groups()).toMatchObject([{ PolicyArn: everything }]);
    await iam.detachUserPolicy({ UserName: "tf-u", PolicyArn: everything });
    await iam.detachGroupPolicy({ GroupName: "tf-g", PolicyArn: everything });
    await noSuchEntity(iam.detachUserPolicy({ UserName: "tf-u", PolicyArn: everything }));
    await noSuchEntity(iam.detachGroupPolicy({ GroupName: "tf-g", PolicyArn: everything }));
    expect(await users()).toEqual([]);
    expect(await groups()).toEqual([]);
    await iam.deleteUser({ UserName: "tf-u" });
    await iam.deleteGroup({ GroupName: "tf-g" });
  });

  it("keeps an aws_iam_user_policy", async () => {
    const { iam } = clients;
    const UserName = "tf-inline";
    const PolicyName = "terraform-20261123000000000000000001";
    await noSuchEntity(iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: document("dax:*") }));
    await iam.createUser({ UserName });
    await noSuchEntity(iam.getUserPolicy({ UserName, PolicyName }));
    await iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: document("dax:*") });
    const read = async () => decodeURIComponent((await iam.getUserPolicy({ UserName, PolicyName })).PolicyDocument!);
    expect(await read()).toBe(document("dax:*"));
    await iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: document("dax:GetItem") });
    expect(await read()).toBe(document("dax:GetItem"));
    await iam.deleteUserPolicy({ UserName, PolicyName });
    await noSuchEntity(iam.deleteUserPolicy({ UserName, PolicyName }));
    await noSuchEntity(iam.getUserPolicy({ UserName, PolicyName }));
    await iam.deleteUser({ UserName });
  });

  it("keeps an aws_iam_group and an aws_iam_group_policy", async () => {
    const { iam } = clients;
    const { Group } = await iam.createGroup({ GroupName: "tf-group", Path: "/teams/" });
    expect(await iam.getGroup({ GroupName: "tf-group" })).toMatchObject({
      Group: { GroupId: Group!.GroupId },
      Users: [],
    });
    await iam.updateGroup({ GroupName: "tf-group", NewGroupName: "tf-group-2", NewPath: "/" });
    await noSuchEntity(iam.getGroup({ GroupName: "tf-group" }));
    const GroupName = "tf-group-2";
    await iam.putGroupPolicy({ GroupName, PolicyName: "p", PolicyDocument: document("dax:*") });
    const inline = await iam.getGroupPolicy({ GroupName, PolicyName: "p" });
    expect(decodeURIComponent(inline.PolicyDocument!)).toBe(document("dax:*"));
    await expect(iam.deleteGroup({ GroupName })).rejects.toMatchObject({ name: "DeleteConflictException" });
    await iam.deleteGroupPolicy({ GroupName, PolicyName: "p" });
    await noSuchEntity(iam.getGroupPolicy({ GroupName, PolicyName: "p" }));
    await iam.deleteGroup({ GroupName });
    await noSuchEntity(iam.deleteGroup({ GroupName }));
    await noSuchEntity(iam.getGroup({ GroupName }));
  });

  it("keeps an aws_iam_group_membership and an aws_iam_user_group_membership", async () => {
    const { iam } = clients;
    const GroupName = "tf-members";
    const users = ["tf-m1", "tf-m2", "tf-m3"];
    await iam.createGroup({ GroupName });
    for (const UserName of users) await iam.createUser({ UserName });
    for (const UserName of users) await iam.addUserToGroup({ GroupName, UserName });
    await iam.addUserToGroup({ GroupName, UserName: "tf-m1" });
    const read = async () => {
      const names: string[] = [];
      let Marker: string | undefined;
      do {
        const page = await iam.getGroup({ GroupName, MaxItems: 2, ...(Marker === undefined ? {} : { Marker }) });
        names.push(...page.Users!.map(({ UserName }) => UserName!));
        Marker = page.Marker;
      } while (Marker !== undefined);
      return names;
    };
    expect(await read()).toEqual(users);
    expect((await iam.listGroupsForUser({ UserName: "tf-m1" })).Groups).toMatchObject([{ GroupName }]);
    await iam.removeUserFromGroup({ GroupName, UserName: "tf-m3" });
    expect(await read()).toEqual(["tf-m1", "tf-m2"]);
    await expect(iam.deleteGroup({ GroupName })).rejects.toMatchObject({ name: "DeleteConflictException" });
    for (const UserName of ["tf-m1", "tf-m2"]) await iam.removeUserFromGroup({ GroupName, UserName });
    await noSuchEntity(iam.removeUserFromGroup({ GroupName, UserName: "tf-nobody" }));
    expect(await read()).toEqual([]);
    for (const UserName of users) await iam.deleteUser({ UserName });
    await iam.deleteGroup({ GroupName });
    await noSuchEntity(iam.getGroup({ GroupName }));
  });

  it("keeps an aws_iam_instance_profile", async () => {
    const { iam } = clients;
    const InstanceProfileName = "tf-profile";
    for (const RoleName of ["tf-p1", "tf-p2"]) {
      await iam.createRole({ RoleName, AssumeRolePolicyDocument: trusting({ Service: "ec2.amazonaws.com" }) });
    }
    await iam.createInstanceProfile({ InstanceProfileName, Path: "/", Tags: [{ Key: "env", Value: "test" }] });
    const read = async () => (await iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile!;
    expect(await read()).toMatchObject({ Roles: [], Tags: [{ Key: "env", Value: "test" }] });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: "tf-p1" });
    expect((await read()).Roles).toMatchObject([{ RoleName: "tf-p1" }]);
    expect((await iam.listInstanceProfilesForRole({ RoleName: "tf-p1" })).InstanceProfiles).toHaveLength(1);
    await expect(iam.deleteRole({ RoleName: "tf-p1" })).rejects.toMatchObject({ name: "DeleteConflictException" });
    await expect(iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: "tf-p2" })).rejects.toMatchObject({
      name: "LimitExceededException",
    });
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: "tf-p1" });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: "tf-p2" });
    expect((await read()).Roles).toMatchObject([{ RoleName: "tf-p2" }]);
    await iam.tagInstanceProfile({ InstanceProfileName, Tags: [{ Key: "team", Value: "a" }] });
    await iam.untagInstanceProfile({ InstanceProfileName, TagKeys: ["env"] });
    expect((await read()).Tags).toEqual([{ Key: "team", Value: "a" }]);
    await expect(iam.deleteInstanceProfile({ InstanceProfileName })).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: "tf-p2" });
    await noSuchEntity(iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: "tf-p2" }));
    await iam.deleteInstanceProfile({ InstanceProfileName });
    await noSuchEntity(iam.deleteInstanceProfile({ InstanceProfileName }));
    await noSuchEntity(iam.getInstanceProfile({ InstanceProfileName }));
    for (const RoleName of ["tf-p1", "tf-p2"]) await iam.deleteRole({ RoleName });
  });

  it("keeps an aws_iam_service_linked_role", async () => {
    const { iam } = clients;
    const AWSServiceName = "dax.amazonaws.com";
    const { Role } = await iam.createServiceLinkedRole({ AWSServiceName, Description: "made by hand" });
    const RoleName = Role!.RoleName!;
    const read = async () => (await iam.getRole({ RoleName })).Role!;
    const first = await read();
    expect(first).toMatchObject({
      Arn: `arn:aws:iam::${hotkeep.account}:role/aws-service-role/${AWSServiceName}/AWSServiceRoleForDAX`,
      Path: `/aws-service-role/${AWSServiceName}/`,
      Description: "made by hand",
    });
    expect(await read()).toEqual(first);
    await expect(iam.createServiceLinkedRole({ AWSServiceName })).rejects.toMatchObject({
      name: "InvalidInputException",
    });
    await iam.updateRole({ RoleName, Description: "" });
    expect((await read()).Description ?? "").toBe("");
    await iam.updateRole({ RoleName, Description: "changed" });
    expect((await read()).Description).toBe("changed");
    await iam.tagRole({ RoleName, Tags: [{ Key: "env", Value: "test" }] });
    await iam.untagRole({ RoleName, TagKeys: ["env"] });
    expect((await read()).Tags ?? []).toEqual([]);
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
    const status = await until(
      async () => (await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: DeletionTaskId! })).Status,
      (found) => found !== "NOT_STARTED" && found !== "IN_PROGRESS",
    );
    expect(status).toBe("SUCCEEDED");
    await noSuchEntity(iam.getRole({ RoleName }));
    await noSuchEntity(iam.deleteServiceLinkedRole({ RoleName }));
  });

  it("keeps an aws_dax_subnet_group", async () => {
    const { dax, ec2 } = clients;
    const subnets = (await ec2.describeSubnets({})).Subnets!.map(({ SubnetId }) => SubnetId!);
    const SubnetGroupName = "tf-subnets";
    const read = async () => (await dax.describeSubnetGroups({ SubnetGroupNames: [SubnetGroupName] })).SubnetGroups!;
    await gone(read(), "SubnetGroupNotFoundFault");
    await dax.createSubnetGroup({ SubnetGroupName, SubnetIds: subnets.slice(0, 1) });
    const [first] = await read();
    expect(first!.Subnets!.map(({ SubnetIdentifier }) => SubnetIdentifier)).toEqual(subnets.slice(0, 1));
    expect(first!.VpcId).toMatch(/^vpc-/);
    expect(await read()).toEqual([first]);
    await dax.updateSubnetGroup({ SubnetGroupName, SubnetIds: subnets.slice(0, 2), Description: "changed" });
    const [second] = await read();
    expect(second!.Description).toBe("changed");
    expect(second!.Subnets!.map(({ SubnetIdentifier }) => SubnetIdentifier).sort()).toEqual(subnets.slice(0, 2).sort());
    await dax.deleteSubnetGroup({ SubnetGroupName });
    await gone(dax.deleteSubnetGroup({ SubnetGroupName }), "SubnetGroupNotFoundFault");
    await gone(read(), "SubnetGroupNotFoundFault");
  });

  it("keeps an aws_dax_parameter_group", async () => {
    const { dax } = clients;
    const ParameterGroupName = "tf-parameters";
    const read = async () => {
      const { ParameterGroups } = await dax.describeParameterGroups({ ParameterGroupNames: [ParameterGroupName] });
      const { Parameters } = await dax.describeParameters({ ParameterGroupName });
      const values = Parameters!.map((known) => [known.ParameterName, known.ParameterValue]);
      return { description: ParameterGroups![0]!.Description, values: Object.fromEntries(values) };
    };
    await gone(read(), "ParameterGroupNotFoundFault");
    await dax.createParameterGroup({ ParameterGroupName });
    expect((await read()).values).toEqual({ "query-ttl-millis": "300000", "record-ttl-millis": "300000" });
    const ParameterNameValues = [{ ParameterName: "query-ttl-millis", ParameterValue: "100000" }];
    await dax.updateParameterGroup({ ParameterGroupName, ParameterNameValues });
    expect((await read()).values).toEqual({ "query-ttl-millis": "100000", "record-ttl-millis": "300000" });
    await dax.deleteParameterGroup({ ParameterGroupName });
    await gone(dax.deleteParameterGroup({ ParameterGroupName }), "ParameterGroupNotFoundFault");
    await gone(read(), "ParameterGroupNotFoundFault");
  });

  it("keeps an aws_dax_cluster", async () => {
    const { dax, iam } = clients;
    const RoleName = "tf-dax";
    const IamRoleArn = `arn:aws:iam::${hotkeep.account}:role/${RoleName}`;
    const ClusterName = "tf-cluster";
    // What is not set goes out all the same: an empty subnet group's name, and an empty list of security groups.
    const input = {
      ...{ ClusterName, IamRoleArn, NodeType: "dax.t3.small", ReplicationFactor: 1 },
      ...{ SubnetGroupName: "", SecurityGroupIds: [], Tags: [{ Key: "env", Value: "test" }] },
    };
    // The provider tries again while the role is not there yet, as long as it gets this very error.
    await gone(dax.createCluster(input), "InvalidParameterValueException");
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trusting({ Service: "dax.amazonaws.com" }) });
    const { Cluster } = await dax.createCluster(input);
    expect(Cluster).toMatchObject({ ClusterName, Status: "creating" });
    const read = async () => (await dax.describeClusters({ ClusterNames: [ClusterName] })).Clusters![0]!;
    const available = () => until(read, ({ Status }) => Status === "available");
    const first = await available();
    expect(first).toMatchObject({
      ...{ ClusterName, IamRoleArn, NodeType: "dax.t3.small", TotalNodes: 1, SubnetGroup: "default" },
      ClusterDiscoveryEndpoint: { Address: expect.any(String), Port: expect.any(Number) },
      ParameterGroup: { ParameterGroupName: expect.stringContaining("default.dax1.0") },
      SSEDescription: { Status: "DISABLED" },
      ClusterEndpointEncryptionType: "NONE",
      SecurityGroups: [{ SecurityGroupIdentifier: expect.stringMatching(/^sg-/) }],
      PreferredMaintenanceWindow: expect.stringMatching(/^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-/),
    });
    expect(await read()).toEqual(first);
    const ResourceName = first.ClusterArn!;
    expect((await dax.listTags({ ResourceName })).Tags).toEqual([{ Key: "env", Value: "test" }]);

    await dax.updateCluster({ ClusterName, Description: "changed", PreferredMaintenanceWindow: "sun:05:00-sun:06:00" });
    expect(await available()).toMatchObject({
      Description: "changed",
      PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
    });
    await dax.tagResource({ ResourceName, Tags: [{ Key: "team", Value: "a" }] });
    await dax.untagResource({ ResourceName, TagKeys: ["env"] });
    expect((await dax.listTags({ ResourceName })).Tags).toEqual([{ Key: "team", Value: "a" }]);
    await dax.increaseReplicationFactor({ ClusterName, NewReplicationFactor: 2 });
    const grown = await available();
    expect(grown.TotalNodes).toBe(2);
    expect(grown.Nodes!.map(({ NodeId }) => NodeId).sort()).toEqual([`${ClusterName}-a`, `${ClusterName}-b`]);
    await dax.decreaseReplicationFactor({ ClusterName, NewReplicationFactor: 1 });
    expect((await available()).TotalNodes).toBe(1);

    await dax.deleteCluster({ ClusterName });
    await untilGone(read, "ClusterNotFoundFault");
    await gone(dax.deleteCluster({ ClusterName }), "ClusterNotFoundFault");
    await gone(dax.listTags({ ResourceName }), "ClusterNotFoundFault");
    await iam.deleteRole({ RoleName });
  });

  it("keeps an aws_dynamodb_table", async () => {
    const { dynamodb } = clients;
    const TableName = "tf-table";
    await dynamodb.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [
        { AttributeName: "id", AttributeType: "S" },
        { AttributeName: "owner", AttributeType: "S" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byOwner",
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
      TableClass: "STANDARD",
      DeletionProtectionEnabled: false,
      Tags: [{ Key: "env", Value: "test" }],
    });
    const describeTable = async () => (await dynamodb.describeTable({ TableName })).Table!;
    const active = () => until(describeTable, ({ TableStatus }) => TableStatus === "ACTIVE");
    const first = await active();
    const ResourceArn = first.TableArn!;
    const read = async () => ({
      table: await describeTable(),
      ttl: (await dynamodb.describeTimeToLive({ TableName })).TimeToLiveDescription,
      tags: (await dynamodb.listTagsOfResource({ ResourceArn })).Tags,
    });
    const before = await read();
    expect(before).toMatchObject({
      table: {
        ...{ TableName, BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" }, DeletionProtectionEnabled: false },
        GlobalSecondaryIndexes: [{ IndexName: "byOwner", IndexStatus: "ACTIVE" }],
      },
      ttl: { TimeToLiveStatus: "DISABLED" },
      tags: [{ Key: "env", Value: "test" }],
    });
    expect(await read()).toEqual(before);
    const { ContinuousBackupsDescription } = await dynamodb.describeContinuousBackups({ TableName });
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe("DISABLED");

    await dynamodb.updateTimeToLive({
      TableName,
      TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
    });
    expect((await read()).ttl).toMatchObject({ AttributeName: "expires", TimeToLiveStatus: "ENABLED" });
    await dynamodb.tagResource({ ResourceArn, Tags: [{ Key: "team", Value: "a" }] });
    await dynamodb.untagResource({ ResourceArn, TagKeys: ["env"] });
    expect((await read()).tags).toEqual([{ Key: "team", Value: "a" }]);
    await dynamodb.updateTable({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byOwner" } }] });
    const bare = await until(describeTable, (table) => (table.GlobalSecondaryIndexes ?? []).length === 0);
    expect(bare.GlobalSecondaryIndexes).toBeUndefined();
    await active();
    await dynamodb.updateTable({
      TableName,
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
    expect((await active()).ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 5, WriteCapacityUnits: 5 });
    await dynamodb.updateTable({ TableName, DeletionProtectionEnabled: true });
    await active();
    await gone(dynamodb.deleteTable({ TableName }), "ValidationException");
    await dynamodb.updateTable({ TableName, DeletionProtectionEnabled: false });
    await active();

    await dynamodb.deleteTable({ TableName });
    await untilGone(describeTable, "ResourceNotFoundException");
    await gone(dynamodb.deleteTable({ TableName }), "ResourceNotFoundException");
    await gone(dynamodb.describeTimeToLive({ TableName }), "ResourceNotFoundException");
  });

  it("reads the data sources aws_iam_policy, aws_iam_users, aws_iam_roles, aws_iam_account_alias", async () => {
    const { iam } = clients;
    expect((await iam.listPolicies({ Scope: "AWS", MaxItems: 1000 })).Policies!.map(({ Arn }) => Arn)).toContain(
      everything,
    );
    expect((await iam.listPolicies({ Scope: "Local" })).Policies).toEqual([]);
    expect((await iam.listUsers({ PathPrefix: "/nowhere/" })).Users).toEqual([]);
    expect((await iam.listRoles({ PathPrefix: "/nowhere/" })).Roles).toEqual([]);
    expect((await iam.listAccountAliases({})).AccountAliases).toEqual([]);
    await iam.createAccountAlias({ AccountAlias: "tf-alias" });
    expect((await iam.listAccountAliases({})).AccountAliases).toEqual(["tf-alias"]);
    await iam.deleteAccountAlias({ AccountAlias: "tf-alias" });
    await noSuchEntity(iam.deleteAccountAlias({ AccountAlias: "tf-alias" }));
  });

  it("keeps an aws_iam_account_password_policy", async () => {
    const { iam } = clients;
    await noSuchEntity(iam.getAccountPasswordPolicy({}));
    await iam.updateAccountPasswordPolicy({ MinimumPasswordLength: 12, RequireNumbers: true });
    expect((await iam.getAccountPasswordPolicy({})).PasswordPolicy).toMatchObject({
      ...{ MinimumPasswordLength: 12, RequireNumbers: true, RequireSymbols: false, ExpirePasswords: false },
    });
    await iam.deleteAccountPasswordPolicy({});
    await noSuchEntity(iam.deleteAccountPasswordPolicy({}));
  });

  it("keeps an aws_iam_openid_connect_provider", async () => {
    const { iam } = clients;
    const OpenIDConnectProviderArn = `arn:aws:iam::${hotkeep.account}:oidc-provider/tf.example.com/app`;
    const read = () => iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn });
    await noSuchEntity(read());
    const made = await iam.createOpenIDConnectProvider({
      Url: "https://tf.example.com/app",
      ClientIDList: ["one"],
      ThumbprintList: ["ab".repeat(20)],
      Tags: [{ Key: "env", Value: "test" }],
    });
    expect(made.OpenIDConnectProviderArn).toBe(OpenIDConnectProviderArn);
    expect(await read()).toMatchObject({ Url: "tf.example.com/app", ClientIDList: ["one"] });
    await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "two" });
    await iam.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "one" });
    await iam.updateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList: ["cd".repeat(20)] });
    await iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: [{ Key: "team", Value: "a" }] });
    await iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: ["env"] });
    expect(await read()).toMatchObject({
      ...{ ClientIDList: ["two"], ThumbprintList: ["cd".repeat(20)], Tags: [{ Key: "team", Value: "a" }] },
    });
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn });
    await noSuchEntity(read());
  });

  it("keeps an aws_iam_virtual_mfa_device", async () => {
    const { iam } = clients;
    const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: "tf-mfa", Path: "/tf/" });
    const SerialNumber = VirtualMFADevice!.SerialNumber!;
    expect(SerialNumber).toBe(`arn:aws:iam::${hotkeep.account}:mfa/tf/tf-mfa`);
    expect(VirtualMFADevice!.QRCodePNG?.length).toBeGreaterThan(100);
    const read = async () =>
      (await iam.listVirtualMFADevices({})).VirtualMFADevices!.filter((known) => known.SerialNumber === SerialNumber);
    expect(await read()).toHaveLength(1);
    await iam.tagMFADevice({ SerialNumber, Tags: [{ Key: "env", Value: "test" }] });
    expect((await iam.listMFADeviceTags({ SerialNumber })).Tags).toEqual([{ Key: "env", Value: "test" }]);
    await iam.deleteVirtualMFADevice({ SerialNumber });
    await noSuchEntity(iam.deleteVirtualMFADevice({ SerialNumber }));
    expect(await read()).toEqual([]);
  });

  it("keeps an aws_iam_user_login_profile", async () => {
    const { iam } = clients;
    const UserName = "tf-login";
    await iam.createUser({ UserName });
    await noSuchEntity(iam.getLoginProfile({ UserName }));
    await iam.createLoginProfile({ UserName, Password: "Aa1!aaaaaaaaaaaaaaaa", PasswordResetRequired: true });
    expect((await iam.getLoginProfile({ UserName })).LoginProfile).toMatchObject({ PasswordResetRequired: true });
    await expect(iam.createLoginProfile({ UserName, Password: "Aa1!aaaaaaaaaaaaaaaa" })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
    });
    await iam.deleteLoginProfile({ UserName });
    await noSuchEntity(iam.deleteLoginProfile({ UserName }));
    await iam.deleteUser({ UserName });
  });
});
