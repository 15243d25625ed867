import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import { AwsCli, cliPython } from "../src/identity/aws-cli.js";

const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
const books = "arn:aws:dynamodb:us-west-2:123456789012:table/Books";
const cluster = "arn:aws:dax:us-west-2:123456789012:cache/daxcluster01";
const folder = mkdtempSync(join(tmpdir(), "hotkeep-insight-"));

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(async () => {
  await hotkeep?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function insight(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { PATH: process.env.PATH, NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, "insight", ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const live = (): readonly string[] => ["--data", hotkeep.dataDirectory];
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("hotkeep insight", () => {
  it("lists who can reach the documents' table, and over which hop", async () => {
    expect(await insight("who-can-reach", ...live(), "--table", "Books")).toEqual({
      code: 0,
      err: "",
      out: [
        books,
        "",
        "user Alice",
        "  through daxcluster01  everything (9 actions)",
        "role BobUserRole",
        "  through daxcluster01  everything (9 actions)",
        "role DAXServiceRole",
        "  directly  GetItem, BatchGetItem, Query, Scan, PutItem, UpdateItem, DeleteItem, BatchWriteItem, ConditionCheckItem",
        "",
        "2 other users and roles can do nothing there.",
        "The account's root user can do everything that no service control policy forbids.",
        "",
      ].join("\n"),
    });
  });

  it("tells what hangs on a call, what a policy on the table changes, and what the gateway then does", async () => {
    const { iam, dynamodb } = awsClients(hotkeep, hotkeep.credentials.root!);
    const PolicyDocument = policy({
      Effect: "Allow",
      Action: "dynamodb:Query",
      Resource: books,
      Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["Bram Stoker"] } },
    });
    await iam.putUserPolicy({ UserName: "Bob", PolicyName: "own-books", PolicyDocument });
    const Policy = policy({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:user/Bob" },
      Action: "dynamodb:Scan",
      Resource: books,
    });
    await dynamodb.putResourcePolicy({ ResourceArn: books, Policy });
    const { out } = await insight("who-can-reach", ...live(), "--table", books);
    expect(out).toContain("user Bob\n  directly  Scan; Query depending on dynamodb:leadingkeys\n");
    const bob = awsClients(hotkeep, hotkeep.credentials.bob!);
    expect((await bob.dynamodb.scan({ TableName: "Books" })).$metadata.httpStatusCode).toBe(200);
    const query = (author: string) =>
      bob.dynamodb.query({
        TableName: "Books",
        KeyConditionExpression: "Author = :a",
        ExpressionAttributeValues: { ":a": { S: author } },
      });
    expect((await query("Bram Stoker")).$metadata.httpStatusCode).toBe(200);
    await expect(query("Mary Shelley")).rejects.toThrow("not authorized to perform: dynamodb:Query");
  });

  it("finds the ways around the table's policies, in text and as JSON", async () => {
    const { out } = await insight("findings", ...live());
    expect(out).toContain("medium  cache-subverts-table-policy\n  arn:aws:iam::123456789012:user/Alice is not allowed");
    expect(out).toContain("    statement 1 (DAXAccessStmt) of arn:aws:iam::123456789012:policy/AliceAccessPolicy");
    const found = JSON.parse((await insight("findings", ...live(), "--json")).out) as readonly object[];
    expect(found).toContainEqual(
      expect.objectContaining({
        code: "cache-subverts-table-policy",
        principal: "arn:aws:iam::123456789012:user/Alice",
        cluster,
        table: books,
      }),
    );
  });

  it("heeds service control policies", async () => {
    const control = join(folder, "control");
    mkdirSync(control);
    writeFileSync(join(control, "no-dax.json"), policy({ Effect: "Allow", NotAction: "dax:*", Resource: "*" }));
    const { out } = await insight(
      "who-can-reach",
      ...live(),
      "--table",
      "Books",
      "--service-control-policies",
      control,
    );
    expect(out).not.toContain("through daxcluster01");
    expect(out).toContain("user Bob\n  directly  Scan; Query");
  });

  it("reads what it exported, and what the AWS CLI prints of an account", async () => {
    const own = join(folder, "own.json");
    writeFileSync(own, (await insight("export", ...live())).out);
    const expected = (await insight("who-can-reach", ...live(), "--table", "Books")).out;
    expect((await insight("who-can-reach", "--from", own, "--table", "Books")).out).toBe(expected);
    const python = cliPython();
    if (python === undefined) return;
    const cli = new AwsCli(python, hotkeep, folder);
    const run = async (...args: readonly string[]) => JSON.parse((await cli.run(hotkeep.credentials.root!, args)).out);
    const foreign = join(folder, "cli.json");
    const tables = [
      { TableArn: books, Policy: (await run("dynamodb", "get-resource-policy", "--resource-arn", books)).Policy },
    ];
    const authorizationDetails = await run("iam", "get-account-authorization-details");
    const clusters = await run("dax", "describe-clusters");
    cli.end();
    writeFileSync(foreign, JSON.stringify({ authorizationDetails, clusters, tables }));
    expect((await insight("who-can-reach", "--from", foreign, "--table", "Books")).out).toBe(expected);
  });

  it("says what is wrong: a table that is not there, an account that may not be read, a file that is none", async () => {
    expect(await insight("who-can-reach", ...live(), "--table", "Boks")).toMatchObject({
      code: 1,
      err: `✗ there is no table \`Boks\` in this account and Region\n  there are ${books}\n`,
    });
    const denied = await insight("findings", ...live(), "--profile", "alice");
    expect(denied.code).toBe(1);
    expect(denied.err).toContain("not authorized to perform: iam:GetAccountAuthorizationDetails on resource: *");
    expect((await insight("findings", "--from", "/nowhere")).err).toContain("✗ `/nowhere` cannot be read");
  });
});
