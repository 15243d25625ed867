import {
  AddRoleToInstanceProfileCommand,
  AttachUserPolicyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccountAliasCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  GetLoginProfileCommand,
  ListAccountAliasesCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  PutUserPolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, trusts, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe("the account", () => {
  it("has one alias at a time", async () => {
    const iam = world.iam();
    const aliases = async () => (await iam.send(new ListAccountAliasesCommand({}))).AccountAliases;
    expect(await aliases()).toEqual([]);
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: "library" }));
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: "bookshop" }));
    expect(await aliases()).toEqual(["bookshop"]);
    await iam.send(new DeleteAccountAliasCommand({ AccountAlias: "bookshop" }));
    await expect(iam.send(new DeleteAccountAliasCommand({ AccountAlias: "bookshop" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  it("counts what it holds against its quotas", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    await iam.send(new CreatePolicyCommand({ PolicyName: "P", PolicyDocument: policy(allow("dax:*")) }));
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toMatchObject({
      Users: 1,
      UsersQuota: 5000,
      Policies: 1,
      Roles: 0,
      AccountAccessKeysPresent: 1,
    });
  });

  it("tells all its authorization details page by page, documents percent-encoded", async () => {
    const iam = world.iam();
    const document = policy(allow("dax:*"));
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument: document }));
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await iam.send(new AttachUserPolicyCommand({ UserName: "Alice", PolicyArn }));
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    const AssumeRolePolicyDocument = trusts({ Service: "dax.amazonaws.com" });
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument }));
    await iam.send(new CreatePolicyCommand({ PolicyName: "P", PolicyDocument: document }));
    const found: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 2, Marker }));
      for (const { UserName, UserPolicyList, AttachedManagedPolicies } of page.UserDetailList ?? []) {
        expect(decodeURIComponent(UserPolicyList![0]!.PolicyDocument!)).toBe(document);
        expect(AttachedManagedPolicies).toEqual([{ PolicyName: "ReadOnlyAccess", PolicyArn }]);
        found.push(UserName!);
      }
      for (const { GroupName } of page.GroupDetailList ?? []) found.push(GroupName!);
      for (const { RoleName } of page.RoleDetailList ?? []) found.push(RoleName!);
      for (const { PolicyName } of page.Policies ?? []) found.push(PolicyName!);
      Marker = page.Marker;
    } while (Marker !== undefined);
    expect(found).toEqual(["Alice", "Readers", "R", "P", "ReadOnlyAccess"]);
    const onlyLocal = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["LocalManagedPolicy"] }));
    expect(onlyLocal.Policies?.map(({ Arn }) => Arn)).toEqual([`arn:aws:iam::${account}:policy/P`]);
    expect(onlyLocal.UserDetailList).toEqual([]);
  });

  it("answers stock-taking tools about things that do not exist here", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    expect((await iam.send(new ListMFADevicesCommand({ UserName: "Alice" }))).MFADevices).toEqual([]);
    await expect(iam.send(new GetLoginProfileCommand({ UserName: "Alice" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "Login Profile for User Alice cannot be found.",
    });
  });
});

describe("instance profiles", () => {
  it("hold one role, which cannot be deleted meanwhile", async () => {
    const iam = world.iam();
    const AssumeRolePolicyDocument = trusts({ Service: "ec2.amazonaws.com" });
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument }));
    await iam.send(new CreateRoleCommand({ RoleName: "S", AssumeRolePolicyDocument }));
    const InstanceProfileName = "P";
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: "R" }));
    await expect(
      iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: "S" })),
    ).rejects.toMatchObject({ name: "LimitExceededException" });
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    expect(InstanceProfile?.Roles?.map(({ RoleName }) => RoleName)).toEqual(["R"]);
    const listed = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: "R" }));
    expect(listed.InstanceProfiles).toHaveLength(1);
    const conflict = "Cannot delete entity, must remove roles from instance profile first.";
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "R" }))).rejects.toThrow(conflict);
    await expect(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))).rejects.toThrow(conflict);
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: "R" }));
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
    await iam.send(new DeleteRoleCommand({ RoleName: "R" }));
  });
});
