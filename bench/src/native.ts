import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the generator of this name, compiled when its source or what it includes is newer. @throws Error when there is no C compiler. */
export function generator(name: string): string {
  const [source, shared] = [`${name}.c`, "load-sockets.h"].map((file) =>
    fileURLToPath(new URL(`../native/${file}`, import.meta.url)),
  ) as [string, string];
  const folder = fileURLToPath(new URL("../.cache", import.meta.url));
  const program = join(folder, name);
  const writtenMs = Math.max(statSync(source).mtimeMs, statSync(shared).mtimeMs);
  if (existsSync(program) && statSync(program).mtimeMs > writtenMs) return program;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("cc", ["-O2", "-Wall", "-Wextra", "-o", program, source], { stdio: "pipe" });
  } catch (cause) {
    throw new Error("the load generator could not be compiled; install a C compiler (apt-get install gcc)", { cause });
  }
  return program;
}
