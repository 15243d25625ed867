import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daxClient } from "../src/clients.js";

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether there is an AWS CLI that reads AWS_ENDPOINT_URL, as the README says. */
function hasAwsCli(): boolean {
  let version = "";
  try {
    version = /aws-cli\/(\d+\.\d+)/.exec(execFileSync("aws", ["--version"], { encoding: "utf8" }))?.[1] ?? "";
  } catch {
    // Not installed.
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const reads = major > 2 || (major === 2 && minor >= 13) || (major === 1 && minor >= 29);
  if (!reads) process.stderr.write("no AWS CLI that reads AWS_ENDPOINT_URL is installed: one README test is skipped\n");
  return reads;
}

/** The shell lines of README.md's fenced block that comes after `marker`, without comments and empty lines. */
function commandsAfter(marker: string): readonly string[] {
  return blockAfter(marker).filter((line) => line !== "" && !line.startsWith("#"));
}

function blockAfter(marker: string): readonly string[] {
  const readme = readFileSync(`${root}/README.md`, "utf8");
  const block = /```sh\n(.*?)```/s.exec(readme.slice(readme.indexOf(marker)))?.[1];
  if (block === undefined) throw new Error(`README.md has no commands after \`${marker}\``);
  return block.split("\n");
}

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(() => hotkeep?.stop());

/** Runs lines as a reader would: one shell, in the checkout, with this Hotkeep as the running one. */
async function shell(lines: readonly string[]): Promise<string> {
  const env = { ...process.env, HOTKEEP_DATA: hotkeep.dataDirectory };
  const { stdout, stderr } = await run("bash", ["-c", lines.join("\n")], { cwd: root, env });
  return stdout + stderr;
}

describe("the README's one minute", () => {
  it("shows a hit and a denial, and explains the denial", async () => {
    const commands = commandsAfter("## One minute");
    expect(commands.length).toBeGreaterThan(1);
    const output = await shell(commands);
    expect(output).toContain("second read, from the cache: Dracula, 1897");
    expect(output).toContain("the table itself: AccessDeniedException");
    expect(output).toContain("because no identity-based policy allows the dynamodb:GetItem action");

    const explain = /npx hotkeep explain \S+/.exec(output)?.[0];
    expect(explain).toBeDefined();
    const reasons = await shell([explain!]);
    expect(await shell(["npx hotkeep explain"])).toBe(reasons);
    expect(reasons).toContain("nothing denies it, but no identity-based policy allows it");
  });

  it.skipIf(!hasAwsCli())("gives a newcomer a table and a user of their own", async () => {
    const output = await shell([commandsAfter("## One minute")[0]!, ...blockAfter("## Your own table")]);
    const field = (name: string): string => new RegExp(`"${name}": "([^"]+)"`).exec(output)![1]!;
    const carol = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, {
      accessKeyId: field("AccessKeyId"),
      secretAccessKey: field("SecretAccessKey"),
    });
    await carol.putItem({ TableName: "Orders", Item: { id: { S: "1" }, total: { N: "9.5" } } });
    expect(await carol.getItem({ TableName: "Orders", Key: { id: { S: "1" } } })).toMatchObject({
      Item: { total: { N: "9.5" } },
    });
    await expect(carol.deleteItem({ TableName: "Orders", Key: { id: { S: "1" } } })).rejects.toThrow("dax:DeleteItem");
    carol.close();
  });
});
