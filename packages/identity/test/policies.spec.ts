import {
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteUserPermissionsBoundaryCommand,
  DetachGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  PutUserPermissionsBoundaryCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function makePolicy(name = "AliceAccessPolicy"): Promise<string> {
  const made = await world
    .iam()
    .send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument: policy(allow("dax:*")), Description: "all of DAX" }),
    );
  return made.Policy!.Arn!;
}

describe("managed policies", () => {
  it("begin with version v1, attachable and attached to nobody", async () => {
    const iam = world.iam();
    const PolicyArn = await makePolicy();
    expect(PolicyArn).toBe(`arn:aws:iam::${account}:policy/AliceAccessPolicy`);
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Description: "all of DAX",
    });
    expect(Policy?.PolicyId).toMatch(/^ANPA[A-Z2-7]{17}$/);
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
    expect(Policies?.map(({ PolicyName, Description }) => [PolicyName, Description])).toEqual([
      ["AliceAccessPolicy", undefined],
    ]);
    const again = iam.send(
      new CreatePolicyCommand({ PolicyName: "aliceaccesspolicy", PolicyDocument: policy(allow("dax:*")) }),
    );
    await expect(again).rejects.toThrow(
      "A policy called aliceaccesspolicy already exists. Duplicate names are not allowed.",
    );
  });

  it("count five versions at most, whose ids are never used again", async () => {
    const iam = world.iam();
    const PolicyArn = await makePolicy();
    const add = async (SetAsDefault?: boolean) =>
      (
        await iam.send(
          new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy(allow("dax:Get*")), SetAsDefault }),
        )
      ).PolicyVersion;
    expect(await add()).toMatchObject({ VersionId: "v2", IsDefaultVersion: false });
    for (let at = 3; at <= 5; at++) await add();
    await expect(add()).rejects.toThrow(
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    );
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" }));
    expect(await add(true)).toMatchObject({ VersionId: "v6", IsDefaultVersion: true });
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["v6", "v4", "v3", "v2", "v1"]);
    await expect(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v6" }))).rejects.toThrow(
      "Cannot delete the default version of a policy.",
    );
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(PolicyVersion).toMatchObject({ IsDefaultVersion: true });
    expect(decodeURIComponent(PolicyVersion!.Document!)).toBe(policy(allow("dax:*")));
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toThrow(
      "This policy has more than one version.",
    );
  });

  it("cannot be deleted while something uses them, as permissions or as boundary", async () => {
    const iam = world.iam();
    const PolicyArn = await makePolicy();
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    await iam.send(new CreateUserCommand({ UserName: "Alice", PermissionsBoundary: PolicyArn }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: "Readers", PolicyArn }));
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ AttachmentCount: 1, PermissionsBoundaryUsageCount: 1 });
    const using = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(using.PolicyGroups?.map(({ GroupName }) => GroupName)).toEqual(["Readers"]);
    expect(using.PolicyUsers?.map(({ UserName }) => UserName)).toEqual(["Alice"]);
    const deletion = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
    const conflict = { name: "DeleteConflictException", message: "Cannot delete a policy attached to entities." };
    await expect(deletion()).rejects.toMatchObject(conflict);
    await iam.send(new DetachGroupPolicyCommand({ GroupName: "Readers", PolicyArn }));
    await expect(deletion()).rejects.toMatchObject(conflict);
    await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: "Alice" }));
    await deletion();
    await expect(iam.send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  it("refuse what is no ARN or names no policy", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const attach = (PolicyArn: string) => iam.send(new AttachUserPolicyCommand({ UserName: "Alice", PolicyArn }));
    await expect(attach("this-is-not-an-arn-at-all")).rejects.toThrow("Invalid ARN:  Could not be parsed!");
    const missing = `arn:aws:iam::${account}:policy/none`;
    await expect(attach(missing)).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${missing} does not exist or is not attachable.`,
    });
  });

  it("of AWS are listed, read and attached, but changed by nobody", async () => {
    const iam = world.iam();
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "AWS" }));
    const names = Policies?.map(({ PolicyName }) => PolicyName);
    for (const name of ["AdministratorAccess", "AmazonDynamoDBFullAccess", "DAXServiceRolePolicy"]) {
      expect(names).toContain(name);
    }
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    const change = iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy(allow("dax:*")) }));
    await expect(change).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("hold to 6144 characters without white space", async () => {
    const long = policy({ ...allow("dax:*"), Sid: "x".repeat(6144) });
    const made = world.iam().send(new CreatePolicyCommand({ PolicyName: "Long", PolicyDocument: long }));
    await expect(made).rejects.toThrow("Cannot exceed quota for PolicySize: 6144");
  });

  it("have tags", async () => {
    const iam = world.iam();
    const PolicyArn = await makePolicy();
    await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: "Team", Value: "books" }] }));
    const { Tags } = await iam.send(new ListPolicyTagsCommand({ PolicyArn }));
    expect(Tags).toEqual([{ Key: "Team", Value: "books" }]);
  });

  it("as boundary must exist and be no service role policy", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const put = (PermissionsBoundary: string) =>
      iam.send(new PutUserPermissionsBoundaryCommand({ UserName: "Alice", PermissionsBoundary }));
    await expect(put("arn:aws:iam::aws:policy/aws-service-role/DAXServiceRolePolicy")).rejects.toMatchObject({
      name: "PolicyNotAttachableException",
    });
    await expect(put("arn:aws:iam::aws:policy/none")).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});
