import { createHash } from "node:crypto";
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { CommonAwsError, permission } from "@hotkeep/core";
import { type IdentityChange, memorySealer } from "@hotkeep/identity";
import type { CallContext, SigningCredentials } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, booksArn, clusterArn, openWith, policy, trusts, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const daxTrust = trusts({ Service: "dax.amazonaws.com" });
const serviceRoleArn = `arn:aws:iam::${account}:role/DAXServiceRole`;
const signing = { date: "20261123", region: "us-west-2" };

async function user(UserName: string): Promise<SigningCredentials> {
  await world.iam().send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await world.iam().send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

async function watched(work: () => Promise<unknown>): Promise<readonly IdentityChange[]> {
  const changes: IdentityChange[] = [];
  const stop = world.identity.onChange((change) => void changes.push(change));
  await work();
  stop();
  return changes;
}

function call(keys: SigningCredentials): CallContext {
  return {
    service: "dax",
    operation: "GetItem",
    principal: world.identity.credentials.find(keys.accessKeyId)!.principal,
    accessKeyId: keys.accessKeyId,
    account,
    region: "us-west-2",
    requestId: "request-1",
    now: world.clock.now(),
    sourceIp: "127.0.0.1",
    secureTransport: false,
  };
}

describe("what a node learns of a caller", () => {
  it("holds policies of user and groups, boundary and tags, and a day's signing key instead of the secret", async () => {
    const iam = world.iam();
    const alice = await user("Alice");
    await iam.send(new TagUserCommand({ UserName: "Alice", Tags: [{ Key: "Team", Value: "books" }] }));
    const own = policy(allow("dax:*", clusterArn));
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument: own }));
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    const PolicyArn = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess";
    await iam.send(new AttachGroupPolicyCommand({ GroupName: "Readers", PolicyArn }));
    await iam.send(new AddUserToGroupCommand({ GroupName: "Readers", UserName: "Alice" }));
    const facts = world.identity.callerFacts(alice.accessKeyId, signing)!;
    expect(facts).toMatchObject({
      accessKeyId: alice.accessKeyId,
      principal: { kind: "user", arn: `arn:aws:iam::${account}:user/Alice` },
      signingDate: "20261123",
      signingRegion: "us-west-2",
      context: { "aws:PrincipalTag/Team": "books" },
    });
    expect(facts.policies.map(({ kind, name, carrier }) => [kind, name, carrier])).toEqual([
      ["identity", "own", `arn:aws:iam::${account}:user/Alice`],
      ["identity", PolicyArn, `arn:aws:iam::${account}:group/Readers`],
    ]);
    expect(facts.policies[0]?.document).toBe(own);
    expect(facts.signingKey).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(facts)).not.toContain(alice.secretAccessKey);
  });

  it("of a session: the token's hash, its end, and the session's keys and policies", async () => {
    const bob = await user("Bob");
    const trust = trusts({ AWS: `arn:aws:iam::${account}:user/Bob` });
    await world.iam().send(new CreateRoleCommand({ RoleName: "R", AssumeRolePolicyDocument: trust }));
    const input = {
      RoleArn: `arn:aws:iam::${account}:role/R`,
      RoleSessionName: "bob",
      Policy: policy(allow("dax:GetItem")),
    };
    const { Credentials } = await world.sts(bob).send(new AssumeRoleCommand(input));
    const facts = world.identity.callerFacts(Credentials!.AccessKeyId!, signing)!;
    expect(facts.sessionTokenSha256).toBe(createHash("sha256").update(Credentials!.SessionToken!).digest("hex"));
    expect(facts.expiresAt).toBe(Credentials!.Expiration!.getTime());
    expect(facts.policies.map(({ kind }) => kind)).toEqual(["session"]);
    expect(facts.context["aws:TokenIssueTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("is nothing for keys that are unknown or inactive", async () => {
    const alice = await user("Alice");
    expect(world.identity.callerFacts("AKIANOBODY", signing)).toBeUndefined();
    const input = { UserName: "Alice", AccessKeyId: alice.accessKeyId, Status: "Inactive" as const };
    await world.iam().send(new UpdateAccessKeyCommand(input));
    expect(world.identity.callerFacts(alice.accessKeyId, signing)).toBeUndefined();
  });
});

describe("changes", () => {
  it("name the keys of a user whose policies, groups or keys change, before the change is answered", async () => {
    const iam = world.iam();
    const alice = await user("Alice");
    await user("Eve");
    const PolicyDocument = policy(allow("dax:*"));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "P", PolicyDocument }));
    await iam.send(new CreateGroupCommand({ GroupName: "G" }));
    const works: readonly (() => Promise<unknown>)[] = [
      () => iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "p", PolicyDocument })),
      () => iam.send(new AttachUserPolicyCommand({ UserName: "Alice", PolicyArn: Policy!.Arn! })),
      () => iam.send(new CreatePolicyVersionCommand({ PolicyArn: Policy!.Arn!, PolicyDocument, SetAsDefault: true })),
      () => iam.send(new AddUserToGroupCommand({ GroupName: "G", UserName: "Alice" })),
      () => iam.send(new PutGroupPolicyCommand({ GroupName: "G", PolicyName: "p", PolicyDocument })),
      () =>
        iam.send(new UpdateAccessKeyCommand({ UserName: "Alice", AccessKeyId: alice.accessKeyId, Status: "Inactive" })),
    ];
    for (const work of works) {
      const changes = await watched(work);
      expect(changes.flatMap(({ accessKeyIds }) => accessKeyIds)).toContain(alice.accessKeyId);
      expect(new Set(changes.flatMap(({ accessKeyIds }) => accessKeyIds)).size).toBe(1);
    }
  });

  it("name a role whose trust changes or that goes, with its sessions", async () => {
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: daxTrust }));
    const session = await world.identity.assumeRoleForService({
      service: "dax.amazonaws.com",
      roleArn: serviceRoleArn,
      sessionName: "dax-daxcluster01",
      sourceArn: clusterArn,
      durationSeconds: 3600,
    });
    const expected = [{ accessKeyIds: [session.accessKeyId], roleArns: [serviceRoleArn] }];
    const PolicyDocument = trusts({ Service: "ec2.amazonaws.com" });
    const trust = new UpdateAssumeRolePolicyCommand({ RoleName: "DAXServiceRole", PolicyDocument });
    expect(await watched(() => iam.send(trust))).toEqual(expected);
    expect(await watched(() => iam.send(new DeleteRoleCommand({ RoleName: "DAXServiceRole" })))).toEqual(expected);
  });

  it("are not told of mere uses", async () => {
    const alice = await user("Alice");
    expect(await watched(() => world.sts(alice).send(new GetCallerIdentityCommand({})))).toEqual([]);
  });
});

describe("a service role", () => {
  const wish = {
    service: "dax.amazonaws.com",
    roleArn: serviceRoleArn,
    sessionName: "dax-daxcluster01",
    sourceArn: clusterArn,
    durationSeconds: 3600,
  };

  it("AC-18, AC-20, AC-21: is assumed by DAX while its trust policy says so", async () => {
    const iam = world.iam();
    expect(world.identity.findRole(serviceRoleArn)).toBeUndefined();
    expect(world.identity.serviceMayAssume(serviceRoleArn, "dax.amazonaws.com", clusterArn)).toBe(false);
    await iam.send(new CreateRoleCommand({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: daxTrust }));
    expect(world.identity.findRole(serviceRoleArn)).toMatchObject({ name: "DAXServiceRole", arn: serviceRoleArn });
    expect(world.identity.serviceMayAssume(serviceRoleArn, "dax.amazonaws.com", clusterArn)).toBe(true);
    const session = await world.identity.assumeRoleForService(wish);
    const who = await world.sts(session).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(`arn:aws:sts::${account}:assumed-role/DAXServiceRole/dax-daxcluster01`);
    const PolicyDocument = trusts({ Service: "ec2.amazonaws.com" });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "DAXServiceRole", PolicyDocument }));
    await expect(world.identity.assumeRoleForService(wish)).rejects.toThrow(
      `User: dax.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${serviceRoleArn}`,
    );
    await expect(world.identity.assumeRoleForService({ ...wish, roleArn: `${serviceRoleArn}X` })).rejects.toThrow(
      `is not authorized to perform: sts:AssumeRole on resource: ${serviceRoleArn}X`,
    );
  });

  it("may ask in its trust policy for which cluster and account it is assumed", async () => {
    const condition = { ArnLike: { "aws:SourceArn": clusterArn }, StringEquals: { "aws:SourceAccount": account } };
    const trust = trusts({ Service: "dax.amazonaws.com" }, { Condition: condition });
    await world.iam().send(new CreateRoleCommand({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: trust }));
    const { identity } = world;
    expect(identity.serviceMayAssume(serviceRoleArn, "dax.amazonaws.com", clusterArn)).toBe(true);
    expect(identity.serviceMayAssume(serviceRoleArn, "dax.amazonaws.com", `${clusterArn}X`)).toBe(false);
  });
});

describe("the authorizer", () => {
  it("AC-27 to AC-31: Alice's policy opens her cluster, no other cluster and no table", async () => {
    const alice = await user("Alice");
    const PolicyDocument = policy(allow("dax:*", clusterArn));
    const { Policy } = await world
      .iam()
      .send(new CreatePolicyCommand({ PolicyName: "AliceAccessPolicy", PolicyDocument }));
    const attach = { UserName: "Alice", PolicyArn: Policy!.Arn! };
    const { authorizer } = world.identity;
    const authorize = (action: string, resource: string) =>
      authorizer.authorize(call(alice), [permission(action, resource)]);
    expect(() => authorize("dax:GetItem", clusterArn)).toThrow("because no identity-based policy allows");
    await world.iam().send(new AttachUserPolicyCommand(attach));
    for (const action of ["GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"]) {
      authorize(`dax:${action}`, clusterArn);
    }
    authorize("dax:GetItem", clusterArn.toLowerCase());
    expect(() => authorize("dax:GetItem", `${clusterArn}2`)).toThrow(CommonAwsError);
    expect(() => authorize("dynamodb:GetItem", booksArn)).toThrow(
      `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: dynamodb:GetItem on resource: ${booksArn} because no identity-based policy allows the dynamodb:GetItem action`,
    );
  });

  it("remembers each denial with its reasons under the id in the error", async () => {
    const alice = await user("Alice");
    const PolicyDocument = policy(allow("dax:*"), { Sid: "NoScan", Effect: "Deny", Action: "dax:Scan", Resource: "*" });
    await world.iam().send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument }));
    let error: unknown;
    try {
      world.identity.authorizer.authorize(call(alice), [permission("dax:Scan", clusterArn)]);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CommonAwsError);
    const { decisionId } = (error as CommonAwsError).members;
    const remembered = world.identity.decisions.find(String(decisionId));
    expect(remembered).toMatchObject({
      principal: `arn:aws:iam::${account}:user/Alice`,
      action: "dax:Scan",
      resource: clusterArn,
      requestId: "request-1",
      message: expect.stringContaining("with an explicit deny in an identity-based policy"),
      decision: { outcome: "explicitDeny", statements: [{ sid: "NoScan", index: 1, policy: { name: "own" } }] },
    });
    expect(world.identity.decisions.recent(1)).toEqual([remembered]);
  });

  it("gives operations their condition keys: who passes which role to whom", async () => {
    const alice = await user("Alice");
    const PolicyDocument = policy({
      ...allow("iam:PassRole", serviceRoleArn),
      Condition: { StringEquals: { "iam:PassedToService": "dax.amazonaws.com", "aws:username": "Alice" } },
    });
    await world.iam().send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument }));
    const pass = (service: string) => [permission("iam:PassRole", serviceRoleArn, { "iam:PassedToService": service })];
    world.identity.authorizer.authorize(call(alice), pass("dax.amazonaws.com"));
    expect(() => world.identity.authorizer.authorize(call(alice), pass("ec2.amazonaws.com"))).toThrow(
      `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: iam:PassRole on resource: ${serviceRoleArn} because no identity-based policy allows the iam:PassRole action`,
    );
  });

  it("decides for a principal outside of a call just the same", async () => {
    const alice = await user("Alice");
    const { principal } = world.identity.credentials.find(alice.accessKeyId)!;
    const request = permission("dax:GetItem", clusterArn);
    expect(world.identity.decideFor(principal, request).outcome).toBe("implicitDeny");
    const PolicyDocument = policy(allow("dax:GetItem", clusterArn));
    await world.iam().send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument }));
    expect(world.identity.decideFor(principal, request).outcome).toBe("allowed");
  });

  it("denies everything when a stored policy cannot be read any more", async () => {
    const alice = await user("Alice");
    const PolicyDocument = policy(allow("dax:*"));
    await world.iam().send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "own", PolicyDocument }));
    const key = `identity/${account}/user/alice`;
    await world.store.transact(async (tx) => {
      const record = (await tx.get(key))!.value as Record<string, never>;
      tx.put(key, { ...record, inline: { own: PolicyDocument, damaged: "{" } });
    });
    expect(() => world.identity.authorizer.authorize(call(alice), [permission("dax:GetItem", clusterArn)])).toThrow(
      "with an explicit deny in an identity-based policy",
    );
  });
});

describe("opening", () => {
  it("finds everything again, also more than one page of it", async () => {
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "DAXServiceRole", AssumeRolePolicyDocument: daxTrust }));
    await world.store.transact(async (tx) => {
      for (let at = 0; at < 2500; at++) {
        tx.put(`identity/${account}/last-used/AROA${at}`, { at, region: "us-west-2", service: "dynamodb" });
      }
    });
    const again = await openWith(world.store, world.sealer, world.clock);
    expect(again.findRole(serviceRoleArn)?.name).toBe("DAXServiceRole");
    expect(again.credentials.find(world.root.accessKeyId)).toMatchObject(world.root);
    expect(await again.ensureRoot()).toBeUndefined();
    await again.close();
  });

  it("fails with another sealing key, before any secret is refused", async () => {
    await expect(openWith(world.store, memorySealer(), world.clock)).rejects.toMatchObject({
      code: "SealBroken",
      message: "A stored secret cannot be opened with this sealing key.",
    });
  });
});
