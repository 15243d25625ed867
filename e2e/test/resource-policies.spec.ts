import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient, type Keys } from "../src/clients.js";
import { AwsCli, cliPython } from "../src/identity/aws-cli.js";

const TableName = "Books";
const emma = { Author: { S: "Jane Austen" }, Title: { S: "Emma" } };

let hotkeep: RunningHotkeep;
let root: ReturnType<typeof awsClients>;
let table: string;
let bob: Keys;
/** Bob's own client at the DynamoDB API, as his role's session. */
let direct: DynamoDB;
const clients: { destroy(): void }[] = [];
const daxClients: DaxClient[] = [];

beforeAll(async () => {
  hotkeep = await startHotkeep();
  root = awsClients(hotkeep, hotkeep.credentials.root!);
  table = `arn:aws:dynamodb:${hotkeep.region}:${hotkeep.account}:table/Books`;
  bob = await session("BobUserRole", hotkeep.credentials.bob!);
  direct = clientOf(bob);
}, 30_000);
afterAll(async () => {
  for (const client of daxClients) client.close();
  for (const client of [...clients, ...Object.values(root ?? {})]) client.destroy();
  await hotkeep?.stop();
});
beforeEach(() => root.dynamodb.deleteResourcePolicy({ ResourceArn: table }));

async function session(role: string, keys: Keys): Promise<Keys> {
  const { sts } = awsClients(hotkeep, keys);
  const RoleArn = `arn:aws:iam::${hotkeep.account}:role/${role}`;
  const { Credentials: made } = await sts.assumeRole({ RoleArn, RoleSessionName: "bob-session" });
  sts.destroy();
  const { AccessKeyId, SecretAccessKey, SessionToken } = made!;
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}

function clientOf(keys: Keys): DynamoDB {
  const { dynamodb } = awsClients(hotkeep, keys);
  clients.push(dynamodb);
  return dynamodb;
}

const roleArn = (name: string) => `arn:aws:iam::${hotkeep.account}:role/${name}`;
const put = (...statements: readonly object[]) =>
  root.dynamodb.putResourcePolicy({
    ResourceArn: table,
    Policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
const allow = (role: string, Action: string | readonly string[], Resource: unknown = table) => ({
  Effect: "Allow",
  Principal: { AWS: roleArn(role) },
  Action,
  Resource,
});
const deny = (role: string, Action: string | readonly string[]) => ({ ...allow(role, Action), Effect: "Deny" });

const bobSession = () => `arn:aws:sts::${hotkeep.account}:assumed-role/BobUserRole/bob-session`;
const refusal = (who: string, action: string, why: string, resource = table) =>
  expect.objectContaining({
    name: "AccessDeniedException",
    message: `User: ${who} is not authorized to perform: dynamodb:${action} on resource: ${resource} ${why}`,
  });
const explicit = "with an explicit deny in a resource-based policy";

describe("a table's policy, within the account", () => {
  it("opens the table to a role that no identity policy lets in, for what it names", async () => {
    const read = () => direct.getItem({ TableName, Key: emma });
    const silent = "because no identity-based policy allows the dynamodb:GetItem action";
    await expect(read()).rejects.toEqual(refusal(bobSession(), "GetItem", silent));
    await put(allow("BobUserRole", "dynamodb:GetItem"));
    expect((await read()).Item?.Title).toEqual({ S: "Emma" });
    // By the table's ARN, too.
    expect((await direct.getItem({ TableName: table, Key: emma })).Item?.Title).toEqual({ S: "Emma" });
    await expect(direct.scan({ TableName })).rejects.toMatchObject({ name: "AccessDeniedException" });
    await root.dynamodb.deleteResourcePolicy({ ResourceArn: table });
    await expect(read()).rejects.toEqual(refusal(bobSession(), "GetItem", silent));
  });

  it("delegates to the account's own policies when it names the account", async () => {
    const account = { ...allow("", "dynamodb:GetItem"), Principal: { AWS: hotkeep.account } };
    await put(account);
    await expect(direct.getItem({ TableName, Key: emma })).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("heeds conditions on what is asked for", async () => {
    const Condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["Jane Austen"] } };
    await put({ ...allow("BobUserRole", "dynamodb:GetItem"), Condition });
    await direct.getItem({ TableName, Key: emma });
    const Key = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
    await expect(direct.getItem({ TableName, Key })).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("covers each table of a batch and each item of a transaction", async () => {
    await put(allow("BobUserRole", ["dynamodb:BatchGetItem", "dynamodb:PutItem"]));
    await direct.batchGetItem({ RequestItems: { Books: { Keys: [emma] } } });
    const Item = { Author: { S: "Bob" }, Title: { S: "In a transaction" } };
    const write = { TableName, Item };
    await direct.transactWriteItems({ TransactItems: [{ Put: write }] });
    const remove = { TableName, Key: Item };
    await expect(direct.transactWriteItems({ TransactItems: [{ Delete: remove }] })).rejects.toEqual(
      refusal(bobSession(), "DeleteItem", "because no identity-based policy allows the dynamodb:DeleteItem action"),
    );
  });

  it("denies whoever it names, root included, whatever else allows", async () => {
    const everybody = { Effect: "Deny", Principal: "*", Action: "dynamodb:GetItem", Resource: table };
    await put(everybody);
    const rootArn = `arn:aws:iam::${hotkeep.account}:root`;
    await expect(root.dynamodb.getItem({ TableName, Key: emma })).rejects.toEqual(
      refusal(rootArn, "GetItem", explicit),
    );
    await root.dynamodb.query({
      TableName,
      KeyConditionExpression: "Author = :a",
      ExpressionAttributeValues: { ":a": emma.Author },
    });
  });

  it("names its policy as the reason of a denial", async () => {
    await put(deny("BobUserRole", "dynamodb:*"));
    await expect(direct.getItem({ TableName, Key: emma })).rejects.toEqual(refusal(bobSession(), "GetItem", explicit));
  });
});

describe("the guard against locking oneself out", () => {
  const lockout = () => ({
    Effect: "Deny",
    Principal: "*",
    Action: ["dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"],
    Resource: table,
  });

  it("refuses it, takes it when it is confirmed, and leaves root the way out", async () => {
    await expect(put(lockout())).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "The new resource policy will not allow you to update the resource policy in the future.",
    });
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [lockout()] });
    await root.dynamodb.putResourcePolicy({ ResourceArn: table, Policy, ConfirmRemoveSelfResourceAccess: true });
    await expect(put(allow("BobUserRole", "dynamodb:GetItem"))).rejects.toMatchObject({
      message: expect.stringContaining(explicit),
    });
    await root.dynamodb.deleteResourcePolicy({ ResourceArn: table });
    await put(allow("BobUserRole", "dynamodb:GetItem"));
  });

  it("asks only about the caller", async () => {
    await put(deny("BobUserRole", "dynamodb:PutResourcePolicy"));
  });
});

describe("principals", () => {
  it("must exist, and are another when they are made anew under the old name", async () => {
    const nobody = allow("Nobody", "dynamodb:GetItem");
    await expect(put(nobody)).rejects.toMatchObject({
      name: "ValidationException",
      message: "One or more parameter values were invalid: Invalid principal in policy document.",
    });
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${hotkeep.account}:user/Bob` },
          Action: "sts:AssumeRole",
        },
      ],
    });
    const make = () => root.iam.createRole({ RoleName: "Passing", AssumeRolePolicyDocument });
    const { Role } = await make();
    await put(allow("Passing", "dynamodb:GetItem"));
    const asPassing = async () => clientOf(await session("Passing", hotkeep.credentials.bob!));
    await (await asPassing()).getItem({ TableName, Key: emma });
    await root.iam.deleteRole({ RoleName: "Passing" });
    const { Policy } = await root.dynamodb.getResourcePolicy({ ResourceArn: table });
    expect(JSON.parse(Policy!).Statement[0].Principal).toEqual({ AWS: Role!.RoleId });
    await make();
    await expect((await asPassing()).getItem({ TableName, Key: emma })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});

describe("a stream's policy", () => {
  it("lets a role read the stream, and nothing of the table", async () => {
    const { TableDescription } = await root.dynamodb.updateTable({
      TableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    const StreamArn = TableDescription!.LatestStreamArn!;
    const streams = new DynamoDBStreams({
      endpoint: hotkeep.endpoint,
      region: hotkeep.region,
      credentials: { ...bob },
      maxAttempts: 1,
    });
    clients.push(streams);
    await expect(streams.describeStream({ StreamArn })).rejects.toEqual(
      refusal(
        bobSession(),
        "DescribeStream",
        "because no identity-based policy allows the dynamodb:DescribeStream action",
        StreamArn,
      ),
    );
    const Action = ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"];
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [allow("BobUserRole", Action, StreamArn)],
    });
    await root.dynamodb.putResourcePolicy({ ResourceArn: StreamArn, Policy });
    await root.dynamodb.putItem({ TableName, Item: { Author: { S: "New" }, Title: { S: "Change" } } });
    const { StreamDescription } = await streams.describeStream({ StreamArn });
    const { ShardIterator } = await streams.getShardIterator({
      StreamArn,
      ShardId: StreamDescription!.Shards![0]!.ShardId,
      ShardIteratorType: "TRIM_HORIZON",
    });
    expect((await streams.getRecords({ ShardIterator })).Records).toHaveLength(1);
    await expect(direct.getItem({ TableName, Key: emma })).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("a table's policy and a cluster", () => {
  let count = 0;
  /** A key that no cache has. */
  const fresh = () => ({ Author: { S: "Nobody" }, Title: { S: `Nothing ${++count}` } });
  const dax = (keys: Keys) => {
    const client = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, keys);
    daxClients.push(client);
    return client;
  };

  it("does not see the caller of a cluster: who is denied in it still reads and writes through", async () => {
    await put(deny("BobUserRole", "dynamodb:*"));
    const through = dax(bob);
    expect(await through.getItem({ TableName, Key: emma })).toMatchObject({ Item: { Title: { S: "Emma" } } });
    const Item = { Author: { S: "Bob" }, Title: { S: "Through the cluster" } };
    await through.putItem({ TableName, Item });
    await expect(direct.getItem({ TableName, Key: Item })).rejects.toEqual(refusal(bobSession(), "GetItem", explicit));
    expect((await root.dynamodb.getItem({ TableName, Key: Item })).Item).toEqual(Item);
  });

  it("denies the cluster's service role there, for every caller, and is in force at once", async () => {
    const through = dax(bob);
    await through.getItem({ TableName, Key: fresh() });
    await put(deny("DAXServiceRole", "dynamodb:GetItem"));
    const serviceRole = `arn:aws:sts::${hotkeep.account}:assumed-role/DAXServiceRole/dax-daxcluster01`;
    const Key = fresh();
    await expect(through.getItem({ TableName, Key })).rejects.toMatchObject({
      message: expect.stringContaining(
        `User: ${serviceRole} is not authorized to perform: dynamodb:GetItem on resource: ${table} ${explicit}`,
      ),
    });
    // What the policy does not name goes on: the item is there for a Query.
    const input = { TableName, KeyConditionExpression: "Author = :a", ExpressionAttributeValues: { ":a": Key.Author } };
    expect(await through.query(input)).toMatchObject({ Count: 0 });
    await root.dynamodb.deleteResourcePolicy({ ResourceArn: table });
    await through.getItem({ TableName, Key });
  });

  it("lets a service role in that has no policy of its own", async () => {
    await root.iam.detachRolePolicy({
      RoleName: "DAXServiceRole",
      PolicyArn: `arn:aws:iam::${hotkeep.account}:policy/DAXAccessPolicy`,
    });
    try {
      await put(allow("DAXServiceRole", ["dynamodb:DescribeTable", "dynamodb:GetItem"]));
      const through = dax(bob);
      await through.getItem({ TableName, Key: fresh() });
      await expect(through.putItem({ TableName, Item: fresh() })).rejects.toMatchObject({
        message: expect.stringContaining("because no identity-based policy allows the dynamodb:PutItem action"),
      });
    } finally {
      await root.iam.attachRolePolicy({
        RoleName: "DAXServiceRole",
        PolicyArn: `arn:aws:iam::${hotkeep.account}:policy/DAXAccessPolicy`,
      });
    }
  });
});

const python = cliPython();
describe.skipIf(python === undefined)("the AWS CLI", () => {
  it("puts, gets and deletes a table's policy", async () => {
    const cli = new AwsCli(python!, hotkeep, hotkeep.dataDirectory);
    try {
      const aws = async (...args: string[]) => {
        const { code, out, err } = await cli.run(hotkeep.credentials.root!, ["dynamodb", ...args]);
        return code === 0 ? (JSON.parse(out === "" ? "{}" : out) as Record<string, string>) : err.trim();
      };
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [allow("BobUserRole", "dynamodb:GetItem")],
      });
      const put = await aws(
        ...["put-resource-policy", "--resource-arn", table, "--policy", policy],
        ...["--expected-revision-id", "NO_POLICY", "--confirm-remove-self-resource-access"],
      );
      expect(put).toEqual({ RevisionId: expect.stringMatching(/^\d{13}$/) });
      expect(await aws("get-resource-policy", "--resource-arn", table)).toEqual({ Policy: policy, ...(put as object) });
      expect(await aws("delete-resource-policy", "--resource-arn", table)).toEqual(put);
      expect(await aws("get-resource-policy", "--resource-arn", table)).toBe(
        "An error occurred (PolicyNotFoundException) when calling the GetResourcePolicy operation: " +
          `Resource-based policy not found for the provided ResourceArn: ${table}`,
      );
    } finally {
      cli.end();
    }
  });
});
