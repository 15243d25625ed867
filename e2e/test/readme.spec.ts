import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The shell lines of README.md's fenced blocks that come after `marker`. */
function commandsAfter(marker: string): readonly string[] {
  const readme = readFileSync(`${root}/README.md`, "utf8");
  const block = /```sh\n(.*?)```/s.exec(readme.slice(readme.indexOf(marker)))?.[1];
  if (block === undefined) throw new Error(`README.md has no commands after \`${marker}\``);
  return block.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
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
    expect(reasons).toContain("nothing denies it, but no identity-based policy allows it");
  });
});
