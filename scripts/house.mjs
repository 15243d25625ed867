// What the scripts share: where the house is, and running a step with visible progress. No dependencies: this runs
// before anything is installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const color = process.stderr.isTTY && !process.env.NO_COLOR;
const dim = (text) => (color ? `\x1b[2m${text}\x1b[0m` : text);
const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Runs a program with this terminal; resolves with its exit code (128 + signal number when killed). Signals named by
 * `forward` go on to it.
 */
export function run(command, args, { forward = [], ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    for (const signal of forward) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

/** Runs one named step, tells how long it took, and ends the process with its output when it fails. */
export async function step(name, command, args) {
  const started = performance.now();
  say(`${dim("·")} ${name} …`);
  const chunks = [];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ticking = setInterval(
    () => say(dim(`  still at it, ${Math.round((performance.now() - started) / 1000)} s`)),
    5000,
  );
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr.on("data", (chunk) => chunks.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearInterval(ticking);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(chunks));
    say(`✗ ${name} failed: \`${[command, ...args].join(" ")}\` ended with ${code}`);
    process.exit(1);
  }
  say(`${dim("✓")} ${name} ${dim(`${((performance.now() - started) / 1000).toFixed(1)} s`)}`);
}

const bin = (name) => join(root, "node_modules", ".bin", name);

/** Installs exactly what the lock file names, unless that is what is there already. */
export async function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`✗ Hotkeep needs Node.js 20.19 or newer; this is ${process.versions.node}`);
    process.exit(1);
  }
  const stamp = join(root, "node_modules", ".hotkeep-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  await step("installing what package-lock.json names", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

/** Compiles every package that changed. */
export async function build() {
  await step("building", bin("tsc"), ["-b"]);
  await run(process.execPath, [join(root, "scripts", "build-native.mjs")]);
  await step("bundling the console", process.execPath, [join(root, "scripts", "build-console.mjs")]);
}

/** Path of a development tool's executable. */
export const tool = bin;
