import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import type { SigningCredentials } from "@hotkeep/protocols";
import { startHotkeep } from "hotkeep/testing";
import { pinFamily, pinned, serverCore } from "../cores.js";
import { tableName } from "./workload.js";

/** A DynamoDB endpoint in a process of its own, on the server's core. */
export interface TableServer {
  readonly name: string;
  readonly endpoint: URL;
  readonly region: string;
  /** Who sends the measured requests. */
  readonly credentials: SigningCredentials;
  /** Who makes the table. */
  readonly owner: SigningCredentials;
  readonly pid: number;
  /** Whether it knows an operation. */
  readonly knows: (operation: string) => boolean;
  stop(): Promise<void>;
}

/** A server, or why it cannot run here. */
export type MaybeServer = TableServer | { readonly name: string; readonly absent: string };

const require = createRequire(import.meta.url);
const readyMs = 30_000;
const anyKeys: SigningCredentials = { accessKeyId: "AKIDBENCH", secretAccessKey: "bench" };

/** What the bench's user may do: items of one table, no more. */
export const userPolicy = (region: string, account: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Items",
      Effect: "Allow",
      Action: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
      ],
      Resource: `arn:aws:dynamodb:${region}:${account}:table/${tableName}`,
    },
    { Sid: "NoTables", Effect: "Deny", Action: ["dynamodb:DeleteTable", "dynamodb:UpdateTable"], Resource: "*" },
  ],
});

/** The built gateway on an empty data directory, with a user who has that policy. */
export async function startOurs(): Promise<TableServer> {
  const hotkeep = await startHotkeep({ empty: true });
  const { endpoint, region, account } = hotkeep;
  const owner = hotkeep.credentials.root!;
  const iam = new IAM({ endpoint, region, credentials: owner });
  const UserName = "bench";
  await iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify(userPolicy(region, account));
  await iam.putUserPolicy({ UserName, PolicyName: "items", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  iam.destroy();
  pinFamily(hotkeep.process.pid!, serverCore);
  return {
    name: "Hotkeep",
    endpoint: new URL(endpoint),
    region,
    credentials: { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! },
    owner,
    pid: hotkeep.process.pid!,
    knows: () => true,
    stop: async () => {
      await hotkeep.stop();
    },
  };
}

/** Amazon's DynamoDB Local with everything in memory and the settings of its Java. */
export async function startDynamoDbLocal(): Promise<MaybeServer> {
  const name = "DynamoDB Local";
  const absent = whyNoJava();
  if (absent !== undefined) return { name, absent };
  const emulator = join(dirname(require.resolve("amplify-dynamodb-simulator")), "emulator");
  const jar = join(emulator, "DynamoDBLocal.jar");
  if (!existsSync(jar)) return { name, absent: "its package is not installed: run npm install" };
  const library = `-Djava.library.path=${join(emulator, "DynamoDBLocal_lib")}`;
  const args = [library, "-jar", jar, "-inMemory", "-sharedDb", "-disableTelemetry"];
  return peer(
    name,
    (port) => ["java", [...args, "-port", String(port)]],
    () => true,
  );
}

/** dynalite over its store in memory. It has no transactions. */
export function startDynalite(): Promise<MaybeServer> {
  const cli = join(dirname(require.resolve("dynalite/package.json")), "cli.js");
  const args = [cli, "--host", "127.0.0.1", "--createTableMs", "0", "--port"];
  const transactions = new Set(["TransactWriteItems", "TransactGetItems"]);
  return peer(
    "dynalite",
    (port) => [process.execPath, [...args, String(port)]],
    (operation) => !transactions.has(operation),
  );
}

/** An HTTP server that does nothing: the limit of what any server on node:http can do here. */
export function startBareServer(): Promise<TableServer> {
  const program = fileURLToPath(new URL("bare-server.js", import.meta.url));
  return peer(
    "bare node:http",
    (port) => [process.execPath, [program, String(port)]],
    (operation) => operation === "GetItem",
  );
}

function whyNoJava(): string | undefined {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no `java` on the path; DynamoDB Local needs Java 17";
  }
}

async function peer(
  name: string,
  commandFor: (port: number) => [command: string, args: string[]],
  knows: TableServer["knows"],
): Promise<TableServer> {
  const port = await freePort();
  // DynamoDB Local leaves a file where it is started.
  const cwd = mkdtempSync(join(tmpdir(), "hotkeep-bench-"));
  const [command, args] = pinned(serverCore, ...commandFor(port));
  const child = spawn(command, args, { cwd, stdio: "ignore" });
  const endpoint = new URL(`http://127.0.0.1:${port}`);
  await untilItAnswers(name, endpoint, child);
  return {
    ...{ name, endpoint, region: "us-west-2", credentials: anyKeys, owner: anyKeys, pid: child.pid!, knows },
    async stop() {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(name: string, endpoint: URL, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline && child.exitCode === null) {
    try {
      await (await fetch(endpoint)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  child.kill("SIGKILL");
  throw new Error(`${name} did not answer within ${readyMs} ms`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
