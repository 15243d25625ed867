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
    child.once("exit", (code) => resolve({ code, errors }));
  });
  return { process: child, ended };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
