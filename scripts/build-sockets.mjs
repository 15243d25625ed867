// Compiles the cache node's batched transport where there is a C compiler and Node's headers; says in one line why not
// where there is not, and never fails a build: the transport over node:net is always there. No dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./house.mjs";

const room = join(root, "packages", "node");
const source = join(room, "native", "batched-sockets.c");
const { platform, arch, execPath, versions } = process;
// The name that packages/node/src/transport/native-sockets.ts looks for.
const target = join(room, "build", `batched-sockets-${platform}-${arch}-${versions.modules}.node`);
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

/** The folder of headers that belong to this Node.js, or undefined. */
function headers() {
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
      if (!["node_api.h", "uv.h"].every((name) => existsSync(join(folder, name))) || !existsSync(version)) return false;
      return new RegExp(`NODE_MODULE_VERSION\\s+${versions.modules}\\b`).test(readFileSync(version, "utf8"));
    });
}

/** undefined when all went well, else why there is no batched transport. */
function compile() {
  if (platform !== "linux") return "it needs Linux";
  const compiler = process.env.CC || "cc";
  const include = headers();
  const stamp = `${target}.stamp`;
  const identity = createHash("sha256")
    .update(readFileSync(source))
    .update(JSON.stringify([compiler, flags, include]))
    .digest("hex");
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, "utf8") === identity) return undefined;
  // What was compiled from other sources must not be loaded.
  rmSync(target, { force: true });
  if (include === undefined) return "the headers of this Node.js (node_api.h, uv.h) were not found";
  mkdirSync(dirname(target), { recursive: true });
  const making = `${target}.${process.pid}`;
  const { error, status, stderr } = spawnSync(compiler, [...flags, `-I${include}`, source, "-o", making], {
    encoding: "utf8",
  });
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

const reason = compile();
if (reason !== undefined) process.stderr.write(`· without the batched transport, nodes use node:net: ${reason}\n`);
