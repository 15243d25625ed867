import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { keysOf, trusting } from "../src/identity/suspects.js";

const foreign = "999999999999";
const theirs = (service: string, resource: string, region = "us-west-2"): string =>
  `arn:aws:${service}:${service === "iam" ? "" : region}:${foreign}:${resource}`;
const book = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };

type Clients = ReturnType<typeof awsClients>;

interface Attempt {
  readonly title: string;
  readonly code: string;
  readonly message?: string | RegExp;
  run(clients: Clients): Promise<unknown>;
}

/** Only its owner's policy on the thing itself could allow it, and there are none (documented). */
const foreignResource = /:999999999999:\S+ because no resource-based policy allows the \w+:\w+ action$/;

/** What an administrator of this account tries with ids of another one. */
const attempts: readonly Attempt[] = [
  {
    title: "reading a policy",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) => iam.getPolicy({ PolicyArn: theirs("iam", "policy/P") }),
  },
  {
    title: "reading a policy's version",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) => iam.getPolicyVersion({ PolicyArn: theirs("iam", "policy/P"), VersionId: "v1" }),
  },
  {
    title: "attaching a policy to a user",
    code: "NoSuchEntityException",
    run: ({ iam }) => iam.attachUserPolicy({ UserName: "Alice", PolicyArn: theirs("iam", "policy/P") }),
  },
  {
    title: "attaching a policy to a role",
    code: "NoSuchEntityException",
    run: ({ iam }) => iam.attachRolePolicy({ RoleName: "BobUserRole", PolicyArn: theirs("iam", "policy/P") }),
  },
  {
    title: "detaching a policy",
    code: "NoSuchEntityException",
    run: ({ iam }) => iam.detachUserPolicy({ UserName: "Alice", PolicyArn: theirs("iam", "policy/AliceAccessPolicy") }),
  },
  {
    title: "deleting a policy",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) => iam.deletePolicy({ PolicyArn: theirs("iam", "policy/AliceAccessPolicy") }),
  },
  {
    title: "a new version of a policy",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) =>
      iam.createPolicyVersion({
        PolicyArn: theirs("iam", "policy/AliceAccessPolicy"),
        PolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
      }),
  },
  {
    title: "a policy as a boundary",
    code: "NoSuchEntityException",
    run: ({ iam }) =>
      iam.putUserPermissionsBoundary({ UserName: "Alice", PermissionsBoundary: theirs("iam", "policy/P") }),
  },
  {
    title: "a user as a boundary",
    code: "ValidationError",
    run: ({ iam }) =>
      iam.putUserPermissionsBoundary({ UserName: "Alice", PermissionsBoundary: theirs("iam", "user/P") }),
  },
  {
    title: "simulating a user",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) =>
      iam.simulatePrincipalPolicy({ PolicySourceArn: theirs("iam", "user/Alice"), ActionNames: ["dax:GetItem"] }),
  },
  {
    title: "the access report of a user",
    code: "AccessDenied",
    message: foreignResource,
    run: ({ iam }) => iam.generateServiceLastAccessedDetails({ Arn: theirs("iam", "user/Alice") }),
  },
  {
    title: "the last use of a key that is not here",
    code: "NoSuchEntityException",
    run: ({ iam }) => iam.getAccessKeyLastUsed({ AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }),
  },
  {
    title: "assuming a role",
    code: "AccessDenied",
    message: /is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::999999999999:role\/BobUserRole$/,
    run: ({ sts }) => sts.assumeRole({ RoleArn: theirs("iam", "role/BobUserRole"), RoleSessionName: "try" }),
  },
  {
    title: "assuming a user",
    code: "ValidationError",
    message: /is invalid/,
    run: ({ sts }) => sts.assumeRole({ RoleArn: theirs("iam", "user/Alice"), RoleSessionName: "try" }),
  },
  {
    title: "a session limited by a policy",
    code: "ValidationError",
    run: ({ sts }) => sts.getFederationToken({ Name: "Guest", PolicyArns: [{ arn: theirs("iam", "policy/P") }] }),
  },
  {
    title: "reading from a table",
    code: "AccessDeniedException",
    message:
      /dynamodb:GetItem on resource: arn:aws:dynamodb:us-west-2:999999999999:table\/Books because no resource-based policy allows the dynamodb:GetItem action/,
    run: ({ dynamodb }) => dynamodb.getItem({ TableName: theirs("dynamodb", "table/Books"), Key: book }),
  },
  {
    title: "writing to a table",
    code: "AccessDeniedException",
    run: ({ dynamodb }) => dynamodb.putItem({ TableName: theirs("dynamodb", "table/Books"), Item: book }),
  },
  {
    title: "describing a table",
    code: "AccessDeniedException",
    run: ({ dynamodb }) => dynamodb.describeTable({ TableName: theirs("dynamodb", "table/Books") }),
  },
  {
    title: "deleting a table",
    code: "AccessDeniedException",
    run: ({ dynamodb }) => dynamodb.deleteTable({ TableName: theirs("dynamodb", "table/Books") }),
  },
  {
    title: "a transaction with a table",
    code: "AccessDeniedException",
    run: ({ dynamodb }) =>
      dynamodb.transactGetItems({
        TransactItems: [
          { Get: { TableName: "Books", Key: book } },
          { Get: { TableName: theirs("dynamodb", "table/Books"), Key: book } },
        ],
      }),
  },
  {
    title: "the tags of a table",
    code: "AccessDeniedException",
    run: ({ dynamodb }) => dynamodb.listTagsOfResource({ ResourceArn: theirs("dynamodb", "table/Books") }),
  },
  {
    title: "the tags of a cluster",
    code: "InvalidARNFault",
    run: ({ dax }) => dax.listTags({ ResourceName: theirs("dax", "cache/daxcluster01") }),
  },
  {
    title: "tagging a cluster",
    code: "InvalidARNFault",
    run: ({ dax }) =>
      dax.tagResource({ ResourceName: theirs("dax", "cache/daxcluster01"), Tags: [{ Key: "a", Value: "b" }] }),
  },
  {
    title: "a cluster with a service role",
    code: "AccessDeniedException",
    message: "Cross-account pass role is not allowed.",
    run: ({ dax }) =>
      dax.createCluster({
        ClusterName: "c",
        NodeType: "dax.t3.small",
        ReplicationFactor: 1,
        IamRoleArn: theirs("iam", "role/DAXServiceRole"),
      }),
  },
  {
    title: "a VPC",
    code: "InvalidVpcID.NotFound",
    run: ({ ec2 }) => ec2.describeVpcs({ VpcIds: ["vpc-0123456789abcdef0"] }),
  },
  {
    title: "a security group",
    code: "InvalidGroup.NotFound",
    run: ({ ec2 }) => ec2.deleteSecurityGroup({ GroupId: "sg-0123456789abcdef0" }),
  },
];

let hotkeep: RunningHotkeep;
let elsewhere: RunningHotkeep;
let admin: Clients;

beforeAll(async () => {
  [hotkeep, elsewhere] = await Promise.all([startHotkeep(), startHotkeep({ empty: true })]);
  const { iam } = awsClients(hotkeep, hotkeep.credentials.root!);
  await iam.createUser({ UserName: "Admin" });
  await iam.attachUserPolicy({ UserName: "Admin", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  admin = awsClients(hotkeep, keysOf((await iam.createAccessKey({ UserName: "Admin" })).AccessKey));
});
afterAll(() => Promise.all([hotkeep?.stop(), elsewhere?.stop()]));

describe("an administrator reaches nothing by ids of another account:", () => {
  it.each(attempts)("$title", async ({ code, message = "", run }) => {
    await expect(run(admin)).rejects.toMatchObject({ name: code, message: expect.stringMatching(message) });
  });
});

describe("another house's", () => {
  it("session is nobody here", async () => {
    const { sts } = awsClients(elsewhere, elsewhere.credentials.root!);
    const keys = keysOf((await sts.getSessionToken({})).Credentials);
    await expect(awsClients(hotkeep, keys).sts.getCallerIdentity({})).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  it("denial cannot be decoded here", async () => {
    const { iam } = awsClients(elsewhere, elsewhere.credentials.root!);
    await iam.createUser({ UserName: "Nobody" });
    const nobody = awsClients(elsewhere, keysOf((await iam.createAccessKey({ UserName: "Nobody" })).AccessKey));
    const error = (await nobody.ec2.describeVpcs({}).catch((caught: unknown) => caught)) as Error;
    const [, EncodedMessage] = error.message.split("Encoded authorization failure message: ");
    const decode = (clients: Clients) => clients.sts.decodeAuthorizationMessage({ EncodedMessage: EncodedMessage! });
    expect((await decode(awsClients(elsewhere, elsewhere.credentials.root!))).DecodedMessage).toContain("allowed");
    await expect(decode(admin)).rejects.toMatchObject({ name: "InvalidAuthorizationMessageException" });
  });

  it("deletion task is unknown here", async () => {
    const { iam } = awsClients(elsewhere, elsewhere.credentials.root!);
    await iam.createServiceLinkedRole({ AWSServiceName: "dax.amazonaws.com" });
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName: "AWSServiceRoleForDAX" });
    await expect(
      admin.iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: DeletionTaskId! }),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  it("user can be trusted, and yet is nobody here", async () => {
    // A principal of another account cannot be looked up here, so its ARN is kept as it is written.
    const trust = trusting({ AWS: `arn:aws:iam::${foreign}:root` });
    const { Role } = await admin.iam.createRole({ RoleName: "Open", AssumeRolePolicyDocument: trust });
    await expect(admin.sts.assumeRole({ RoleArn: Role!.Arn!, RoleSessionName: "try" })).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });
});
