import { execFileSync } from "node:child_process";

/** Whether there is an AWS CLI that reads AWS_ENDPOINT_URL, as the README says; what needs one is skipped without. */
export function hasAwsCli(): boolean {
  let version = "";
  try {
    version = /aws-cli\/(\d+\.\d+)/.exec(execFileSync("aws", ["--version"], { encoding: "utf8" }))?.[1] ?? "";
  } catch {
    // Not installed.
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const reads = major > 2 || (major === 2 && minor >= 13) || (major === 1 && minor >= 29);
  if (!reads)
    process.stderr.write(
      "no AWS CLI that reads AWS_ENDPOINT_URL is installed: the commands of a page are not followed\n",
    );
  return reads;
}
