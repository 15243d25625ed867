import { mkdirSync, readFileSync } from "node:fs";
import { build, install, root, run, tool } from "./house.mjs";

await install();
await build();
const report = `${root}/.cache/tests.json`;
mkdirSync(`${root}/.cache`, { recursive: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
process.exitCode = await run(tool("vitest"), ["run", ...reporters, ...process.argv.slice(2)]);
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
// A plain closing line for whoever reads logs by machine.
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
