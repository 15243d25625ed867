import {
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  ListGroupsCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand } from "@aws-sdk/client-sts";
import { permission } from "@hotkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { readServiceControl } from "../src/service-control.js";
import { account, allow, openWith, policy, trusts, World } from "./world.js";

const all = { name: "FullAWSAccess", document: policy(allow("*")) };
const noListing = {
  name: "no-listing",
  document: policy(allow("*"), { Sid: "No", Effect: "Deny", Action: "iam:ListUsers", Resource: "*" }),
};
/** Says nothing about groups, and thereby closes them. */
const noGroups = {
  name: "no-groups",
  document: policy({ Effect: "Allow", NotAction: "iam:*Group*", Resource: "*" }),
};

const explicit = (who: string) =>
  `User: ${who} is not authorized to perform: iam:ListUsers on resource: * with an explicit deny in a service control policy`;
const implicit = (who: string) =>
  `User: ${who} is not authorized to perform: iam:ListGroups on resource: * because no service control policy allows the iam:ListGroups action`;
const rootArn = `arn:aws:iam::${account}:root`;

let world: World | undefined;
afterEach(() => world?.close());

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => "answered",
    (error: Error) => error.message,
  );

describe("service control policies", () => {
  it("are not there unless they are given", async () => {
    world = await World.open();
    expect(await messageOf(world.iam().send(new ListUsersCommand({})))).toBe("answered");
  });

  it("limit the account's root user: by a Deny, and by the want of an Allow on any level", async () => {
    world = await World.open([[all], [noListing], [noGroups, noGroups]]);
    expect(await messageOf(world.iam().send(new ListUsersCommand({})))).toBe(explicit(rootArn));
    expect(await messageOf(world.iam().send(new ListGroupsCommand({})))).toBe(implicit(rootArn));
    expect(await messageOf(world.iam().send(new ListRolesCommand({})))).toBe("answered");
    expect(await messageOf(world.sts().send(new GetCallerIdentityCommand({})))).toBe("answered");
  });

  it("limit users, sessions of roles and federated users, whatever their own policies allow", async () => {
    world = await World.open([[noListing]]);
    const user = await world.userWith("Alice", policy(allow("*")));
    const alice = `arn:aws:iam::${account}:user/Alice`;
    expect(await messageOf(world.iam(user).send(new ListUsersCommand({})))).toBe(explicit(alice));
    const AssumeRolePolicyDocument = trusts({ AWS: alice });
    await world.iam().send(new CreateRoleCommand({ RoleName: "Admin", AssumeRolePolicyDocument }));
    const PolicyDocument = policy(allow("*"));
    await world.iam().send(new PutRolePolicyCommand({ RoleName: "Admin", PolicyName: "p", PolicyDocument }));
    const RoleArn = `arn:aws:iam::${account}:role/Admin`;
    const role = await world.sts(user).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "session" }));
    const session = `arn:aws:sts::${account}:assumed-role/Admin/session`;
    const keys = ({ Credentials: made }: typeof role) => ({
      accessKeyId: made!.AccessKeyId!,
      secretAccessKey: made!.SecretAccessKey!,
      sessionToken: made!.SessionToken!,
    });
    expect(await messageOf(world.iam(keys(role)).send(new ListUsersCommand({})))).toBe(explicit(session));
    const input = { Name: "Fred", Policy: policy(allow("*")) };
    const guest = await world.sts(user).send(new GetFederationTokenCommand(input));
    expect(
      world.identity.decideFor(
        { kind: "federated-user", account, arn: guest.FederatedUser!.Arn!, name: "Fred" },
        permission("iam:ListUsers", "*"),
      ).deniedBy,
    ).toBe("service-control");
  });

  it("leave service-linked roles alone (documented)", async () => {
    const closed = { name: "closed", document: policy(allow("iam:*"), allow("sts:*")) };
    world = await World.open([[closed]]);
    await world.iam().send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "dax.amazonaws.com" }));
    const roleArn = world.identity.findServiceLinkedRole("dax.amazonaws.com")!.arn;
    const service = "dax.amazonaws.com";
    const { accessKeyId } = await world.identity.assumeRoleForService({
      ...{ service, roleArn, sessionName: "dax-test", durationSeconds: 900 },
    });
    const { principal } = world.identity.ownerOf(accessKeyId)!;
    expect(world.identity.decideFor(principal, permission("ec2:DescribeVpcs", "*")).outcome).toBe("allowed");
    const root = { kind: "root", account } as const;
    expect(world.identity.decideFor(root, permission("ec2:DescribeVpcs", "*")).outcome).toBe("implicitDeny");
  });

  it("go to cache nodes level by level with what a caller may do", async () => {
    world = await World.open([[all], [noListing]]);
    const user = await world.userWith("Alice", policy(allow("dax:*")));
    const facts = world.identity.callerFacts(user.accessKeyId, { date: "20260101", region: "us-west-2" })!;
    expect(facts.policies.map(({ kind, level, name }) => [kind, level, name])).toEqual([
      ["identity", undefined, "p"],
      ["service-control", 0, "FullAWSAccess"],
      ["service-control", 1, "no-listing"],
    ]);
  });

  it("are part of a principal's simulation, and of a custom one only as given", async () => {
    world = await World.open([[all], [noListing]]);
    await world.userWith("Alice", policy(allow("*")));
    const ActionNames = ["iam:ListUsers", "iam:ListRoles"];
    const PolicySourceArn = `arn:aws:iam::${account}:user/Alice`;
    const own = await world.iam().send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames }));
    expect(
      own.EvaluationResults!.map((result) => [
        result.EvalDecision,
        result.OrganizationsDecisionDetail!.AllowedByOrganizations,
        result.MatchedStatements!.map(({ SourcePolicyId }) => SourcePolicyId),
      ]),
    ).toEqual([
      ["explicitDeny", false, ["no-listing"]],
      ["allowed", true, ["user_Alice_p", "FullAWSAccess", "no-listing"]],
    ]);
    const PolicyInputList = [policy(allow("*"))];
    const custom = await world.iam().send(new SimulateCustomPolicyCommand({ PolicyInputList, ActionNames }));
    expect(custom.EvaluationResults!.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "allowed"]);
  });

  const wrong: readonly (readonly [string, Parameters<typeof readServiceControl>[0], string])[] = [
    ["an empty level", [[]], "Level 1 has 0 service control policies"],
    ["eleven on a level", [Array.from({ length: 11 }, () => all)], "Level 1 has 11 service control policies"],
    ["eight levels", Array.from({ length: 8 }, () => [all]), "There are 8 levels of service control policies"],
    [
      "a document that is no policy",
      [[{ name: "x", document: "{}" }]],
      "The service control policy `x` is not valid: Syntax errors in policy.",
    ],
    [
      "a document with a principal",
      [[{ name: "x", document: policy({ ...allow("*"), Principal: "*" }) }]],
      "The service control policy `x` is not valid: Policy document should not specify a principal.",
    ],
    [
      "a document that is too long",
      [[{ name: "x", document: `{"a":"${"x".repeat(10_300)}"}` }]],
      "The service control policy `x` is too long",
    ],
  ];
  it.each(wrong)("are refused at start: %s", async (_what, levels, message) => {
    expect(() => readServiceControl(levels)).toThrow(message);
    world = await World.open();
    const { store, sealer, clock } = world;
    await expect(openWith(store, sealer, clock, () => {}, levels)).rejects.toThrow(message);
  });
});
