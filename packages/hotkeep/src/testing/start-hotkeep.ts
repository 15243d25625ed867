import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SigningCredentials } from "@hotkeep/protocols";
import { readCredentialsFile } from "../gateway/credentials-file.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import type { Ready } from "../gateway/running-file.js";
import { type LoopbackRange, takeLoopbackRange } from "./loopback-range.js";

/** What to start. */
export interface HotkeepOptions {
  /** Kept by the caller; without it a temporary one is made, and removed by `stop`. */
  readonly dataDirectory?: string;
  /** No documents' world. */
  readonly empty?: boolean;
  /** Calls on items in the audit trail, too. */
  readonly auditData?: boolean;
  /** A folder of service control policies. */
  readonly serviceControlPolicies?: string;
  /** Must be given to start again on the same data directory: the stored network is in that range. */
  readonly range?: LoopbackRange;
  readonly port?: number;
  /** A DynamoDB-compatible endpoint that holds the tables, and the keys for it. */
  readonly tableEndpoint?: { readonly url: string } & SigningCredentials;
  /** Further arguments of `hotkeep up`. */
  readonly flags?: readonly string[];
  /** Receiver of traces. */
  readonly otlpEndpoint?: string;
  /** How long it may take to become ready; a minute when nothing is said, for a machine that is busy. */
  readonly readyMs?: number;
}

/** A Hotkeep running as a child process. */
export interface RunningHotkeep extends Ready {
  readonly dataDirectory: string;
  readonly range: LoopbackRange;
  readonly process: ChildProcess;
  /** From spawning the program to its ready line, in milliseconds. */
  readonly startedInMs: number;
  readonly credentials: Readonly<Record<string, SigningCredentials>>;
  /** Everything the program has written to standard error. */
  errorOutput(): string;
  /** Ends the gateway like Ctrl-C and waits; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends the gateway with SIGKILL and waits. The data directory stays, and nodes serve on for `--without-gateway`. */
  kill(): Promise<void>;
}

/** How long after its end the program's last words are waited for. */
const lastWordsMs = 1_000;
const program = fileURLToPath(new URL("../../bin/hotkeep.js", import.meta.url));

/**
 * Starts the built program on free ports and waits until it is ready.
 *
 * @throws Error with the program's own output when it does not become ready.
 */
export async function startHotkeep(options: HotkeepOptions = {}): Promise<RunningHotkeep> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "hotkeep-"));
  const range = options.range ?? (await takeLoopbackRange());
  const args = ["up", "--data", dataDirectory, "--port", String(options.port ?? 0), "--vpc-cidr", range.cidr];
  if (options.empty === true) args.push("--empty");
  if (options.auditData === true) args.push("--audit-data");
  if (options.otlpEndpoint !== undefined) args.push("--otlp-endpoint", options.otlpEndpoint);
  const { tableEndpoint, serviceControlPolicies } = options;
  if (serviceControlPolicies !== undefined) args.push("--service-control-policies", serviceControlPolicies);
  if (tableEndpoint !== undefined) args.push("--table-endpoint", tableEndpoint.url);
  const keys = tableEndpoint && {
    HOTKEEP_TABLE_ACCESS_KEY_ID: tableEndpoint.accessKeyId,
    HOTKEEP_TABLE_SECRET_ACCESS_KEY: tableEndpoint.secretAccessKey,
  };
  args.push(...(options.flags ?? []));
  const { readyMs = 60_000 } = options;
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--output", "json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...keys },
  });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));

  const ready = new Promise<Ready>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`hotkeep up ${why}\n${errors.join("")}`));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(`was not ready in ${readyMs} ms`);
    }, readyMs);
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const ended = () => fail(`ended with ${code ?? signal}`);
      // What it has written last is read after its exit; nodes that outlive it may keep the pipe open.
      child.once("close", ended);
      setTimeout(ended, lastWordsMs).unref();
    });
  });
  let running: Ready;
  try {
    running = await ready;
  } catch (error) {
    if (options.range === undefined) range.release();
    if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
    throw error;
  }

  return {
    ...running,
    dataDirectory,
    range,
    process: child,
    startedInMs: performance.now() - started,
    credentials: readCredentialsFile(dataDirectoryAt(dataDirectory).credentials),
    errorOutput: () => errors.join(""),
    async stop() {
      child.kill("SIGINT");
      const code = await exited;
      if (options.range === undefined) range.release();
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
      return code;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
