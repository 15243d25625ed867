import { mkdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { build, install, root, run, tool } from "./house.mjs";

await install();
await build();
const report = `${root}/.cache/tests.json`;
mkdirSync(`${root}/.cache`, { recursive: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
process.exitCode = await run(tool("vitest"), ["run", ...reporters, ...process.argv.slice(2)]);
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
// Every failure again, shortly, and a plain closing line: the end of a log is what is kept and read.
const firstLines = (text) => text.split("\n").slice(0, 12).join("\n    ").slice(0, 2000);
for (const { name, status, message, assertionResults } of testResults) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  for (const { fullName, failureMessages } of failed) {
    console.log(`✗ ${relative(root, name)}: ${fullName}\n    ${firstLines(failureMessages.join("\n"))}`);
  }
  if (status === "failed" && failed.length === 0) console.log(`✗ ${relative(root, name)}\n    ${firstLines(message)}`);
}
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
