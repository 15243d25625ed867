import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopbackRange, type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient, type Keys } from "../src/clients.js";
import { hotkeepCommand } from "../src/outside-node.js";

const other = "210987654321";
let dataDirectory: string;
let range: LoopbackRange;
let hotkeep: RunningHotkeep;
let home: ReturnType<typeof awsClients>;
let theirs: ReturnType<typeof awsClients>;
let theirRoot: Keys;

async function start(): Promise<void> {
  hotkeep = await startHotkeep({ dataDirectory, range });
  home = awsClients(hotkeep, hotkeep.credentials.root!);
}
beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-accounts-"));
  range = await takeLoopbackRange();
  await start();
});
afterAll(async () => {
  await hotkeep?.stop();
  range.release();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const trusting = (principal: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
  });
const allowing = (Action: string | readonly string[], Resource = "*"): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

const serviceRole = `arn:aws:iam::${other}:role/DAXServiceRole`;
const key = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
const dracula = { TableName: "Books", Key: key };

async function endpointOf(clients: ReturnType<typeof awsClients>, name: string): Promise<string> {
  const read = async () => (await clients.dax.describeClusters({ ClusterNames: [name] })).Clusters![0]!;
  await expect.poll(async () => (await read()).Status).toBe("available");
  return (await read()).ClusterDiscoveryEndpoint!.URL!;
}

/** Records are on disk a moment after the call they are about. */
const trail = () => readFileSync(join(dataDirectory, "audit/management.jsonl"), "utf8");

async function through(endpoint: string, credentials: Keys): Promise<unknown> {
  const client = daxClient(endpoint, hotkeep.region, credentials);
  try {
    return await client.getItem(dracula);
  } finally {
    client.close();
  }
}

describe("a second account", () => {
  it("is made by whoever may, with a root of its own", async () => {
    const command = (name: string, ...more: string[]) =>
      hotkeepCommand("account", name, "--data", dataDirectory, ...more);
    await expect(command("create", "--profile", "alice")).rejects.toThrow(/hotkeep:CreateAccount/);
    expect(await command("create", "--account", other, "--name", "branch")).toContain(`profile root-${other}`);
    await expect(command("create", "--account", other)).rejects.toThrow(`There is an account ${other} already.`);
    await expect(command("create", "--profile", `root-${other}`)).rejects.toThrow(
      `Accounts are made and listed from account ${hotkeep.account} alone.`,
    );
    expect(await command("list")).toBe(`${hotkeep.account}  home\n${other}  branch`);
    const env = await hotkeepCommand("env", "--data", dataDirectory, "--profile", `root-${other}`);
    expect(env).toContain(`AWS_PROFILE='root-${other}'`);
    const section = readFileSync(join(dataDirectory, "credentials"), "utf8").split(`[root-${other}]`)[1]!;
    const [, accessKeyId, secretAccessKey] = /id = (\S+)\naws_secret_access_key = (\S+)/.exec(section)!;
    theirRoot = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
    theirs = awsClients(hotkeep, theirRoot);
    expect(await theirs.sts.getCallerIdentity({})).toMatchObject({ Account: other, Arn: `arn:aws:iam::${other}:root` });
    await expect.poll(trail).toContain('"eventName":"CreateAccount"');
    expect(trail()).not.toContain(secretAccessKey);
  });

  it("begins empty, with a default VPC of its own, and sees nothing of the first", async () => {
    expect((await theirs.iam.listUsers({})).Users).toEqual([]);
    expect((await theirs.iam.listRoles({})).Roles).toEqual([]);
    expect((await theirs.dynamodb.listTables({})).TableNames).toEqual([]);
    expect((await theirs.dax.describeClusters({})).Clusters).toEqual([]);
    expect((await theirs.ec2.describeNetworkInterfaces({})).NetworkInterfaces).toEqual([]);
    const [mine] = (await home.ec2.describeVpcs({})).Vpcs!;
    const [their] = (await theirs.ec2.describeVpcs({})).Vpcs!;
    expect(their).toMatchObject({ IsDefault: true, OwnerId: other });
    expect(their!.VpcId).not.toBe(mine!.VpcId);
    await expect(theirs.ec2.describeVpcs({ VpcIds: [mine!.VpcId!] })).rejects.toThrow(/does not exist/);
    await expect(theirs.dax.describeClusters({ ClusterNames: ["DAXCluster01"] })).rejects.toThrow(/not found/);
    await expect(theirs.iam.getUser({ UserName: "Alice" })).rejects.toThrow(/cannot be found/);
    await expect(theirs.dynamodb.getItem(dracula)).rejects.toThrow(/not found/);
  });

  it("is signed in to by its number or alias, with its own users' passwords", async () => {
    const Password = "Correct-horse-7";
    await theirs.iam.createUser({ UserName: "Dora" });
    await theirs.iam.createLoginProfile({ UserName: "Dora", Password });
    await theirs.iam.createAccountAlias({ AccountAlias: "branch-office" });
    const signIn = (account: string) =>
      fetch(`${hotkeep.endpoint}/console/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ account, userName: "Dora", password: Password }),
      });
    for (const account of [other, "branch-office"]) {
      const { accessKeyId, secretAccessKey, sessionToken } = (await (await signIn(account)).json()) as Required<Keys>;
      const { sts } = awsClients(hotkeep, { accessKeyId, secretAccessKey, sessionToken });
      expect((await sts.getCallerIdentity({})).Arn).toBe(`arn:aws:iam::${other}:user/Dora`);
    }
    for (const account of ["", hotkeep.account, "nobody"]) expect((await signIn(account)).status).toBe(403);
    await expect.poll(trail).toMatch(new RegExp(`"eventName":"ConsoleLogin".*"recipientAccountId":"${other}"`));
    expect(trail()).not.toContain(Password);
    await theirs.iam.deleteLoginProfile({ UserName: "Dora" });
    await theirs.iam.deleteUser({ UserName: "Dora" });
  });

  it("has tables and clusters of the same names, that serve side by side", async () => {
    await theirs.dynamodb.createTable({
      TableName: "Books",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "Author", AttributeType: "S" },
        { AttributeName: "Title", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "Author", KeyType: "HASH" },
        { AttributeName: "Title", KeyType: "RANGE" },
      ],
    });
    await theirs.dynamodb.putItem({ TableName: "Books", Item: { ...key, Year: { N: "2" } } });
    await theirs.iam.createRole({
      RoleName: "DAXServiceRole",
      AssumeRolePolicyDocument: trusting({ Service: "dax.amazonaws.com" }),
    });
    await theirs.iam.putRolePolicy({
      RoleName: "DAXServiceRole",
      PolicyName: "tables",
      PolicyDocument: allowing("dynamodb:*"),
    });
    const wish = { ClusterName: "DAXCluster01", NodeType: "dax.t3.small", ReplicationFactor: 1 };
    await expect(
      theirs.dax.createCluster({ ...wish, IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole` }),
    ).rejects.toThrow("Cross-account pass role is not allowed.");
    await theirs.dax.createCluster({ ...wish, IamRoleArn: serviceRole });
    const endpoint = await endpointOf(theirs, "DAXCluster01");
    expect(endpoint).not.toBe(hotkeep.clusters[0]!.endpoint);
    expect(await through(endpoint, theirRoot)).toMatchObject({ Item: { Year: { N: "2" } } });
    expect(await through(hotkeep.clusters[0]!.endpoint, hotkeep.credentials.alice!)).toMatchObject({
      Item: { Year: { N: "1897" } },
    });
    // The service-linked role came with the cluster, in its own account.
    const { Roles } = await theirs.iam.listRoles({ PathPrefix: "/aws-service-role/dax.amazonaws.com/" });
    expect(Roles!.map(({ Arn }) => Arn)).toEqual([
      `arn:aws:iam::${other}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`,
    ]);
  });

  it("is closed to the first, and the first to it, whatever their policies say", async () => {
    await expect(through(await endpointOf(theirs, "DAXCluster01"), hotkeep.credentials.root!)).rejects.toThrow(
      /is not authorized to perform: dax:GetItem on resource: arn:aws:dax:[^:]+:210987654321:cache\/daxcluster01/,
    );
    await expect(through(hotkeep.clusters[0]!.endpoint, theirRoot)).rejects.toThrow(
      /arn:aws:iam::210987654321:root is not authorized to perform: dax:GetItem/,
    );
    await home.iam.createUser({ UserName: "Admin" });
    await home.iam.attachUserPolicy({
      UserName: "Admin",
      PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    const { AccessKey } = await home.iam.createAccessKey({ UserName: "Admin" });
    const admin = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    await expect(through(await endpointOf(theirs, "DAXCluster01"), admin)).rejects.toThrow(/is not authorized/);
    const { dynamodb } = awsClients(hotkeep, admin);
    const TableName = `arn:aws:dynamodb:${hotkeep.region}:${other}:table/Books`;
    await expect(dynamodb.getItem({ TableName, Key: key })).rejects.toThrow(/is not authorized/);
  });

  it("lets somebody of the first in by a role that trusts them, if they may assume it", async () => {
    const alice = `arn:aws:iam::${hotkeep.account}:user/Alice`;
    const RoleArn = `arn:aws:iam::${other}:role/Visitor`;
    await expect(
      theirs.iam.createRole({
        RoleName: "Visitor",
        AssumeRolePolicyDocument: trusting({ AWS: `arn:aws:iam::${hotkeep.account}:user/Nobody` }),
      }),
    ).rejects.toThrow(/Invalid principal in policy/);
    await theirs.iam.createRole({ RoleName: "Visitor", AssumeRolePolicyDocument: trusting({ AWS: alice }) });
    const { Role } = await theirs.iam.getRole({ RoleName: "Visitor" });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toContain(alice);
    await theirs.iam.putRolePolicy({
      RoleName: "Visitor",
      PolicyName: "cluster",
      PolicyDocument: allowing("dax:*", `arn:aws:dax:${hotkeep.region}:${other}:cache/daxcluster01`),
    });
    const { sts } = awsClients(hotkeep, hotkeep.credentials.alice!);
    const visit = { RoleArn, RoleSessionName: "visit" };
    // Trusted, but nothing in her own account allows it.
    await expect(sts.assumeRole(visit)).rejects.toThrow(
      `User: ${alice} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
    await home.iam.putUserPolicy({
      UserName: "Alice",
      PolicyName: "visits",
      PolicyDocument: allowing("sts:AssumeRole", RoleArn),
    });
    const { Credentials, AssumedRoleUser } = await sts.assumeRole(visit);
    expect(AssumedRoleUser!.Arn).toBe(`arn:aws:sts::${other}:assumed-role/Visitor/visit`);
    const session = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    expect(await awsClients(hotkeep, session).sts.getCallerIdentity({})).toMatchObject({ Account: other });
    expect(await through(await endpointOf(theirs, "DAXCluster01"), session)).toMatchObject({
      Item: { Year: { N: "2" } },
    });
    await expect(through(hotkeep.clusters[0]!.endpoint, session)).rejects.toThrow(/is not authorized/);

    // Bob may assume it by his own account, but the role does not know him.
    await home.iam.putUserPolicy({
      UserName: "Bob",
      PolicyName: "visits",
      PolicyDocument: allowing("sts:AssumeRole", RoleArn),
    });
    await expect(awsClients(hotkeep, hotkeep.credentials.bob!).sts.assumeRole(visit)).rejects.toThrow(
      /is not authorized/,
    );
    // Who is made anew under the trusted name is somebody else.
    await theirs.iam.updateAssumeRolePolicy({
      RoleName: "Visitor",
      PolicyDocument: trusting({ AWS: `arn:aws:iam::${hotkeep.account}:root` }),
    });
    expect((await awsClients(hotkeep, hotkeep.credentials.bob!).sts.assumeRole(visit)).AssumedRoleUser!.Arn).toBe(
      `arn:aws:sts::${other}:assumed-role/Visitor/visit`,
    );
  });

  it("has clusters in other Regions beside them, each at an address of its own", async () => {
    const elsewhere = awsClients({ ...hotkeep, region: "eu-west-1" }, theirRoot);
    await elsewhere.dax.createCluster({
      ClusterName: "DAXCluster01",
      NodeType: "dax.t3.small",
      ReplicationFactor: 1,
      IamRoleArn: serviceRole,
    });
    const endpoints = [
      hotkeep.clusters[0]!.endpoint,
      await endpointOf(theirs, "DAXCluster01"),
      await endpointOf(elsewhere, "DAXCluster01"),
    ];
    expect(new Set(endpoints).size).toBe(3);
    await elsewhere.dax.deleteCluster({ ClusterName: "DAXCluster01" });
  });

  it("is there again after a start", async () => {
    await hotkeep.stop();
    await start();
    theirs = awsClients(hotkeep, theirRoot);
    const endpoint = await endpointOf(theirs, "DAXCluster01");
    expect(await through(endpoint, theirRoot)).toMatchObject({ Item: { Year: { N: "2" } } });
    expect(await hotkeepCommand("account", "list", "--data", dataDirectory)).toContain(`${other}  branch`);
    await theirs.dax.deleteCluster({ ClusterName: "DAXCluster01" });
    await expect.poll(async () => (await theirs.dax.describeClusters({})).Clusters).toEqual([]);
    expect((await home.dax.describeClusters({})).Clusters).toMatchObject([{ Status: "available" }]);
  });
});
