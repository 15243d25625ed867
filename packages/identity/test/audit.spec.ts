import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  ListUsersCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from "@aws-sdk/client-sts";
import { clusterUseEvent, type TrailEvent, trailEvent } from "@hotkeep/identity";
import type { AuditRecord } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { trailTime } from "../src/audit/user-identity.js";
import { account, clusterArn, policy, trusts, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

function last(name: string): TrailEvent {
  return world.events.findLast((event) => event.eventName === name)!;
}

async function alice() {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: "Alice", Path: "/team/" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

describe("the audit trail", () => {
  it("has a management event for a call of root, whole", async () => {
    await world.iam().send(new CreateUserCommand({ UserName: "Bob", Tags: [{ Key: "Team", Value: "books" }] }));
    const { User } = { User: world.events[0]!.responseElements!.user as Record<string, unknown> };
    expect(world.events).toEqual([
      {
        eventVersion: "1.11",
        userIdentity: {
          type: "Root",
          principalId: account,
          arn: `arn:aws:iam::${account}:root`,
          accountId: account,
          accessKeyId: world.root.accessKeyId,
        },
        eventTime: trailTime(world.clock.now()),
        eventSource: "iam.amazonaws.com",
        eventName: "CreateUser",
        awsRegion: "us-east-1",
        sourceIPAddress: "127.0.0.1",
        userAgent: expect.stringContaining("aws-sdk-js") as string,
        requestParameters: { userName: "Bob", tags: [{ key: "Team", value: "books" }] },
        responseElements: { user: User },
        requestID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        eventID: "event-0",
        readOnly: false,
        eventType: "AwsApiCall",
        managementEvent: true,
        recipientAccountId: account,
        eventCategory: "Management",
      },
    ]);
    expect(User).toMatchObject({ userName: "Bob", arn: `arn:aws:iam::${account}:user/Bob` });
  });

  it("names users, their sessions, and why a call was refused", async () => {
    const key = await alice();
    await expect(world.iam(key).send(new ListUsersCommand())).rejects.toThrow();
    const denied = last("ListUsers");
    expect(denied).toMatchObject({
      errorCode: "AccessDenied",
      errorMessage: expect.stringContaining("is not authorized to perform: iam:ListUsers") as string,
      readOnly: true,
      responseElements: null,
    });
    expect(denied.userIdentity).toEqual({
      type: "IAMUser",
      principalId: expect.stringMatching(/^AIDA/) as string,
      arn: `arn:aws:iam::${account}:user/team/Alice`,
      accountId: account,
      accessKeyId: key.accessKeyId,
      userName: "Alice",
    });
    const { Credentials } = await world.sts(key).send(new GetSessionTokenCommand());
    const session = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    await world.sts(session).send(new GetCallerIdentityCommand());
    expect(last("GetCallerIdentity")).toMatchObject({
      awsRegion: "us-west-2",
      userIdentity: {
        type: "IAMUser",
        accessKeyId: session.accessKeyId,
        sessionContext: {
          attributes: { creationDate: trailTime(world.clock.now()), mfaAuthenticated: "false" },
        },
      },
    });
  });

  it("names role sessions with the role that issued them", async () => {
    const key = await alice();
    const AssumeRolePolicyDocument = trusts({ AWS: `arn:aws:iam::${account}:user/team/Alice` });
    const { Role } = await world
      .iam()
      .send(new CreateRoleCommand({ RoleName: "Reader", Path: "/x/", AssumeRolePolicyDocument }));
    const answer = await world.sts(key).send(new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: "s1" }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials!;
    expect(last("AssumeRole")).toMatchObject({
      readOnly: true,
      requestParameters: { roleArn: Role!.Arn, roleSessionName: "s1" },
      responseElements: { credentials: { accessKeyId: AccessKeyId } },
    });
    const session = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
    await world.sts(session).send(new GetCallerIdentityCommand());
    expect(last("GetCallerIdentity").userIdentity).toEqual({
      type: "AssumedRole",
      principalId: `${Role!.RoleId}:s1`,
      arn: `arn:aws:sts::${account}:assumed-role/Reader/s1`,
      accountId: account,
      accessKeyId: AccessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: Role!.RoleId,
          arn: Role!.Arn,
          accountId: account,
          userName: "Reader",
        },
        attributes: { creationDate: trailTime(world.clock.now()), mfaAuthenticated: "false" },
      },
    });
  });

  it("shows a service assuming a role, and then the role's session invoked by the service", async () => {
    const trust = trusts({ Service: "dax.amazonaws.com" });
    const { Role } = await world
      .iam()
      .send(new CreateRoleCommand({ RoleName: "Dax", AssumeRolePolicyDocument: trust }));
    const assume = (roleArn: string) =>
      world.identity.assumeRoleForService({
        service: "dax.amazonaws.com",
        roleArn,
        sessionName: "dax-books",
        sourceArn: clusterArn,
        durationSeconds: 900,
      });
    const session = await assume(Role!.Arn!);
    expect(last("AssumeRole")).toMatchObject({
      userIdentity: { type: "AWSService", invokedBy: "dax.amazonaws.com" },
      sourceIPAddress: "dax.amazonaws.com",
      userAgent: "dax.amazonaws.com",
      awsRegion: "us-west-2",
      requestParameters: { roleArn: Role!.Arn, roleSessionName: "dax-books", durationSeconds: 900 },
      responseElements: { credentials: { accessKeyId: session.accessKeyId } },
    });
    const { accessKeyId, secretAccessKey, sessionToken } = session;
    await world.sts({ accessKeyId, secretAccessKey, sessionToken }).send(new GetCallerIdentityCommand());
    expect(last("GetCallerIdentity")).toMatchObject({
      userIdentity: { type: "AssumedRole", principalId: `${Role!.RoleId}:dax-books`, invokedBy: "dax.amazonaws.com" },
      sourceIPAddress: "dax.amazonaws.com",
      additionalEventData: { sourceArn: clusterArn },
    });
    await expect(assume(`arn:aws:iam::${account}:role/Other`)).rejects.toThrow();
    expect(last("AssumeRole")).toMatchObject({ errorCode: "AccessDenied", responseElements: null });
  });

  it("keeps no secret: no password, secret key, session token or one-time code", async () => {
    const key = await alice();
    const iam = world.iam();
    await iam.send(new CreateLoginProfileCommand({ UserName: "Alice", Password: "Correct-Horse-1" }));
    const { Credentials } = await world.sts(key).send(new GetSessionTokenCommand());
    const SerialNumber = `arn:aws:iam::${account}:mfa/Alice`;
    const wrong = new GetSessionTokenCommand({ SerialNumber, TokenCode: "918273" });
    await expect(world.sts(key).send(wrong)).rejects.toThrow();
    const text = JSON.stringify(world.events);
    expect(last("CreateLoginProfile").requestParameters).toEqual({ userName: "Alice" });
    for (const secret of [
      key.secretAccessKey,
      "Correct-Horse-1",
      Credentials!.SessionToken!,
      Credentials!.SecretAccessKey!,
      "918273",
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain(key.accessKeyId);
  });

  it("leaves out whoever nobody has authenticated", async () => {
    const before = world.events.length;
    const wrong = { ...world.root, secretAccessKey: "wrong" };
    await expect(world.iam(wrong).send(new ListUsersCommand())).rejects.toThrow();
    await expect(
      world.iam({ accessKeyId: "AKIANOBODY", secretAccessKey: "x" }).send(new ListUsersCommand()),
    ).rejects.toThrow();
    await fetch(world.url, { method: "POST", body: "Action=AssumeRoleWithWebIdentity&Version=2011-06-15" });
    expect(world.events.length).toBe(before);
  });

  it("keeps long policies whole and cuts what is longer", async () => {
    const AssumeRolePolicyDocument = trusts({ AWS: account });
    const iam = world.iam();
    await iam.send(new CreateRoleCommand({ RoleName: "Reader", AssumeRolePolicyDocument }));
    expect(last("CreateRole").requestParameters).toEqual({
      roleName: "Reader",
      assumeRolePolicyDocument: AssumeRolePolicyDocument,
    });
    const long = policy({ Effect: "Allow", Action: "a:b", Resource: "x".repeat(20_000) });
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: "Long", AssumeRolePolicyDocument: long })),
    ).rejects.toThrow();
    expect(String(last("CreateRole").requestParameters!.assumeRolePolicyDocument)).toHaveLength(12_289);
    await expect(
      iam.send(new AttachRolePolicyCommand({ RoleName: "Nobody", PolicyArn: `arn:aws:iam::${account}:policy/p` })),
    ).rejects.toThrow();
    expect(last("AttachRolePolicy")).toMatchObject({ errorCode: "NoSuchEntityException" });
  });
});

describe("data events", () => {
  const role = {
    kind: "role-session",
    account,
    arn: `arn:aws:sts::${account}:assumed-role/Dax/dax-books`,
    roleArn: `arn:aws:iam::${account}:role/Dax`,
    roleId: "AROADAX",
    roleName: "Dax",
    sessionName: "dax-books",
  } as const;

  it("of the second hop name table, role and DAX, and nothing of the item", () => {
    const table = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;
    const record: AuditRecord = {
      ...{ requestId: "r", time: 0, durationMs: 1, service: "dynamodb", operation: "PutItem", principal: role },
      ...{ accessKeyId: "ASIADAX", account, region: "us-west-2", sourceIp: "127.0.0.1", userAgent: "node" },
      permissions: [{ action: "dynamodb:PutItem", resource: table, context: {} }],
      ...{ status: 200, errorCode: undefined, errorMessage: undefined, session: { issuedAt: 0 } },
      tellInput: () => ({ item: "of no concern" }),
    };
    const origin = { service: "dax.amazonaws.com", sourceArn: clusterArn };
    expect(trailEvent(record, { eventId: "e", account, origin })).toMatchObject({
      userIdentity: { type: "AssumedRole", invokedBy: "dax.amazonaws.com" },
      eventCategory: "Data",
      managementEvent: false,
      readOnly: false,
      requestParameters: null,
      resources: [{ accountId: account, type: "AWS::DynamoDB::Table", ARN: table }],
    });
    const stream = `${table}/stream/2026-01-01T00:00:00.000`;
    const read = {
      ...{ ...record, operation: "GetRecords" },
      permissions: [{ action: "dynamodb:GetRecords", resource: stream, context: {} }],
    };
    expect(trailEvent(read, { eventId: "e", account, origin })).toMatchObject({
      ...{ eventSource: "dynamodb.amazonaws.com", eventCategory: "Data", readOnly: true },
      resources: [{ accountId: account, type: "AWS::DynamoDB::Stream", ARN: stream }],
    });
  });

  it("of a refusal on the first hop say why, under the decision's id", () => {
    const principal = { kind: "root", account } as const;
    const denial = { decisionId: "d-1", message: "no" };
    const use = { clusterArn, action: "dax:PutItem", count: 1, at: 0, region: "us-west-2", accessKeyId: "K", denial };
    const event = clusterUseEvent(use, { principal }, { eventId: "e", account });
    expect(event).toMatchObject({ errorCode: "AccessDenied", errorMessage: "no", requestID: "d-1", readOnly: false });
    expect(event).not.toHaveProperty("additionalEventData");
  });

  it("of the first hop name caller and cluster, and how many calls they stand for", () => {
    const principal = {
      kind: "user",
      account,
      arn: `arn:aws:iam::${account}:user/Alice`,
      id: "AIDAALICE",
      name: "Alice",
    } as const;
    const use = {
      clusterArn,
      action: "dax:GetItem",
      count: 7,
      at: 1000,
      region: "us-west-2",
      accessKeyId: "AKIAALICE",
    };
    expect(clusterUseEvent(use, { principal }, { eventId: "e", account })).toMatchObject({
      userIdentity: { type: "IAMUser", userName: "Alice", accessKeyId: "AKIAALICE" },
      eventTime: "1970-01-01T00:00:01Z",
      eventSource: "dax.amazonaws.com",
      eventName: "GetItem",
      additionalEventData: { count: 7 },
      readOnly: true,
      resources: [{ type: "AWS::DAX::Cluster", ARN: clusterArn }],
    });
  });
});
