import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";

const account = "123456789012";
const folder = mkdtempSync(join(tmpdir(), "hotkeep-scp-"));
const books = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;
const cluster = `arn:aws:dax:us-west-2:${account}:cache/daxcluster01`;
const rootArn = `arn:aws:iam::${account}:root`;
const book = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };

function level(name: string, ...statements: readonly object[]): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "policy.json"), JSON.stringify({ Version: "2012-10-17", Statement: statements }));
}

const denied = (who: string, action: string, resource: string) =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a service control policy`;

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  level("1-organization", everything, { Effect: "Deny", Action: ["ec2:*", "dax:DeleteItem"], Resource: "*" });
  level(
    "2-account",
    { Effect: "Allow", NotAction: "dax:Scan", Resource: "*" },
    {
      Effect: "Deny",
      Action: "dynamodb:Query",
      Resource: "*",
    },
  );
  hotkeep = await startHotkeep({ serviceControlPolicies: folder });
});
afterAll(async () => {
  await hotkeep?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "answered",
    (error: Error) => error.message,
  );

it("service control policies deny ec2 to root, but not to the linked role that made the cluster's interfaces", async () => {
  const { ec2, dax } = awsClients(hotkeep, hotkeep.credentials.root!);
  const message = await failure(ec2.describeVpcs({}));
  expect(message).toContain(denied(rootArn, "ec2:DescribeVpcs", "*"));
  expect((await dax.describeClusters({})).Clusters?.[0]?.Status).toBe("available");
});

it("they limit the first hop on a node and the second one as the service role, and the gateway's own tables", async () => {
  const client = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
  const alice = `arn:aws:iam::${account}:user/Alice`;
  const Key = book;
  const TableName = "Books";
  expect(await failure(client.getItem({ TableName, Key }))).toBe("answered");
  expect(await failure(client.deleteItem({ TableName, Key }))).toContain(denied(alice, "dax:DeleteItem", cluster));
  expect(await failure(client.scan({ TableName }))).toContain(
    `User: ${alice} is not authorized to perform: dax:Scan on resource: ${cluster} because no service control policy allows the dax:Scan action`,
  );
  const query = {
    TableName,
    KeyConditionExpression: "Author = :a",
    ExpressionAttributeValues: { ":a": { S: "Bram Stoker" } },
  };
  const role = `arn:aws:sts::${account}:assumed-role/DAXServiceRole/dax-daxcluster01`;
  expect(await failure(client.query(query))).toContain(denied(role, "dynamodb:Query", books));
  const { dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
  expect(await failure(dynamodb.query(query))).toBe(denied(rootArn, "dynamodb:Query", books));
  client.close();
});
