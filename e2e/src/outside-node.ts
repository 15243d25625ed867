import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const program = fileURLToPath(import.meta.resolve("hotkeep/testing")).replace(
  /(dist|src)\/testing\/index\.[jt]s$/,
  "bin/hotkeep.js",
);

/** Runs one command of the built program to its end, with nothing of this process's environment. */
export async function hotkeepCommand(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env: {} });
  return stdout.trim();
}

/** A cache node that nobody but its test has started. */
export interface OutsideNode {
  readonly process: ChildProcess;
  /** Settles with its exit code and everything it wrote to standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** Starts `hotkeep node` with these arguments and an empty environment. */
export function startOutsideNode(...args: readonly string[]): OutsideNode {
  const child = spawn(process.execPath, [program, "node", ...args], { stdio: ["ignore", "ignore", "pipe"], env: {} });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    // Not at its exit: what it has written last is read after that.
    child.once("close", (code) => resolve({ code, errors }));
  });
  return { process: child, ended };
}

/** Below the ports that systems give to connections: those may take any of them at any time. */
const firstPort = 16_000;
const ports = 16_000;

/** A port of 127.0.0.1 that nobody listens on, and that no connection of anybody gets by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * ports);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer().listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
      server.once("error", () => resolve(false));
    });
    if (free) return port;
  }
}
