// Compiles the parts of rooms that are written in C, where there is a C compiler and Node's headers; says in one line for
// each why not where there is not, and never fails a build: every one of them is a quicker way to do what TypeScript
// does without it. No dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./house.mjs";

/** packages/<room>/native/<name>.c becomes packages/<room>/build/<name>-<platform>-<arch>-<version>.node. */
const parts = [
  {
    room: "node",
    name: "batched-sockets",
    platforms: ["linux"],
    headers: ["uv.h"],
    without: "without the batched transport, nodes use node:net",
  },
  {
    room: "protocols",
    name: "signed-heads",
    platforms: ["linux"],
    headers: ["openssl/sha.h"],
    without: "without compiled signatures, every one is verified by node:crypto",
  },
  {
    room: "tables",
    name: "direct-writes",
    platforms: ["linux"],
    headers: ["uv.h"],
    without: "without direct writes, a thread of Node.js writes the tables' log",
  },
];

/** What all of them include. */
const shared = join(root, "packages", "core", "native");

const { platform, arch, execPath, versions } = process;
const flags = [
  "-shared",
  "-fPIC",
  "-O2",
  "-std=gnu11",
  "-Wall",
  "-Wextra",
  "-fvisibility=hidden",
  "-fstack-protector-strong",
];

/** The folder of headers that belong to this Node.js, with these among them; or undefined. */
function headersFolder(names) {
  const prefixes = [
    process.env.npm_config_nodedir,
    dirname(dirname(execPath)),
    process.config.variables.node_prefix,
    "/usr",
  ];
  return prefixes
    .filter((prefix) => typeof prefix === "string" && prefix !== "")
    .map((prefix) => join(prefix, "include", "node"))
    .find((folder) => {
      const version = join(folder, "node_version.h");
      if (!names.every((name) => existsSync(join(folder, name))) || !existsSync(version)) return false;
      return new RegExp(`NODE_MODULE_VERSION\\s+${versions.modules}\\b`).test(readFileSync(version, "utf8"));
    });
}

/** undefined when all went well, else why it is not there. */
function compile({ room, name, platforms, headers }) {
  if (!platforms.includes(platform)) return `it is for ${platforms.join(" and ")}`;
  const source = join(root, "packages", room, "native", `${name}.c`);
  const target = join(root, "packages", room, "build", `${name}-${platform}-${arch}-${versions.modules}.node`);
  const compiler = process.env.CC || "cc";
  const needed = ["node_api.h", ...headers];
  const include = headersFolder(needed);
  const stamp = `${target}.stamp`;
  const identity = createHash("sha256")
    .update(readFileSync(source))
    .update(readFileSync(join(shared, "node-calls.h")))
    .update(JSON.stringify([compiler, flags, include]))
    .digest("hex");
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, "utf8") === identity) return undefined;
  // What was compiled from other sources must not be loaded.
  rmSync(target, { force: true });
  if (include === undefined) return `the headers of this Node.js (${needed.join(", ")}) were not found`;
  mkdirSync(dirname(target), { recursive: true });
  const making = `${target}.${process.pid}`;
  const { error, status, stderr } = spawnSync(
    compiler,
    [...flags, `-I${include}`, `-I${shared}`, source, "-o", making],
    { encoding: "utf8" },
  );
  if (error !== undefined) return `the C compiler \`${compiler}\` was not found`;
  if (status !== 0) {
    rmSync(making, { force: true });
    return `the C compiler said: ${stderr.trim().split("\n")[0]}`;
  }
  // In one step: a process that loads it meanwhile sees the old one or the new one.
  renameSync(making, target);
  writeFileSync(stamp, identity);
  return undefined;
}

for (const part of parts) {
  const reason = compile(part);
  if (reason !== undefined) process.stderr.write(`· ${part.without}: ${reason}\n`);
}
