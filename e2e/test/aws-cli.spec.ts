import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);

function cliVersion(): string | undefined {
  try {
    return execFileSync("aws", ["--version"], { encoding: "utf8" }).trim();
  } catch {
    process.stderr.write("the AWS CLI is not installed (apt-get install awscli): its tests are skipped\n");
    return undefined;
  }
}
const version = cliVersion();

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep();
});
afterAll(() => hotkeep?.stop());

/** Runs one command of the unmodified AWS CLI; its JSON output. */
async function aws(profile: "root" | "alice", ...args: string[]): Promise<Record<string, unknown>> {
  const keys = hotkeep.credentials[profile]!;
  const { stdout } = await run("aws", ["--endpoint-url", hotkeep.endpoint, "--output", "json", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: hotkeep.dataDirectory,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: hotkeep.region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  return stdout.trim() === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}

const role = "AWSServiceRoleForDAX";

describe.skipIf(version === undefined)(`the AWS CLI (${version})`, () => {
  it("tells who one is", async () => {
    expect(await aws("alice", "sts", "get-caller-identity")).toMatchObject({
      Account: hotkeep.account,
      Arn: `arn:aws:iam::${hotkeep.account}:user/Alice`,
    });
  });

  it("finds the service-linked role that the first cluster made, and cannot delete it while the cluster exists", async () => {
    expect(await aws("root", "iam", "get-role", "--role-name", role)).toMatchObject({
      Role: { Path: "/aws-service-role/dax.amazonaws.com/", RoleName: role },
    });
    const { DeletionTaskId } = await aws("root", "iam", "delete-service-linked-role", "--role-name", role);
    const status = await deletionStatus(DeletionTaskId as string);
    expect(status).toMatchObject({
      Status: "FAILED",
      Reason: {
        RoleUsageList: [{ Region: hotkeep.region, Resources: [expect.stringContaining("cache/daxcluster01")] }],
      },
    });
  });

  it("deletes the cluster, then the role, and makes the role again by hand", async () => {
    await aws("root", "dax", "delete-cluster", "--cluster-name", "DAXCluster01");
    for (;;) {
      const { Clusters } = await aws("root", "dax", "describe-clusters");
      if ((Clusters as unknown[]).length === 0) break;
    }
    const before = await aws("root", "iam", "get-role", "--role-name", role);
    const { DeletionTaskId } = await aws("root", "iam", "delete-service-linked-role", "--role-name", role);
    expect(await deletionStatus(DeletionTaskId as string)).toMatchObject({ Status: "SUCCEEDED" });
    await expect(aws("root", "iam", "get-role", "--role-name", role)).rejects.toThrow("NoSuchEntity");

    const made = await aws("root", "iam", "create-service-linked-role", "--aws-service-name", "dax.amazonaws.com");
    const arn = `arn:aws:iam::${hotkeep.account}:role/aws-service-role/dax.amazonaws.com/${role}`;
    expect(made).toMatchObject({ Role: { RoleName: role, Arn: arn } });
    const id = (answer: Record<string, unknown>) => (answer.Role as { RoleId: string }).RoleId;
    expect(id(made)).not.toBe(id(before));
    await expect(
      aws("root", "iam", "create-service-linked-role", "--aws-service-name", "dax.amazonaws.com"),
    ).rejects.toThrow(/InvalidInput.*has been taken/s);
  });

  it("reads a book as the account's root user, and is refused as Alice in AWS's words", async () => {
    const key = JSON.stringify({ Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } });
    const read = ["dynamodb", "get-item", "--table-name", "Books", "--key", key];
    expect(await aws("root", ...read)).toMatchObject({ Item: { Year: { N: "1897" } } });
    await expect(aws("alice", ...read)).rejects.toThrow(
      `AccessDeniedException) when calling the GetItem operation: User: arn:aws:iam::${hotkeep.account}:user/Alice is not ` +
        `authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-west-2:${hotkeep.account}:table/Books ` +
        "because no identity-based policy allows the dynamodb:GetItem action",
    );
  });

  it("describes the network and manages users in every protocol's words", async () => {
    expect(await aws("root", "ec2", "describe-vpcs")).toMatchObject({ Vpcs: [{ IsDefault: true }] });
    await aws("root", "iam", "create-user", "--user-name", "Dora");
    await expect(aws("root", "iam", "create-user", "--user-name", "Dora")).rejects.toThrow("EntityAlreadyExists");
    await aws("root", "iam", "delete-user", "--user-name", "Dora");
    await expect(aws("alice", "ec2", "describe-vpcs")).rejects.toThrow("UnauthorizedOperation");
    await expect(aws("root", "ec2", "describe-instances")).rejects.toThrow("InvalidAction");
  });
});

async function deletionStatus(task: string): Promise<Record<string, unknown>> {
  for (;;) {
    const args = ["iam", "get-service-linked-role-deletion-status", "--deletion-task-id", task];
    const answer = await aws("root", ...args);
    if (answer.Status === "SUCCEEDED" || answer.Status === "FAILED") return answer;
  }
}
