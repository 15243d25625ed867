import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, HotkeepError } from "@hotkeep/core";
import { chooseTransport } from "@hotkeep/node";
import { loadNativeSignedHeads } from "@hotkeep/protocols";
import { loadNativeWrites } from "@hotkeep/tables";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import type { Finding } from "./finding.js";

/** The oldest Node.js that Hotkeep runs on: major and minor version. */
const oldestNode = [20, 19] as const;

/** `version` as in `process.versions.node`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const subject = "Node.js";
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { subject, state: "good", text: version };
  }
  return {
    subject,
    state: "bad",
    text: `${version} is too old`,
    help: `install Node.js ${oldestMajor}.${oldestMinor} or newer`,
  };
}

/** What will carry the nodes' connections. `wanted`: HOTKEEP_TRANSPORT. */
export function checkTransport(clock: Clock, wanted: string | undefined): Finding {
  const subject = "transport";
  try {
    const { name, reason } = chooseTransport(clock, wanted);
    const text = `${name}: ${reason}`;
    if (name === "batched" || wanted === "net") return { subject, state: "good", text };
    const help = "the nodes work, at about two thirds of the speed; on Linux, install a C compiler and `npm run build`";
    return { subject, state: "note", text, help };
  } catch (error) {
    if (!(error instanceof HotkeepError)) throw error;
    return { subject, state: "bad", text: error.message, ...(error.help === undefined ? {} : { help: error.help }) };
  }
}

/** What verifies the signatures of clients that stay connected. */
export function checkSignatures(): Finding {
  const subject = "signatures";
  const native = loadNativeSignedHeads();
  if ("take" in native) return { subject, state: "good", text: "compiled: the part written in C is there" };
  const help = "all calls work, somewhat slower; on Linux, install a C compiler and `npm run build`";
  return { subject, state: "note", text: `node:crypto alone: ${native.reason}`, help };
}

/** What writes the tables' log. */
export function checkLogWrites(): Finding {
  const subject = "tables' log";
  const native = loadNativeWrites();
  if ("write" in native)
    return { subject, state: "good", text: "compiled: written without a thread where the disk allows" };
  const help = "all writes work, somewhat slower; on Linux, install a C compiler and `npm run build`";
  return { subject, state: "note", text: `written by a thread: ${native.reason}`, help };
}

/** The C compiler that the build would use. */
export function checkCompiler(compiler: string): Finding {
  const { status, stdout } = spawnSync(compiler, ["--version"], { encoding: "utf8" });
  const subject = "C compiler";
  if (status === 0) return { subject, state: "good", text: stdout.split("\n")[0] ?? compiler };
  const text = `\`${compiler}\` was not found; only the quicker transport, signatures and log need one, when they are built`;
  return { subject, state: "note", text };
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the data directory can be used or made, and is kept from others. */
export function checkDataDirectory(root: string): Finding {
  const subject = "data directory";
  if (!existsSync(root)) {
    let parent = dirname(root);
    while (!existsSync(parent)) parent = dirname(parent);
    if (mayWrite(parent)) return { subject, state: "good", text: `${root} will be made` };
    const help = "give another with `--data`";
    return { subject, state: "bad", text: `${root} cannot be made: ${parent} cannot be written to`, help };
  }
  if (!statSync(root).isDirectory()) {
    return { subject, state: "bad", text: `${root} is not a directory`, help: "give another with `--data`" };
  }
  if (!mayWrite(root)) {
    const help = "make it this user's, or give another with `--data`";
    return { subject, state: "bad", text: `${root} cannot be read and written by this user`, help };
  }
  const open = [root, dataDirectoryAt(root).sealingKey]
    .filter((path) => existsSync(path))
    .find((path) => (statSync(path).mode & 0o077) !== 0);
  if (open === undefined) return { subject, state: "good", text: `${root}, closed to other users` };
  const help = `it holds secrets: \`chmod go= ${open}\``;
  return { subject, state: "note", text: `other users of this machine may look into ${open}`, help };
}
