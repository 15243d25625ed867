import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const readyMs = 30_000;
const pollMs = 100;

/** Amazon's DynamoDB Local as a process of its own, with nothing on disk. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const emulator = join(dirname(createRequire(import.meta.url).resolve("amplify-dynamodb-simulator")), "emulator");

/** Why DynamoDB Local cannot run on this machine; undefined where it can. */
export async function whyNoDynamoDbLocal(): Promise<string | undefined> {
  if (!existsSync(join(emulator, "DynamoDBLocal.jar")))
    return `DynamoDB Local is not in \`${emulator}\`: run npm install`;
  try {
    const { stderr, stdout } = await promisify(execFile)("java", ["-version"]);
    const major = Number(/version "(\d+)/.exec(stderr + stdout)?.[1] ?? 0);
    return major >= 11 ? undefined : `DynamoDB Local needs Java 11 or newer; this is Java ${major}`;
  } catch {
    return "DynamoDB Local needs Java 11 or newer, and there is no `java` on the path";
  }
}

/** Starts DynamoDB Local on a free port and waits until it answers. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const port = await freePort();
  // It leaves a file where it is started.
  const cwd = mkdtempSync(join(tmpdir(), "dynamodb-local-"));
  const child = spawn(
    "java",
    [
      // Two cores are shared with the server under test.
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      `-Djava.library.path=${join(emulator, "DynamoDBLocal_lib")}`,
      "-jar",
      join(emulator, "DynamoDBLocal.jar"),
      ...["-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)],
    ],
    { cwd, stdio: ["ignore", "ignore", "pipe"] },
  );
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint, child, errors);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    endpoint,
    async stop() {
      child.kill("SIGKILL");
      await exited;
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(endpoint: string, child: ChildProcess, errors: readonly string[]): Promise<void> {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline && child.exitCode === null) {
    try {
      await (await fetch(endpoint)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  child.kill("SIGKILL");
  throw new Error(`DynamoDB Local was not ready in ${readyMs} ms\n${errors.join("")}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
