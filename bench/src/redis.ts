import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import { pinned, serverCore } from "./cores.js";
import { firstAnswer } from "./first-answer.js";
import type { LoadTarget } from "./load.js";

const startMs = 5_000;

/** A redis-server of our own with one value in it, asked with GET. */
export interface RedisPeer {
  readonly version: string;
  readonly target: LoadTarget;
  stop(): void;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function command(...words: (string | Buffer)[]): Buffer {
  const parts = words.map((word) =>
    Buffer.concat([Buffer.from(`$${word.length}\r\n`), Buffer.from(word), Buffer.from("\r\n")]),
  );
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

async function accepts(port: number, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + startMs;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    if (server.exitCode !== null || performance.now() > deadline) throw new Error("redis-server did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One on `core`, as a session of its own; undefined when redis-server is not installed. */
export async function startRedis(value: Buffer, core = serverCore): Promise<RedisPeer | undefined> {
  let version: string;
  try {
    version = /v=(\S+)/.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" }))?.[1] ?? "unknown";
  } catch {
    return undefined;
  }
  const port = await freePort();
  const [program, args] = pinned(core, "redis-server", [
    ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
  ]);
  const server = spawn(program, args, { stdio: "ignore", detached: true });
  await accepts(port, server);
  await firstAnswer({ address: "127.0.0.1", port, preamble: Buffer.alloc(0), request: command("SET", "book", value) });
  const request = command("GET", "book");
  const at = { address: "127.0.0.1", port, preamble: Buffer.alloc(0), request };
  const answer = await firstAnswer(at);
  return { version, target: { ...at, responseBytes: answer.length }, stop: () => void server.kill("SIGKILL") };
}
