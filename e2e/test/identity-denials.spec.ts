import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient, type Keys } from "../src/clients.js";
import { keysOf, trusting } from "../src/identity/suspects.js";

type Clients = ReturnType<typeof awsClients>;

interface Denied {
  readonly arn: string;
  readonly keys: Keys;
  readonly clients: Clients;
}

const account = "123456789012";
const region = "us-west-2";
/** DAX keeps cluster names in small letters (documented), and so do its ARNs. */
const clusterArn = `arn:aws:dax:${region}:${account}:cache/daxcluster01`;
const tableArn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allowAll = { Effect: "Allow", Action: "*", Resource: "*" };
const denyAll = { Effect: "Deny", Action: "*", Resource: "*" };
const allowOther = { Effect: "Allow", Action: ["s3:*", "sts:AssumeRole"], Resource: "*" };

/** Ways to be denied: the policies of a principal, and how the message ends. */
const ways: Readonly<Record<string, (action: string) => string>> = {
  "nothing allows it": (action) => ` because no identity-based policy allows the ${action} action`,
  "a policy of its own denies it": () => " with an explicit deny in an identity-based policy",
  "a group's policy denies it": () => " with an explicit deny in an identity-based policy",
  "its boundary does not allow it": (action) => ` because no permissions boundary allows the ${action} action`,
  "its boundary denies it": () => " with an explicit deny in a permissions boundary",
  "its session policy does not allow it": (action) => ` because no session policy allows the ${action} action`,
  "its session policy denies it": () => " with an explicit deny in a session policy",
  "the boundary of its role does not allow it": (action) =>
    ` because no permissions boundary allows the ${action} action`,
};

interface Call {
  readonly title: string;
  readonly action: string;
  readonly resource: string;
  readonly protocol: "json" | "query" | "ec2";
  run(clients: Clients): Promise<unknown>;
}

const book = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
const calls: readonly Call[] = [
  {
    title: "dynamodb GetItem",
    protocol: "json",
    action: "dynamodb:GetItem",
    resource: tableArn,
    run: ({ dynamodb }) => dynamodb.getItem({ TableName: "Books", Key: book }),
  },
  {
    title: "dynamodb PutItem",
    protocol: "json",
    action: "dynamodb:PutItem",
    resource: tableArn,
    run: ({ dynamodb }) => dynamodb.putItem({ TableName: "Books", Item: book }),
  },
  {
    title: "dynamodb GetItem of a table that is not there",
    protocol: "json",
    action: "dynamodb:GetItem",
    resource: `${tableArn}2`,
    run: ({ dynamodb }) => dynamodb.getItem({ TableName: "Books2", Key: book }),
  },
  {
    title: "dynamodb Query of an index",
    protocol: "json",
    action: "dynamodb:Query",
    resource: `${tableArn}/index/byYear`,
    run: ({ dynamodb }) =>
      dynamodb.query({
        TableName: "Books",
        IndexName: "byYear",
        KeyConditionExpression: "a = :a",
        ExpressionAttributeValues: { ":a": { S: "a" } },
      }),
  },
  {
    title: "dynamodb ListTables",
    protocol: "json",
    action: "dynamodb:ListTables",
    resource: "*",
    run: ({ dynamodb }) => dynamodb.listTables({}),
  },
  {
    title: "dax DescribeClusters",
    protocol: "json",
    action: "dax:DescribeClusters",
    resource: "*",
    run: ({ dax }) => dax.describeClusters({}),
  },
  {
    title: "dax DeleteCluster",
    protocol: "json",
    action: "dax:DeleteCluster",
    resource: clusterArn,
    run: ({ dax }) => dax.deleteCluster({ ClusterName: "DAXCluster01" }),
  },
  {
    title: "dax CreateParameterGroup",
    protocol: "json",
    action: "dax:CreateParameterGroup",
    resource: "*",
    run: ({ dax }) => dax.createParameterGroup({ ParameterGroupName: "fast" }),
  },
  {
    title: "iam GetUser",
    protocol: "query",
    action: "iam:GetUser",
    resource: `arn:aws:iam::${account}:user/Alice`,
    run: ({ iam }) => iam.getUser({ UserName: "Alice" }),
  },
  {
    title: "iam ListRoles",
    protocol: "query",
    action: "iam:ListRoles",
    resource: "*",
    run: ({ iam }) => iam.listRoles({}),
  },
  {
    title: "iam DeleteRole",
    protocol: "query",
    action: "iam:DeleteRole",
    resource: roleArn("DAXServiceRole"),
    run: ({ iam }) => iam.deleteRole({ RoleName: "DAXServiceRole" }),
  },
  {
    title: "iam CreateServiceLinkedRole",
    protocol: "query",
    action: "iam:CreateServiceLinkedRole",
    resource: roleArn("aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX"),
    run: ({ iam }) => iam.createServiceLinkedRole({ AWSServiceName: "dax.amazonaws.com" }),
  },
  {
    title: "sts DecodeAuthorizationMessage",
    protocol: "query",
    action: "sts:DecodeAuthorizationMessage",
    resource: "*",
    run: ({ sts }) => sts.decodeAuthorizationMessage({ EncodedMessage: "abc" }),
  },
  {
    title: "sts GetAccessKeyInfo",
    protocol: "query",
    action: "sts:GetAccessKeyInfo",
    resource: "*",
    run: ({ sts }) => sts.getAccessKeyInfo({ AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }),
  },
  {
    title: "ec2 DescribeVpcs",
    protocol: "ec2",
    action: "ec2:DescribeVpcs",
    resource: "*",
    run: ({ ec2 }) => ec2.describeVpcs({}),
  },
  {
    title: "ec2 DeleteVpc, as a dry run",
    protocol: "ec2",
    action: "ec2:DeleteVpc",
    resource: `arn:aws:ec2:${region}:${account}:vpc/vpc-0123456789abcdef0`,
    run: ({ ec2 }) => ec2.deleteVpc({ VpcId: "vpc-0123456789abcdef0", DryRun: true }),
  },
];

const answers = {
  json: { code: "AccessDeniedException", status: 400 },
  query: { code: "AccessDenied", status: 403 },
  ec2: { code: "UnauthorizedOperation", status: 403 },
};

interface SdkError {
  readonly name: string;
  /** The DAX client's word for it. */
  readonly code?: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}

const failureOf = async (call: Promise<unknown>): Promise<SdkError> => {
  const outcome: unknown = await call.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as SdkError;
};

let hotkeep: RunningHotkeep;
let root: Clients;
let helperKeys: Keys;
const denied = new Map<string, Denied>();

async function user(UserName: string, own: string | undefined, boundary?: string): Promise<Keys> {
  await root.iam.createUser({ UserName, ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }) });
  if (own !== undefined) await root.iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument: own });
  return keysOf((await root.iam.createAccessKey({ UserName })).AccessKey);
}

function know(way: string, arn: string, keys: Keys): void {
  denied.set(way, { arn, keys, clients: awsClients(hotkeep, keys) });
}

beforeAll(async () => {
  hotkeep = await startHotkeep();
  root = awsClients(hotkeep, hotkeep.credentials.root!);
  const { iam } = root;
  const managed = async (PolicyName: string, document: string): Promise<string> =>
    (await iam.createPolicy({ PolicyName, PolicyDocument: document })).Policy!.Arn!;
  const narrow = await managed("Narrow", policy(allowOther));
  const deny = await managed("Deny", policy(allowAll, denyAll));
  const asUser = async (way: string, name: string, own: string | undefined, boundary?: string): Promise<Keys> => {
    const keys = await user(name, own, boundary);
    know(way, `arn:aws:iam::${account}:user/${name}`, keys);
    return keys;
  };
  await asUser("nothing allows it", "Nobody", undefined);
  await asUser("a policy of its own denies it", "Denied", policy(allowAll, denyAll));
  await asUser("a group's policy denies it", "Member", policy(allowAll));
  await iam.createGroup({ GroupName: "Denied" });
  await iam.attachGroupPolicy({ GroupName: "Denied", PolicyArn: deny });
  await iam.addUserToGroup({ GroupName: "Denied", UserName: "Member" });
  await asUser("its boundary does not allow it", "Bounded", policy(allowAll), narrow);
  await asUser("its boundary denies it", "Fenced", policy(allowAll), deny);

  helperKeys = await user("Helper", policy(allowAll));
  const helper = awsClients(hotkeep, helperKeys);
  const role = async (RoleName: string, boundary?: string): Promise<void> => {
    const limited = boundary === undefined ? {} : { PermissionsBoundary: boundary };
    const trust = trusting({ AWS: `arn:aws:iam::${account}:root` });
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust, ...limited });
    await iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument: policy(allowAll) });
  };
  await role("Wide");
  await role("Bounded", narrow);
  const asSession = async (way: string, name: string, RoleSessionName: string, Policy?: string): Promise<void> => {
    const limited = Policy === undefined ? {} : { Policy };
    const made = await helper.sts.assumeRole({ RoleArn: roleArn(name), RoleSessionName, ...limited });
    know(way, `arn:aws:sts::${account}:assumed-role/${name}/${RoleSessionName}`, keysOf(made.Credentials));
  };
  await asSession("its session policy does not allow it", "Wide", "narrow", policy(allowOther));
  await asSession("its session policy denies it", "Wide", "denied", policy(allowAll, denyAll));
  await asSession("the boundary of its role does not allow it", "Bounded", "bounded");
});
afterAll(() => hotkeep?.stop());

describe.each(Object.keys(ways))("a caller is told, word for word, that %s:", (way) => {
  it.each(calls)("$title", async ({ action, resource, protocol, run }) => {
    const { arn, clients } = denied.get(way)!;
    const error = await failureOf(run(clients));
    const { code, status } = answers[protocol];
    const words = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}${ways[way]!(action)}`;
    expect([error.name, error.$metadata.httpStatusCode]).toEqual([code, status]);
    if (protocol !== "ec2") {
      expect(error.message).toBe(words);
      return;
    }
    const [shown, encoded = ""] = error.message.split(" Encoded authorization failure message: ");
    expect(shown).toBe(`You are not authorized to perform this operation. ${words}`);
    const { DecodedMessage } = await root.sts.decodeAuthorizationMessage({ EncodedMessage: encoded });
    expect(JSON.parse(DecodedMessage!)).toMatchObject({
      allowed: false,
      explicitDeny: ways[way]!(action).includes("explicit deny"),
      context: { action, resource },
    });
  });

  it("dax GetItem at the cluster", async () => {
    const { arn, keys } = denied.get(way)!;
    const client = daxClient(hotkeep.clusters[0]!.endpoint, region, keys);
    const error = await failureOf(client.getItem({ TableName: "Books", Key: book }));
    client.close();
    expect(error.code).toBe("AccessDeniedException");
    // An official client asks for the table's key schema first, which any of the cluster's actions allows.
    expect(error.message).toContain(`User: ${arn} is not authorized to perform: dax:`);
    expect(error.message).toMatch(new RegExp(` on resource: ${clusterArn}${ways[way]!("dax:\\w+")}`));
  });

  it("dax CreateCluster, before its role is looked at", async () => {
    const { arn, clients } = denied.get(way)!;
    const input = { ClusterName: "c2", NodeType: "dax.t3.small", ReplicationFactor: 1 };
    const error = await failureOf(clients.dax.createCluster({ ...input, IamRoleArn: roleArn("DAXServiceRole") }));
    const first = "dax:CreateCluster";
    const created = `arn:aws:dax:${region}:${account}:cache/c2`;
    expect(error.message).toBe(
      `User: ${arn} is not authorized to perform: ${first} on resource: ${created}${ways[way]!(first)}`,
    );
  });

  it("sts GetCallerIdentity, which nothing can deny", async () => {
    const { arn, clients } = denied.get(way)!;
    expect(await clients.sts.getCallerIdentity({})).toMatchObject({ Account: account, Arn: arn });
  });
});

describe("denials with words of their own", () => {
  it("iam:PassRole, when everything else is allowed", async () => {
    const keys = await user("Creator", policy({ Effect: "Allow", Action: ["dax:*", "iam:Get*"], Resource: "*" }));
    const { dax } = awsClients(hotkeep, keys);
    const input = { ClusterName: "c3", NodeType: "dax.t3.small", ReplicationFactor: 1 };
    const error = await failureOf(dax.createCluster({ ...input, IamRoleArn: roleArn("DAXServiceRole") }));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDeniedException", 400]);
    expect(error.message).toBe(
      `User: arn:aws:iam::${account}:user/Creator is not authorized to perform: iam:PassRole on resource: ` +
        `${roleArn("DAXServiceRole")} because no identity-based policy allows the iam:PassRole action`,
    );
  });

  const assume = (clients: Clients, name: string, more: object = {}): Promise<unknown> =>
    clients.sts.assumeRole({ RoleArn: roleArn(name), RoleSessionName: "try", ...more });
  const refusal = (arn: string, action: string, name: string): string =>
    `User: ${arn} is not authorized to perform: ${action} on resource: ${roleArn(name)}`;

  it.each([
    ["a role that trusts somebody else", "BobUserRole"],
    ["a role that trusts a service", "DAXServiceRole"],
    ["a role that is not there", "Nowhere"],
    ["the service-linked role", "aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX"],
  ])("sts:AssumeRole of %s, without a reason", async (_, name) => {
    const arn = `arn:aws:iam::${account}:user/Nobody`;
    const error = await failureOf(assume(denied.get("nothing allows it")!.clients, name));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403]);
    expect(error.message).toBe(refusal(arn, "sts:AssumeRole", name));
  });

  it("sts:AssumeRole of a role that trusts the account, without a policy of one's own", async () => {
    const { arn, clients } = denied.get("nothing allows it")!;
    const error = await failureOf(assume(clients, "Wide"));
    expect(error.message).toBe(refusal(arn, "sts:AssumeRole", "Wide"));
  });

  it("sts:AssumeRole against an explicit deny in the trust policy", async () => {
    await root.iam.createRole({
      RoleName: "Closed",
      AssumeRolePolicyDocument: policy(
        { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" },
        { Effect: "Deny", Principal: { AWS: `arn:aws:iam::${account}:user/Helper` }, Action: "sts:AssumeRole" },
      ),
    });
    const error = await failureOf(assume(awsClients(hotkeep, helperKeys), "Closed"));
    expect(error.message).toBe(refusal(`arn:aws:iam::${account}:user/Helper`, "sts:AssumeRole", "Closed"));
  });

  it("sts:TagSession and sts:SetSourceIdentity, which the trust policy must allow too", async () => {
    await root.iam.createUser({ UserName: "Tagger" });
    const arn = `arn:aws:iam::${account}:user/Tagger`;
    await root.iam.createRole({ RoleName: "Plain", AssumeRolePolicyDocument: trusting({ AWS: arn }) });
    const clients = awsClients(hotkeep, keysOf((await root.iam.createAccessKey({ UserName: "Tagger" })).AccessKey));
    const tagged = await failureOf(assume(clients, "Plain", { Tags: [{ Key: "team", Value: "a" }] }));
    expect(tagged.message).toBe(refusal(arn, "sts:TagSession", "Plain"));
    const sourced = await failureOf(assume(clients, "Plain", { SourceIdentity: "tagger" }));
    expect(sourced.message).toBe(refusal(arn, "sts:SetSourceIdentity", "Plain"));
    expect(await assume(clients, "Plain")).toMatchObject({ AssumedRoleUser: { Arn: expect.any(String) } });
  });

  it("sts:AssumeRole by the account's root user", async () => {
    const error = await failureOf(assume(root, "Wide"));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403]);
    expect(error.message).toBe("Roles may not be assumed by root accounts.");
  });

  it("GetSessionToken and GetFederationToken with a session's credentials", async () => {
    const helper = awsClients(hotkeep, helperKeys);
    const made = await helper.sts.assumeRole({ RoleArn: roleArn("Wide"), RoleSessionName: "chain" });
    const { sts } = awsClients(hotkeep, keysOf(made.Credentials));
    for (const [name, call] of [
      ["GetSessionToken", () => sts.getSessionToken({})],
      ["GetFederationToken", () => sts.getFederationToken({ Name: "Guest" })],
    ] as const) {
      const error = await failureOf(call());
      expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403]);
      expect(error.message).toBe(`Cannot call ${name} with session credentials`);
    }
  });

  it("the second hop: the cluster's role, not the caller, is told to lack the permission", async () => {
    const { iam } = root;
    const PolicyArn = `arn:aws:iam::${account}:policy/DAXAccessPolicy`;
    await iam.detachRolePolicy({ RoleName: "DAXServiceRole", PolicyArn });
    const client = daxClient(hotkeep.clusters[0]!.endpoint, region, hotkeep.credentials.root!);
    const error = await failureOf(client.getItem({ TableName: "Books", Key: { ...book, Title: { S: "Another" } } }));
    client.close();
    await iam.attachRolePolicy({ RoleName: "DAXServiceRole", PolicyArn });
    expect(error.code).toBe("AccessDeniedException");
    expect(error.message).toMatch(
      new RegExp(
        `User: arn:aws:sts::${account}:assumed-role/DAXServiceRole/\\S+ is not authorized to perform: dynamodb:(GetItem|DescribeTable) ` +
          `on resource: ${tableArn} because no identity-based policy allows the dynamodb:(GetItem|DescribeTable) action`,
      ),
    );
  });
});
