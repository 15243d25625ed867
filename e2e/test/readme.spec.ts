import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fromIni } from "@aws-sdk/credential-providers";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasAwsCli } from "../src/aws-cli.js";
import { daxClient } from "../src/clients.js";
import { freePort } from "../src/outside-node.js";

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The shell lines of README.md's fenced block that comes after `marker`, without comments and empty lines. */
function commandsAfter(marker: string): readonly string[] {
  return blockAfter(marker).filter((line) => line !== "" && !line.startsWith("#"));
}

function blockAfter(marker: string, language: "sh" | "js" = "sh"): readonly string[] {
  const readme = readFileSync(`${root}/README.md`, "utf8");
  const rest = readme.slice(readme.indexOf(marker));
  const block = rest.split(`\`\`\`${language}\n`)[1]?.split("```")[0];
  if (block === undefined) throw new Error(`README.md has no ${language} after \`${marker}\``);
  return block.split("\n");
}

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(() => hotkeep?.stop());

/** Runs lines as a reader would: one shell, in the checkout, with this Hotkeep as the running one. */
async function shell(lines: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { ...process.env, HOTKEEP_DATA: hotkeep.dataDirectory, ...more };
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

  it("says what to do when nothing runs, without a stack", async () => {
    const [env, example] = commandsAfter("## One minute");
    const failing = async (line: string): Promise<string> => {
      const both = [env!, `${line} ${example} 2>&1 || echo "ended with $?"`];
      return shell(both);
    };
    const nowhere = await freePort();
    const next = '  Start Hotkeep with `npm start`, then run in this shell: eval "$(npx hotkeep env)"\nended with 1\n';
    expect(await failing(`DAX_ENDPOINT=dax://127.0.0.1:${nowhere}`)).toContain(
      `✗ the cluster at dax://127.0.0.1:${nowhere} does not answer: connect ECONNREFUSED 127.0.0.1:${nowhere}\n${next}`,
    );
    expect(await failing("DAX_ENDPOINT= env -u DAX_ENDPOINT")).toContain(
      `✗ no cluster is named by DAX_ENDPOINT\n${next}`,
    );
    const gone = await failing(`AWS_ENDPOINT_URL=http://127.0.0.1:${nowhere}`);
    expect(gone).toContain(`✗ the gateway at http://127.0.0.1:${nowhere} does not answer: `);
    expect(gone).toContain(next);
  });

  it.skipIf(!hasAwsCli())("gives a newcomer a table and a user of their own", async () => {
    const [env] = commandsAfter("## One minute");
    const output = await shell([env!, ...blockAfter("## Your own table")]);
    expect(output).toContain(":user/Carol");
    const program = blockAfter("## Your own table", "js").join("\n");
    const item = await shell([env!, 'node --input-type=module -e "$PROGRAM"'], { PROGRAM: program });
    expect(item).toContain("Item: { id: { S: '1' }, total: { N: '9.5' } }");
    const key = await fromIni({ profile: "carol", filepath: join(hotkeep.dataDirectory, "credentials") })();
    const carol = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, key);
    await expect(carol.deleteItem({ TableName: "Orders", Key: { id: { S: "1" } } })).rejects.toThrow("dax:DeleteItem");
    carol.close();
  });
});
