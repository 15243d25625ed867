import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasAwsCli } from "../src/aws-cli.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Everything in a page's blocks of shell lines, one after the other. */
function commandsOf(page: string): string {
  const text = readFileSync(join(root, "docs", page), "utf8");
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines).join("");
}

describe.skipIf(!hasAwsCli())("the pages about tables, followed with the AWS CLI", () => {
  let hotkeep: RunningHotkeep;
  let folder: string;
  beforeAll(async () => {
    hotkeep = await startHotkeep();
    folder = mkdtempSync(join(tmpdir(), "hotkeep-table-pages-"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });
  afterAll(async () => {
    await hotkeep?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  /** What a reader sees who runs lines in one shell, which ends at the first that fails. */
  async function follow(lines: string): Promise<string> {
    const env = { ...process.env, HOTKEEP_DATA: hotkeep.dataDirectory, AWS_DEFAULT_OUTPUT: "json" };
    const { stdout, stderr } = await run("bash", ["-e", "-c", lines], { cwd: folder, env });
    return stdout + stderr;
  }

  it("make a table, use it in every way, and delete it", async () => {
    const output = await follow(commandsOf("tables.md"));
    for (const said of [
      '"TableStatus": "CREATING"',
      /^"2027-01-10"$/m,
      /^\[\s+"Faust"\s+\]$/m,
      /^\[\s+"Dora"\s+\]$/m,
      /"Renewals": \{\s+"N": "1"/,
      /"Due": \{\s+"S": "2027-02-10"/,
      '"AttributeName": "Gone"',
      '"TableStatus": "DELETING"',
    ]) {
      expect(output).toMatch(said);
    }
  });

  it("show a change in a stream", async () => {
    expect(await follow(commandsOf("streams.md"))).toMatch(/^INSERT\tThe Last Man$/m);
  });

  it("put a policy on a table and take it away", async () => {
    const commands = commandsOf("table-policies.md");
    const output = await follow(`${commands}\naws dynamodb get-resource-policy --resource-arn "$table" 2>&1 || true`);
    expect(output).toContain("role/BobUserRole");
    expect(output).toContain("PolicyNotFoundException");
  });
});
