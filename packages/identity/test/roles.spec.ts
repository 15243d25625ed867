import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, trusts, World } from "./world.js";

const daxTrust = trusts({ Service: "dax.amazonaws.com" });

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function trustOf(roleName: string): Promise<unknown> {
  const { Role } = await world.iam().send(new GetRoleCommand({ RoleName: roleName }));
  return JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).Statement[0].Principal;
}

describe("roles", () => {
  it("are answered without MaxSessionDuration when made, with it afterwards", async () => {
    const iam = world.iam();
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "DAXServiceRole",
        Path: "/service-role/",
        AssumeRolePolicyDocument: daxTrust,
        Description: "for DAX",
      }),
    );
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${account}:role/service-role/DAXServiceRole`,
      Description: "for DAX",
    });
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(Role?.MaxSessionDuration).toBeUndefined();
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(daxTrust);
    const got = await iam.send(new GetRoleCommand({ RoleName: "DAXServiceRole" }));
    expect(got.Role).toMatchObject({ MaxSessionDuration: 3600, RoleLastUsed: {} });
    const listed = await iam.send(new ListRolesCommand({ PathPrefix: "/service-role/" }));
    expect(listed.Roles?.[0]).toMatchObject({ RoleName: "DAXServiceRole", MaxSessionDuration: 3600 });
    expect(listed.Roles?.[0]?.RoleLastUsed).toBeUndefined();
  });

  it("hold their trust policy to its grammar and to principals that exist", async () => {
    const iam = world.iam();
    const make = (AssumeRolePolicyDocument: string) =>
      iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument }));
    const nobody = `arn:aws:iam::${account}:user/nobody`;
    const refusals: readonly (readonly [string, string])[] = [
      ["{", "This policy contains invalid Json"],
      [policy({ ...allow("sts:AssumeRole"), Principal: "*" }), "Has prohibited field Resource"],
      [policy({ Effect: "Allow", Action: "sts:AssumeRole" }), "Missing required field Principal"],
      [
        policy({ Effect: "Allow", Principal: "*", Action: "iam:GetUser" }),
        "AssumeRole policy may only specify STS AssumeRole actions.",
      ],
      [trusts({ AWS: nobody }), `Invalid principal in policy: "AWS":"${nobody}"`],
      [trusts({ Service: "evil.example.com" }), 'Invalid principal in policy: "SERVICE":"evil.example.com"'],
    ];
    for (const [document, message] of refusals) {
      await expect(make(document)).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message });
    }
    await expect(make(trusts({ AWS: account }, { Sid: "x".repeat(2048) }))).rejects.toThrow(
      "Cannot exceed quota for ACLSizePerRole: 2048",
    );
  });

  it("remember users in their trust by id: a user made anew under the old name is not trusted", async () => {
    const iam = world.iam();
    const { User } = await iam.send(new CreateUserCommand({ UserName: "Bob" }));
    const trust = trusts({ AWS: [User!.Arn, account] });
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: trust }));
    expect(await trustOf("R")).toEqual({ AWS: [User!.Arn, account] });
    await iam.send(new DeleteUserCommand({ UserName: "Bob" }));
    expect(await trustOf("R")).toEqual({ AWS: [User!.UserId, account] });
    await iam.send(new CreateUserCommand({ UserName: "Bob" }));
    expect(await trustOf("R")).toEqual({ AWS: [User!.UserId, account] });
    const again = iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: "R", PolicyDocument: trusts({ AWS: User!.UserId }) }),
    );
    await expect(again).rejects.toThrow(`Invalid principal in policy: "AWS":"${User!.UserId}"`);
  });

  it("get a new trust policy, description and session length; UpdateRole without a length sets an hour", async () => {
    const iam = world.iam();
    await iam.send(
      new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: daxTrust, MaxSessionDuration: 7200 }),
    );
    const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName: "R", Description: "one" }));
    expect(Role).toMatchObject({ Description: "one", MaxSessionDuration: 7200 });
    await iam.send(new UpdateRoleCommand({ RoleName: "R", Description: "two" }));
    const got = await iam.send(new GetRoleCommand({ RoleName: "R" }));
    expect(got.Role).toMatchObject({ Description: "two", MaxSessionDuration: 3600 });
    const rootTrust = trusts({ AWS: `arn:aws:iam::${account}:root` });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "R", PolicyDocument: rootTrust }));
    expect(await trustOf("R")).toEqual({ AWS: `arn:aws:iam::${account}:root` });
  });

  it("cannot be deleted while policies hang on them", async () => {
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: daxTrust }));
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await iam.send(new AttachRolePolicyCommand({ RoleName: "R", PolicyArn }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "R" }))).rejects.toThrow(
      "Cannot delete entity, must detach all policies first.",
    );
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "R" }));
    expect(AttachedPolicies).toEqual([{ PolicyName: "ReadOnlyAccess", PolicyArn }]);
    await iam.send(new DetachRolePolicyCommand({ RoleName: "R", PolicyArn }));
    await expect(iam.send(new DetachRolePolicyCommand({ RoleName: "R", PolicyArn }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "R", PolicyName: "p", PolicyDocument: policy(allow("dax:*")) }),
    );
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "R" }))).rejects.toThrow(
      "Cannot delete entity, must delete policies first.",
    );
  });

  it("take ten managed policies at most", async () => {
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: daxTrust }));
    const attach = (PolicyArn: string) => iam.send(new AttachRolePolicyCommand({ RoleName: "R", PolicyArn }));
    for (let at = 0; at < 11; at++) {
      const { Policy } = await iam.send(
        new CreatePolicyCommand({ PolicyName: `p${at}`, PolicyDocument: policy(allow("dax:*")) }),
      );
      if (at < 10) await attach(Policy!.Arn!);
      else await expect(attach(Policy!.Arn!)).rejects.toThrow("Cannot exceed quota for PoliciesPerRole: 10");
    }
  });

  it("have tags whose keys are the same in any letter case", async () => {
    const iam = world.iam();
    await iam.send(
      new CreateRoleCommand({
        RoleName: "R",
        AssumeRolePolicyDocument: daxTrust,
        Tags: [{ Key: "Team", Value: "a" }],
      }),
    );
    await iam.send(new TagRoleCommand({ RoleName: "R", Tags: [{ Key: "team", Value: "b" }] }));
    const tags = async () => (await iam.send(new ListRoleTagsCommand({ RoleName: "R" }))).Tags;
    expect(await tags()).toEqual([{ Key: "team", Value: "b" }]);
    const twice = [
      { Key: "x", Value: "" },
      { Key: "X", Value: "" },
    ];
    await expect(iam.send(new TagRoleCommand({ RoleName: "R", Tags: twice }))).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    });
    const reserved = [{ Key: "aws:x", Value: "" }];
    await expect(iam.send(new TagRoleCommand({ RoleName: "R", Tags: reserved }))).rejects.toThrow("reserved");
    await iam.send(new UntagRoleCommand({ RoleName: "R", TagKeys: ["TEAM"] }));
    expect(await tags()).toEqual([]);
  });

  it("cannot be made under the path of service-linked roles", async () => {
    const made = world
      .iam()
      .send(new CreateRoleCommand({ RoleName: "R", Path: "/aws-service-role/x/", AssumeRolePolicyDocument: daxTrust }));
    await expect(made).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "Path /aws-service-role/ is reserved for service-linked roles.",
    });
  });

  it("have a permissions boundary that can be put and taken away", async () => {
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: daxTrust }));
    const PermissionsBoundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: "R", PermissionsBoundary }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "R" }));
    expect(Role?.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: "Policy",
      PermissionsBoundaryArn: PermissionsBoundary,
    });
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "R" }));
    await expect(iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "R" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });
});
