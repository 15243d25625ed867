import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../src/outside-node.js";

/*
 * Two hosts of their own: network namespaces with a cable between them and nothing else. Only root on Linux may make
 * them; elsewhere this is skipped.
 */

const mark = process.pid % 10_000;
const gateway = { namespace: `hkg${mark}`, device: `hkg${mark}v`, address: "10.99.7.1" };
const far = { namespace: `hkn${mark}`, device: `hkn${mark}v`, address: "10.99.7.2" };
const client = fileURLToPath(new URL("../src/two-hosts/client.mjs", import.meta.url));

const ip = (...args: string[]): void => void execFileSync("ip", args, { stdio: "ignore" });

function hostsMade(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    ip("netns", "add", gateway.namespace);
    ip("netns", "add", far.namespace);
    ip(
      "link",
      "add",
      gateway.device,
      "netns",
      gateway.namespace,
      "type",
      "veth",
      "peer",
      "name",
      far.device,
      "netns",
      far.namespace,
    );
    for (const { namespace, device, address } of [gateway, far]) {
      ip("-n", namespace, "addr", "add", `${address}/24`, "dev", device);
      ip("-n", namespace, "link", "set", device, "up");
      ip("-n", namespace, "link", "set", "lo", "up");
    }
    return true;
  } catch {
    removeHosts();
    return false;
  }
}

function removeHosts(): void {
  for (const { namespace } of [gateway, far]) {
    try {
      ip("netns", "delete", namespace);
    } catch {
      // It was never made.
    }
  }
}

const there = hostsMade();
if (!there) process.stderr.write("no network namespaces can be made here: two hosts are not tested\n");

let folder: string;
let dataDirectory: string;
const running: ChildProcess[] = [];

/** Starts the built program on one of the hosts, with an empty environment. */
function on(host: { readonly namespace: string }, ...args: string[]): ChildProcess {
  const child = spawn("ip", ["netns", "exec", host.namespace, process.execPath, program, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env.PATH },
  });
  running.push(child);
  return child;
}

/** Runs a script or command on the gateway's host to its end. */
async function onGateway(...args: string[]): Promise<string> {
  const all = ["netns", "exec", gateway.namespace, process.execPath, ...args];
  const { stdout } = await promisify(execFile)("ip", all, { env: { PATH: process.env.PATH } });
  return stdout.trim();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-hosts-"));
  dataDirectory = join(folder, "data");
});
afterAll(async () => {
  for (const child of running) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode !== null || !child.kill("SIGTERM")) continue;
    await ended;
  }
  if (there) removeHosts();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(there)("a node on another host", () => {
  it("joins with its token, serves its clients and reaches its tables through the gateway", async () => {
    const feed = `${gateway.address}:8112`;
    const up = on(
      gateway,
      ...[
        "up",
        "--data",
        dataDirectory,
        "--host",
        gateway.address,
        "--port",
        "8110",
        "--feed",
        feed,
        "--output",
        "json",
      ],
    );
    await new Promise((resolve) => void createInterface({ input: up.stdout! }).once("line", resolve));
    await onGateway(client, "create", dataDirectory);
    const token = await onGateway(program, "token", "create", "--data", dataDirectory, "--cluster", "far");
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, token, { mode: 0o600 });
    on(far, "node", "--join", feed, "--token-file", tokenFile, "--listen", far.address);
    // The default group lets in its members and clients on the gateway's machine by loopback, and nobody else.
    expect(await onGateway(client, "dial", dataDirectory)).toBe(`dax://${far.address} kept out`);
    await onGateway(client, "allow", dataDirectory, `${gateway.address}/32`);
    expect(await onGateway(client, "use", dataDirectory)).toBe(`dax://${far.address} 1899`);
  });
});
