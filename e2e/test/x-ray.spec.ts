import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
/** Where the AWS CLI finds the model of Hotkeep's own service. */
const models = fileURLToPath(new URL("../../packages/protocols/models", import.meta.url));
const Key = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };
const dracula = { TableName: "Books", Key };

let hotkeep: RunningHotkeep;
let alice: DaxClient;
beforeAll(async () => {
  hotkeep = await startHotkeep();
  alice = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
});
afterAll(async () => {
  alice?.close();
  await hotkeep?.stop();
});

const cli = async (...args: string[]) =>
  (
    await run(process.execPath, [program, ...args, "--data", hotkeep.dataDirectory], {
      env: { ...process.env, NO_COLOR: "1" },
    })
  ).stdout;
const xRay = async () =>
  JSON.parse(await cli("xray", "--table", "Books", "--key", JSON.stringify(Key), "--output", "json"));

async function aws(profile: "root" | "alice", ...args: string[]): Promise<Record<string, unknown>> {
  const { accessKeyId, secretAccessKey } = hotkeep.credentials[profile]!;
  const { stdout } = await run("aws", ["--endpoint-url", hotkeep.endpoint, "--output", "json", "hotkeep", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: hotkeep.dataDirectory,
      AWS_DATA_PATH: models,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: hotkeep.region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  return JSON.parse(stdout);
}

describe("hotkeep xray", () => {
  it("shows that nothing is cached, then what is, then that the table has changed behind the cluster", async () => {
    expect(await xRay()).toMatchObject({
      Stored: { State: "found", Item: { Year: { N: "1897" } }, ReadBy: expect.stringContaining("assumed-role/") },
      Nodes: [{ NodeId: "daxcluster01-a", State: "absent" }],
    });
    await alice.getItem(dracula);
    expect((await xRay()).Nodes).toMatchObject([
      { State: "cached", Item: { Year: { N: "1897" } }, SameAsStored: true },
    ]);
    const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
    const UpdateExpression = "SET #y = :y";
    await dynamodb.updateItem({
      ...dracula,
      UpdateExpression,
      ExpressionAttributeNames: { "#y": "Year" },
      ExpressionAttributeValues: { ":y": { N: "1898" } },
    });
    expect((await xRay()).Nodes).toMatchObject([
      { State: "cached", Item: { Year: { N: "1897" } }, SameAsStored: false },
    ]);
    const text = await cli("xray", "--table", "Books", "--key", JSON.stringify(Key));
    expect(text).toMatch(/^Books \{"Author"/);
    expect(text).toMatch(/ {2}stored +\{.*"1898".*\} read by arn:aws:sts::\d+:assumed-role\//);
    expect(text).toMatch(
      / {2}daxcluster01-a +\{.*"1897".*\}; \d+\.\d s old, expires in \d+\.\d s; differs from stored\n/,
    );
  });

  it("is an API like any other: the AWS CLI takes its model, and policies decide who may look", async () => {
    const key = ["--cluster-name", "DAXCluster01", "--table-name", "Books", "--key", JSON.stringify(Key)];
    expect(await aws("root", "x-ray", ...key)).toMatchObject({
      Nodes: [{ NodeId: "daxcluster01-a", State: "cached" }],
    });
    await expect(aws("alice", "x-ray", ...key)).rejects.toThrow(
      "is not authorized to perform: hotkeep:XRay on resource: arn:aws:dax:us-west-2:123456789012:cache/daxcluster01",
    );
    await expect(aws("root", "x-ray", "--cluster-name", "none", ...key.slice(2))).rejects.toThrow(
      "(ClusterNotFoundException) when calling the XRay operation: There is no cluster none in us-west-2.",
    );
    await expect(aws("root", "x-ray", ...key.slice(0, 5), '{"Author":{"S":"x"}}')).rejects.toThrow(
      "The provided key element does not match the schema",
    );
    await expect(cli("xray", "--table", "Books", "--key", "Dracula")).rejects.toThrow("`Dracula` is no key");
  });
});

describe("hotkeep xray --follow", () => {
  it("prints what becomes of each request, and which hop refused", async () => {
    const follower = spawn(
      process.execPath,
      [program, "xray", "--follow", "--output", "json", "--data", hotkeep.dataDirectory],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const lines: Record<string, unknown>[] = [];
    createInterface({ input: follower.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
    const poll = { interval: 200 };
    // Nodes begin to tell when the follower's first call has reached them.
    await expect.poll(async () => (await alice.getItem(dracula)) && lines.length, poll).toBeGreaterThan(0);
    expect(lines[0]).toMatchObject({
      NodeId: "daxcluster01-a",
      Operation: "GetItem",
      Outcome: "hit",
      TableName: "Books",
      Key,
      PrincipalArn: `arn:aws:iam::${hotkeep.account}:user/Alice`,
    });
    await alice.getItem({ ...dracula, ConsistentRead: true });
    const bob = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.bob!);
    await expect(bob.getItem(dracula)).rejects.toThrow("dax:GetItem");
    bob.close();
    const outcomes = () => lines.map(({ Outcome, DeniedBy }) => [Outcome, DeniedBy].filter(Boolean).join(" by "));
    await expect.poll(() => outcomes().includes("bypass") && outcomes().includes("denied by caller"), poll).toBe(true);
    const exited = new Promise<number | null>((resolve) => follower.once("exit", resolve));
    follower.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(await aws("root", "tail-requests", "--cluster-name", "daxcluster01")).toMatchObject({
      Requests: [],
      Missed: 0,
    });
  });
});

describe("hotkeep hot-keys", () => {
  it("lists the keys that are looked up most, in DynamoDB's JSON", async () => {
    for (let i = 0; i < 60; i++) await alice.getItem(dracula);
    const text = await cli("hot-keys");
    expect(text).toMatch(/^daxcluster01-a: \d+(\.\d)? look-ups a second in the last \d+ s\n/);
    expect(text).toContain(`Books  ${JSON.stringify(Key)}  daxcluster01-a\n`);
    const { HotKeys } = await aws("root", "list-hot-keys", "--cluster-name", "daxcluster01", "--max-results", "1");
    expect(HotKeys).toMatchObject([{ TableName: "Books", Key, Percent: expect.any(Number) }]);
    await expect(cli("hot-keys", "--profile", "alice")).rejects.toThrow("hotkeep:ListHotKeys");
  });
});
