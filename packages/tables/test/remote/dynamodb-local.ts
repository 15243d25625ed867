import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Amazon's DynamoDB Local, running. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  readonly port: number;
  stop(): Promise<void>;
}

const startMs = 40_000;

function jarFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("amplify-dynamodb-simulator/package.json")), "emulator");
  } catch {
    return undefined;
  }
}

/** Why DynamoDB Local cannot run here; undefined when it can. */
export function whyNoDynamoDbLocal(): string | undefined {
  if (spawnSync("java", ["-version"]).status !== 0) return "there is no java here, which DynamoDB Local needs";
  const folder = jarFolder();
  if (folder === undefined || !existsSync(join(folder, "DynamoDBLocal.jar"))) {
    return "amplify-dynamodb-simulator, which has DynamoDB Local in it, is not installed";
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts it with empty tables in memory. */
export async function startDynamoDbLocal(port?: number): Promise<DynamoDbLocal> {
  const chosen = port ?? (await freePort());
  const child = spawn(
    "java",
    ["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", String(chosen)],
    { cwd: jarFolder(), stdio: ["ignore", "pipe", "pipe"] },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const endpoint = `http://127.0.0.1:${chosen}`;
  const deadline = performance.now() + startMs;
  for (;;) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`DynamoDB Local did not start\n${output.join("")}`);
    }
    // Any answer will do: an unsigned request is refused.
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      break;
    await wait(50);
  }
  return {
    endpoint,
    port: chosen,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
