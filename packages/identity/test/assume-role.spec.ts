import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import type { SigningCredentials } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, openWith, policy, trusts, World } from "./world.js";

const bobArn = `arn:aws:iam::${account}:user/Bob`;
const rootArn = `arn:aws:iam::${account}:root`;
const roleArn = `arn:aws:iam::${account}:role/BobUserRole`;
const denied = {
  name: "AccessDenied",
  message: `User: ${bobArn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  $metadata: { httpStatusCode: 403 },
};

let world: World;
let bob: SigningCredentials;
beforeEach(async () => {
  world = await World.open();
  bob = await user("Bob");
});
afterEach(() => world.close());

async function user(UserName: string): Promise<SigningCredentials> {
  await world.iam().send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await world.iam().send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

async function grant(UserName: string, ...statements: readonly Record<string, unknown>[]): Promise<void> {
  const PolicyDocument = policy(...statements);
  await world.iam().send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
}

async function role(trust: string, RoleName = "BobUserRole", MaxSessionDuration?: number): Promise<void> {
  const input = { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration };
  await world.iam().send(new CreateRoleCommand(input));
}

async function grantRole(...statements: readonly Record<string, unknown>[]): Promise<void> {
  const PolicyDocument = policy(...statements);
  await world.iam().send(new PutRolePolicyCommand({ RoleName: "BobUserRole", PolicyName: "p", PolicyDocument }));
}

function assume(credentials: SigningCredentials, input: Partial<AssumeRoleCommandInput> = {}) {
  return world
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "bob-session", ...input }));
}

function keysOf(credentials: Credentials | undefined): SigningCredentials {
  return {
    accessKeyId: credentials!.AccessKeyId!,
    secretAccessKey: credentials!.SecretAccessKey!,
    sessionToken: credentials!.SessionToken!,
  };
}

describe("AssumeRole", () => {
  it("AC-37: gives a session with the role's permissions and name, and none of the user's", async () => {
    await role(trusts({ AWS: bobArn }));
    await grantRole(allow("iam:ListRoles"));
    const answer = await assume(bob);
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session`);
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:bob-session$/);
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const until = answer.Credentials!.Expiration!.getTime() - world.clock.now();
    expect(Math.abs(until - 3_600_000)).toBeLessThan(2000);
    const session = keysOf(answer.Credentials);
    const who = await world.sts(session).send(new GetCallerIdentityCommand({}));
    expect(who).toEqual({
      $metadata: expect.anything(),
      Account: account,
      Arn: answer.AssumedRoleUser?.Arn,
      UserId: answer.AssumedRoleUser?.AssumedRoleId,
    });
    await world.iam(session).send(new ListRolesCommand({}));
    await grant("Bob", allow("iam:GetUser"));
    await expect(world.iam(session).send(new GetUserCommand({ UserName: "Bob" }))).rejects.toThrow(
      `User: ${answer.AssumedRoleUser?.Arn} is not authorized to perform: iam:GetUser on resource: ${bobArn} because no identity-based policy allows the iam:GetUser action`,
    );
  });

  const forms: readonly (readonly [string, string, boolean, boolean])[] = [
    ["names the user", trusts({ AWS: bobArn }), true, true],
    ["names another user", trusts({ AWS: `arn:aws:iam::${account}:user/Eve` }), false, false],
    ["names the account by ARN", trusts({ AWS: rootArn }), false, true],
    ["names the account by number", trusts({ AWS: account }), false, true],
    ["is open to everybody", trusts("*"), true, true],
    ["names only DAX (AC-19)", trusts({ Service: "dax.amazonaws.com" }), false, false],
    ["denies", policy({ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }), false, false],
  ];
  it.each(forms)("with a trust policy that %s", async (_name, trust, alone, withPolicy) => {
    await user("Eve");
    await role(trust);
    if (alone) await assume(bob);
    else await expect(assume(bob)).rejects.toMatchObject(denied);
    await grant("Bob", allow("sts:AssumeRole", roleArn));
    if (withPolicy) await assume(bob);
    else await expect(assume(bob)).rejects.toMatchObject(denied);
    await grant("Bob", { Effect: "Deny", Action: "sts:*", Resource: "*" });
    await expect(assume(bob)).rejects.toMatchObject(denied);
  });

  it("is refused to root, and for a role that does not exist as for one that does not trust", async () => {
    await role(trusts({ AWS: account }));
    await expect(assume(world.root)).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Roles may not be assumed by root accounts.",
    });
    const none = `arn:aws:iam::${account}:role/None`;
    await expect(assume(bob, { RoleArn: none })).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${bobArn} is not authorized to perform: sts:AssumeRole on resource: ${none}`,
    });
    const malformed = "arn:aws:iam::123456789012:user/x";
    await expect(assume(bob, { RoleArn: malformed })).rejects.toMatchObject({
      name: "ValidationError",
      message: `${malformed} is invalid`,
    });
  });

  it("asks the trust policy's conditions: external id, session name", async () => {
    const condition = { Condition: { StringEquals: { "sts:ExternalId": "42", "sts:RoleSessionName": "bob" } } };
    await role(trusts({ AWS: bobArn }, condition));
    await expect(assume(bob)).rejects.toMatchObject(denied);
    await expect(assume(bob, { ExternalId: "41", RoleSessionName: "bob" })).rejects.toMatchObject(denied);
    await assume(bob, { ExternalId: "42", RoleSessionName: "bob" });
  });

  it("keeps to the role's session length, and to an hour for chained roles", async () => {
    await role(trusts({ AWS: [bobArn, account] }), "BobUserRole", 7200);
    await grantRole(allow("sts:AssumeRole"));
    const { Credentials } = await assume(bob, { DurationSeconds: 7200 });
    await expect(assume(bob, { DurationSeconds: 7201 })).rejects.toMatchObject({
      name: "ValidationError",
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
    await expect(assume(bob, { DurationSeconds: 899 })).rejects.toMatchObject({ name: "ValidationError" });
    const session = keysOf(Credentials);
    await assume(session, { DurationSeconds: 3600 });
    await expect(assume(session, { DurationSeconds: 3601 })).rejects.toThrow(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  });

  it("limits the session by inline and managed session policies", async () => {
    await role(trusts({ AWS: bobArn }));
    await grantRole(allow("iam:*"));
    const { Credentials, PackedPolicySize } = await assume(bob, { Policy: policy(allow("iam:GetUser")) });
    expect(PackedPolicySize).toBeGreaterThan(0);
    const iam = world.iam(keysOf(Credentials));
    await iam.send(new GetUserCommand({ UserName: "Bob" }));
    await expect(iam.send(new ListRolesCommand({}))).rejects.toThrow(
      "because no session policy allows the iam:ListRoles action",
    );
    const arns = [{ arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }];
    const managed = await assume(bob, { PolicyArns: arns });
    await world.iam(keysOf(managed.Credentials)).send(new ListRolesCommand({}));
    await expect(assume(bob, { Policy: "{}" })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
  });

  it("limits the session by the role's permissions boundary", async () => {
    await role(trusts({ AWS: bobArn }));
    await grantRole(allow("iam:*"));
    const PermissionsBoundary = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess";
    await world.iam().send(new PutRolePermissionsBoundaryCommand({ RoleName: "BobUserRole", PermissionsBoundary }));
    const { Credentials } = await assume(bob);
    await expect(world.iam(keysOf(Credentials)).send(new GetUserCommand({ UserName: "Bob" }))).rejects.toThrow(
      "because no permissions boundary allows the iam:GetUser action",
    );
  });

  it("puts session tags over the role's, if tagging is trusted, and hands transitive ones on", async () => {
    const action = { Action: ["sts:AssumeRole", "sts:TagSession"] };
    await role(trusts({ AWS: [bobArn, account] }, action));
    const tagged = { "aws:PrincipalTag/team": "books" };
    await grantRole({ ...allow("iam:ListRoles"), Condition: { StringEquals: tagged } }, allow("sts:*"));
    const Tags = [{ Key: "team", Value: "books" }];
    const { Credentials } = await assume(bob, { Tags, TransitiveTagKeys: ["team"] });
    const session = keysOf(Credentials);
    await world.iam(session).send(new ListRolesCommand({}));
    const chained = await assume(session);
    await world.iam(keysOf(chained.Credentials)).send(new ListRolesCommand({}));
    await expect(assume(session, { Tags })).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    });
    await expect(assume(bob, { TransitiveTagKeys: ["x"] })).rejects.toThrow(
      "The specified transitive tag key must be included in the requested tags.",
    );
    await role(trusts({ AWS: bobArn }), "Plain");
    const plain = `arn:aws:iam::${account}:role/Plain`;
    await expect(assume(bob, { RoleArn: plain, Tags })).rejects.toThrow(
      `is not authorized to perform: sts:TagSession on resource: ${plain}`,
    );
  });

  it("refuses second factors of devices that are not there", async () => {
    await role(trusts({ AWS: bobArn }));
    const factor = { SerialNumber: `arn:aws:iam::${account}:mfa/bob`, TokenCode: "123456" };
    await expect(assume(bob, factor)).rejects.toThrow(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  });
});

describe("role sessions", () => {
  beforeEach(async () => {
    await role(trusts({ AWS: bobArn }));
    await grantRole(allow("iam:ListRoles"));
  });

  it("see a change of the role's policies with the next call", async () => {
    const iam = world.iam(keysOf((await assume(bob)).Credentials));
    await iam.send(new ListRolesCommand({}));
    await world.iam().send(new DeleteRolePolicyCommand({ RoleName: "BobUserRole", PolicyName: "p" }));
    await expect(iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("end with their role, and do not come back with one of the same name", async () => {
    const session = keysOf((await assume(bob)).Credentials);
    const iam = world.iam();
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "BobUserRole", PolicyName: "p" }));
    await iam.send(new DeleteRoleCommand({ RoleName: "BobUserRole" }));
    const call = () => world.sts(session).send(new GetCallerIdentityCommand({}));
    await expect(call()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await role(trusts({ AWS: bobArn }));
    await expect(call()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  it("need their token, and end in time", async () => {
    const session = keysOf((await assume(bob, { DurationSeconds: 900 })).Credentials);
    const call = (keys: SigningCredentials) => world.sts(keys).send(new GetCallerIdentityCommand({}));
    const { sessionToken: _token, ...bare } = session;
    await expect(call(bare)).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      message: "The security token included in the request is invalid",
    });
    await expect(call({ ...session, sessionToken: `${session.sessionToken}x` })).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    await call(session);
    world.clock.advance(901_000);
    await expect(call(session)).rejects.toMatchObject({
      name: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
  });

  it("outlive a restart, sealed", async () => {
    const session = keysOf((await assume(bob)).Credentials);
    const again = await openWith(world.store, world.sealer, world.clock);
    const found = again.credentials.find(session.accessKeyId);
    expect(found).toMatchObject(session);
    expect(found?.principal).toMatchObject({ kind: "role-session", sessionName: "bob-session" });
    expect(again.credentials.find(bob.accessKeyId)).toMatchObject(bob);
    await again.close();
    const stored = JSON.stringify(await world.store.range({ start: "a", end: "~" }));
    expect(stored).not.toContain(session.secretAccessKey);
    expect(stored).not.toContain(session.sessionToken);
  });

  it("are swept out of the store when they have run out", async () => {
    const session = keysOf((await assume(bob)).Credentials);
    const key = `identity/${account}/session/${session.accessKeyId}`;
    expect(await world.store.get(key)).toBeDefined();
    world.clock.advance(2 * 3_600_000 + 120_000);
    while ((await world.store.get(key)) !== undefined) await new Promise(setImmediate);
  });
});

describe("tokens for users", () => {
  it("GetSessionToken: the same user, refused by IAM and for further tokens", async () => {
    const { Credentials } = await world.sts(bob).send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const session = keysOf(Credentials);
    const who = await world.sts(session).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(bobArn);
    await grant("Bob", allow("*"));
    await expect(world.iam(session).send(new GetUserCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    await expect(world.sts(session).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Cannot call GetSessionToken with session credentials",
    });
    await expect(world.sts(session).send(new GetFederationTokenCommand({ Name: "f1" }))).rejects.toThrow(
      "Cannot call GetFederationToken with session credentials",
    );
  });

  it("GetSessionToken: an hour at most for root", async () => {
    const { Credentials } = await world.sts().send(new GetSessionTokenCommand({}));
    const seconds = (Credentials!.Expiration!.getTime() - world.clock.now()) / 1000;
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it("GetFederationToken: what both the user and the session policy allow; nothing without one", async () => {
    await grant("Bob", allow(["sts:GetFederationToken", "iam:ListRoles", "iam:GetUser"]));
    const token = (Policy?: string) => world.sts(bob).send(new GetFederationTokenCommand({ Name: "fred", Policy }));
    const answer = await token(policy(allow("iam:ListRoles")));
    expect(answer.FederatedUser).toEqual({
      Arn: `arn:aws:sts::${account}:federated-user/fred`,
      FederatedUserId: `${account}:fred`,
    });
    const fred = keysOf(answer.Credentials);
    expect((await world.sts(fred).send(new GetCallerIdentityCommand({}))).UserId).toBe(`${account}:fred`);
    const without = keysOf((await token()).Credentials);
    const getItem = { action: "dax:GetItem", resource: "*" };
    const call = (keys: SigningCredentials) => ({
      service: "dax" as const,
      operation: "GetItem",
      principal: world.identity.credentials.find(keys.accessKeyId)!.principal,
      accessKeyId: keys.accessKeyId,
      account,
      region: "us-west-2",
      requestId: "r",
      now: world.clock.now(),
      secureTransport: false,
    });
    await grant("Bob", allow(["sts:GetFederationToken", "dax:*"]));
    const dax = keysOf((await token(policy(allow("dax:GetItem")))).Credentials);
    world.identity.authorizer.authorize(call(dax), [getItem]);
    expect(() => world.identity.authorizer.authorize(call(without), [getItem])).toThrow(
      "because no session policy allows the dax:GetItem action",
    );
  });

  it("end with their user", async () => {
    await role(trusts({ AWS: bobArn }));
    const eve = await user("Eve");
    const session = keysOf((await world.sts(eve).send(new GetSessionTokenCommand({}))).Credentials);
    await world.sts(session).send(new GetCallerIdentityCommand({}));
    const iam = world.iam(eve);
    const root = world.iam();
    await root.send(
      new AttachUserPolicyCommand({ UserName: "Eve", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
    );
    await iam.send(new GetUserCommand({}));
    await root.send(new DeleteAccessKeyCommand({ UserName: "Eve", AccessKeyId: eve.accessKeyId }));
    await root.send(
      new DetachUserPolicyCommand({ UserName: "Eve", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
    );
    await root.send(new DeleteUserCommand({ UserName: "Eve" }));
    await expect(world.sts(session).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  it("GetAccessKeyInfo: the account of a key", async () => {
    await grant("Bob", allow("sts:GetAccessKeyInfo"));
    const info = await world.sts(bob).send(new GetAccessKeyInfoCommand({ AccessKeyId: world.root.accessKeyId }));
    expect(info.Account).toBe(account);
  });

  it("GetCallerIdentity: allowed even against an explicit deny", async () => {
    await grant("Bob", { Effect: "Deny", Action: "*", Resource: "*" });
    expect((await world.sts(bob).send(new GetCallerIdentityCommand({}))).Arn).toBe(bobArn);
  });
});
