import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DynamoDbLocal,
  startDynamoDbLocal,
  whyNoDynamoDbLocal,
} from "../../packages/tables/test/remote/dynamodb-local.js";
import { RecordingProxy } from "../../packages/tables/test/remote/recording-proxy.js";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";
import { hotkeepCommand } from "../src/outside-node.js";

const skipped = whyNoDynamoDbLocal();
if (skipped !== undefined) process.stdout.write(`skipped: a gateway over DynamoDB Local: ${skipped}\n`);

const endpointKeys = { accessKeyId: "AKIATABLEENDPOINT", secretAccessKey: "the+secret/of/the/table/endpoint" };
const dracula = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
const missing = { Author: { S: "Nobody" }, Title: { S: "Nothing" } };

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error("the call did not fail");
    },
    (error: Error & { readonly code?: string }) => error,
  );

/** Environments of the processes whose parent is `pid`. */
function childEnvironments(pid: number): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return parent === pid ? [readFileSync(`/proc/${entry}/environ`, "utf8")] : [];
      } catch {
        // The process ended while the list was read.
        return [];
      }
    });
}

describe.skipIf(skipped !== undefined)("a gateway whose tables are in DynamoDB Local", () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-table-endpoint-"));
  let local: DynamoDbLocal;
  let proxy: RecordingProxy;
  let hotkeep: RunningHotkeep;
  let root: ReturnType<typeof awsClients>;
  let dax: DaxClient;
  let range: Awaited<ReturnType<typeof takeLoopbackRange>>;
  /** DynamoDB Local past the gateway. */
  let behind: DynamoDB;

  const start = () => startHotkeep({ dataDirectory, range, tableEndpoint: { url: proxy.endpoint, ...endpointKeys } });

  beforeAll(async () => {
    local = await startDynamoDbLocal();
    proxy = await RecordingProxy.start(local.port);
    range = await takeLoopbackRange();
    hotkeep = await start();
    root = awsClients(hotkeep, hotkeep.credentials.root!);
    dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    behind = new DynamoDB({ endpoint: local.endpoint, region: hotkeep.region, credentials: { ...endpointKeys } });
  });
  afterAll(async () => {
    dax?.close();
    behind?.destroy();
    for (const client of Object.values(root ?? {})) client.destroy();
    await hotkeep?.stop();
    range?.release();
    await proxy?.down();
    await local?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it("makes the world's table there on its first start", async () => {
    expect((await behind.scan({ TableName: "Books", Select: "COUNT" })).Count).toBe(36);
    expect(hotkeep.tableEndpoint).toBe(proxy.endpoint);
    const { Table } = await root.dynamodb.describeTable({ TableName: "Books" });
    expect(Table?.TableArn).toBe(`arn:aws:dynamodb:${hotkeep.region}:${hotkeep.account}:table/Books`);
    const { Endpoints } = await root.dynamodb.describeEndpoints({});
    expect(Endpoints?.map(({ Address }) => Address)).toEqual([new URL(hotkeep.endpoint).host]);
    const health = await fetch(`${hotkeep.endpoint}/health`);
    expect([health.status, await health.text()]).toEqual([200, "ok\ntable endpoint: answers\n"]);
  });

  it("keeps the endpoint's keys from nodes, files, argument lists and logs", () => {
    const environments = childEnvironments(hotkeep.pid);
    expect(environments.length).toBeGreaterThan(0);
    for (const environment of environments) expect(environment).not.toContain("HOTKEEP_TABLE");
    expect(readFileSync(`/proc/${hotkeep.pid}/cmdline`, "utf8")).not.toContain(endpointKeys.secretAccessKey);
    expect(hotkeep.errorOutput()).not.toContain(endpointKeys.secretAccessKey);
    for (const file of ["running.json", "credentials", "config"]) {
      expect(readFileSync(join(dataDirectory, file), "utf8")).not.toContain(endpointKeys.secretAccessKey);
    }
  });

  it("serves the DAX client through the cluster: a miss asks the endpoint, a hit does not, a write goes through", async () => {
    expect(await dax.getItem({ TableName: "Books", Key: dracula })).toMatchObject({ Item: { Year: { N: "1897" } } });
    proxy.take();
    expect(await dax.getItem({ TableName: "Books", Key: dracula })).toMatchObject({ Item: { Year: { N: "1897" } } });
    expect(proxy.take()).toEqual([]);
    await dax.putItem({ TableName: "Books", Item: { ...missing, Year: { N: "1" } } });
    expect((await behind.getItem({ TableName: "Books", Key: missing })).Item?.Year).toEqual({ N: "1" });
    const query = await dax.query({
      TableName: "Books",
      KeyConditionExpression: "Author = :a",
      ExpressionAttributeValues: { ":a": { S: "Jane Austen" } },
    });
    expect(query).toHaveProperty("Count", 2);
    await dax.transactWriteItems({ TransactItems: [{ Delete: { TableName: "Books", Key: missing } }] });
    expect((await behind.getItem({ TableName: "Books", Key: missing })).Item).toBeUndefined();
    const failed = await errorOf(
      dax.putItem({ TableName: "Books", Item: dracula, ConditionExpression: "attribute_not_exists(Author)" }),
    );
    expect(failed.code).toBe("ConditionalCheckFailedException");
  });

  it("is told by the doctor where the tables are", async () => {
    const told = await hotkeepCommand("doctor", "--tables", "--data", dataDirectory, "--port", "0");
    expect(told).toContain(`at ${proxy.endpoint} (--table-endpoint), none are in ${join(dataDirectory, "tables")}`);
  });

  it("decides both hops here: a denied call is not seen by the endpoint", async () => {
    const alice = awsClients(hotkeep, hotkeep.credentials.alice!);
    proxy.take();
    const direct = await errorOf(alice.dynamodb.getItem({ TableName: "Books", Key: dracula }));
    expect(direct.name).toBe("AccessDeniedException");
    expect(direct.message).toContain("user/Alice is not authorized to perform: dynamodb:GetItem");
    // A table that nobody has asked about yet.
    await errorOf(alice.dynamodb.getItem({ TableName: "Secrets", Key: dracula }));
    expect(proxy.take()).toEqual([]);
    alice.dynamodb.destroy();

    const policy = { RoleName: "DAXServiceRole", PolicyArn: `arn:aws:iam::${hotkeep.account}:policy/DAXAccessPolicy` };
    await root.iam.detachRolePolicy(policy);
    const second = await errorOf(dax.putItem({ TableName: "Books", Item: missing }));
    expect(second.code).toBe("AccessDeniedException");
    expect(second.message).toContain("assumed-role/DAXServiceRole");
    expect(proxy.take()).toEqual([]);
    await root.iam.attachRolePolicy(policy);
    await dax.putItem({ TableName: "Books", Item: missing });
    expect(proxy.take()).toContain("PutItem");
  });

  it("holds a caller to the partition keys that a policy names", async () => {
    const { AccessKey: key } = await root.iam
      .createUser({ UserName: "Mina" })
      .then(() => root.iam.createAccessKey({ UserName: "Mina" }));
    await root.iam.putUserPolicy({
      UserName: "Mina",
      PolicyName: "own-author",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
          Resource: `arn:aws:dynamodb:*:*:table/Books`,
          Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["Bram Stoker"] } },
        },
      }),
    });
    const keys = { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! };
    const mina = awsClients(hotkeep, keys).dynamodb;
    expect((await mina.getItem({ TableName: "Books", Key: dracula })).Item).toBeDefined();
    proxy.take();
    const emma = { Author: { S: "Jane Austen" }, Title: { S: "Emma" } };
    for (const call of [
      () => mina.getItem({ TableName: "Books", Key: emma }),
      () => mina.putItem({ TableName: "Books", Item: emma }),
      () =>
        mina.query({
          TableName: "Books",
          KeyConditionExpression: "Author = :a",
          ExpressionAttributeValues: { ":a": { S: "Jane Austen" } },
        }),
    ]) {
      expect((await errorOf(call())).name).toBe("AccessDeniedException");
    }
    expect(proxy.take()).toEqual([]);
    mina.destroy();
  });

  it("says clearly that the endpoint is down, serves hits meanwhile, and goes on when it is back", async () => {
    await dax.getItem({ TableName: "Books", Key: dracula });
    await proxy.down();
    const direct = await errorOf(root.dynamodb.getItem({ TableName: "Books", Key: dracula }));
    expect(direct).toMatchObject({
      name: "ServiceUnavailableException",
      message: "The table endpoint cannot be reached. Nothing has been done.",
    });
    expect(await dax.getItem({ TableName: "Books", Key: dracula })).toHaveProperty("Item");
    const write = await errorOf(dax.putItem({ TableName: "Books", Item: missing }));
    expect(write.message).toContain("table endpoint");
    expect((await root.iam.listUsers({})).Users?.length).toBeGreaterThan(1);
    expect(await (await fetch(`${hotkeep.endpoint}/health`)).text()).toMatch(
      /^ok\ntable endpoint: does not answer since/,
    );
    await expect.poll(() => hotkeep.errorOutput()).toContain("the table endpoint does not answer");
    await proxy.up();
    expect((await root.dynamodb.getItem({ TableName: "Books", Key: dracula })).Item).toBeDefined();
    await dax.putItem({ TableName: "Books", Item: missing });
  });

  it("starts again while the endpoint is down, and leaves the table as it is", async () => {
    await behind.deleteItem({ TableName: "Books", Key: missing });
    dax.close();
    await hotkeep.stop();
    await proxy.down();
    hotkeep = await start();
    root = awsClients(hotkeep, hotkeep.credentials.root!);
    expect((await errorOf(root.dynamodb.listTables({}))).name).toBe("ServiceUnavailableException");
    await proxy.up();
    expect((await root.dynamodb.listTables({})).TableNames).toEqual(["Books"]);
    expect((await root.dynamodb.scan({ TableName: "Books", Select: "COUNT" })).Count).toBe(36);
    dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    expect(await dax.getItem({ TableName: "Books", Key: dracula })).toHaveProperty("Item");
  });

  it("does not write into a table Books that somebody else has filled", async () => {
    const other = await startHotkeep({ tableEndpoint: { url: proxy.endpoint, ...endpointKeys } });
    expect((await behind.scan({ TableName: "Books", Select: "COUNT" })).Count).toBe(36);
    proxy.take();
    await other.stop();
  });

  it("says what to do when the first start finds no endpoint or no keys", async () => {
    await proxy.down();
    const tableEndpoint = { url: proxy.endpoint, ...endpointKeys };
    await expect(startHotkeep({ tableEndpoint })).rejects.toThrow(
      /the documents' world could not be made with its table at .*: The table endpoint cannot be reached/,
    );
    await expect(startHotkeep({ tableEndpoint: { ...tableEndpoint, accessKeyId: "" } })).rejects.toThrow(
      /there are no credentials for the table endpoint\n.*HOTKEEP_TABLE_ACCESS_KEY_ID/,
    );
    await proxy.up();
  });
});
