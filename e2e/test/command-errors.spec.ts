import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../src/outside-node.js";

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(() => hotkeep?.stop());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end, whatever its exit code. */
function command(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const all = [program, ...args, "--data", hotkeep.dataDirectory];
    execFile(process.execPath, all, { env: {} }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** Everything that lines say in a shell of their own in `folder`. */
function shell(lines: string, folder: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("sh", ["-c", lines], { cwd: folder, env: { PATH: process.env.PATH } }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

describe("the environment that `hotkeep env` prints", () => {
  it("leads commands to the data directory that was named, and to the default one without a variable", async () => {
    const { dataDirectory } = hotkeep;
    const { stdout: printed } = await command("env");
    expect(printed).toContain(`export HOTKEEP_DATA='${dataDirectory}'\n`);
    const explain = await shell(`${printed}node '${program}' explain none`, tmpdir());
    expect(explain).toContain(`no denial \`none\` is on record in \`${dataDirectory}\``);

    const folder = mkdtempSync(join(tmpdir(), "hotkeep-env-"));
    symlinkSync(dataDirectory, join(folder, ".hotkeep"));
    const byDefault = await shell(`node '${program}' env`, folder);
    expect(byDefault).toContain("export AWS_ENDPOINT_URL=");
    expect(byDefault).not.toContain("HOTKEEP_DATA");
    rmSync(folder, { recursive: true });
  });
});

describe("a command that cannot do what it was asked", () => {
  it("fails with the reason when an x-ray can look into nothing", async () => {
    const { code, stdout, stderr } = await command("xray", "--table", "Nope", "--key", '{"id":{"S":"1"}}');
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^✗ cluster `daxcluster01` cannot look into table `Nope`: User: .* is not authorized/);
    expect(stderr).toContain("`aws dynamodb list-tables` names the tables");
    const json = await command("xray", "--table", "Nope", "--key", '{"id":{"S":"1"}}', "--output", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ Stored: { State: "refused" } });
  });

  it("says which account ids, names and token ids there can be", async () => {
    expect(await command("account", "create", "--account", "12")).toMatchObject({
      code: 1,
      stderr:
        "✗ `12` cannot be the id of an account\n  give twelve digits of which the first is not 0, or leave --account out and get any that are free\n",
    });
    expect((await command("account", "create", "--name", "")).stderr).toContain(
      "✗ `` cannot be the name of an account",
    );
    expect((await command("account", "create", "--account", hotkeep.account)).stderr).toMatch(
      /^✗ There is an account \d+ already\.\n {2}`hotkeep account list` names the accounts/,
    );
    expect(await command("token", "delete", "foo")).toMatchObject({
      code: 1,
      stderr:
        "✗ `foo` is not the id of a join token\n  an id has 8 to 32 small letters and digits; `hotkeep token list` tells those of the tokens that wait\n",
    });
    expect((await command("token", "delete", "0123456789abcdef")).stderr).toMatch(
      /^✗ No join token 0123456789abcdef waits to be used\.\n {2}`hotkeep token list` tells which wait/,
    );
  });

  it("says that there are no tokens rather than nothing", async () => {
    expect(await command("token", "list")).toEqual({ code: 0, stdout: "no join token waits to be used\n", stderr: "" });
    expect((await command("token", "list", "--output", "json")).stdout).toBe("[]\n");
  });
});
