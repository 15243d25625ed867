import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Endpoint, Keys } from "../clients.js";

/** What one command line came to. */
export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const driver = fileURLToPath(new URL("cli-driver.py", import.meta.url));

function output(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** The Python that has the AWS CLI's own code; undefined where there is no such CLI (version 2 brings no code along). */
export function cliPython(): string | undefined {
  const program = output("pyenv", "which", "aws") ?? output("which", "aws");
  if (program === undefined) return undefined;
  const [first = ""] = readFileSync(program, "latin1").split("\n", 1);
  const named = /^#!(\S*python\S*)/.exec(first)?.[1];
  for (const python of [named, "python3"]) {
    if (python !== undefined && output(python, "-c", "import awscli.clidriver") !== undefined) return python;
  }
  return undefined;
}

/** The AWS CLI in one process, as whoever a command is for. */
export class AwsCli {
  readonly #at: Endpoint;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor(python: string, at: Endpoint, home: string) {
    this.#at = at;
    this.#process = spawn(python, [driver], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: "true", PYTHONWARNINGS: "ignore" },
    });
    this.#reader = createInterface({ input: this.#process.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Runs one command line, given in parts. @throws Error when the process has ended */
  async run(keys: Keys, args: readonly string[]): Promise<CliAnswer> {
    const env = {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: this.#at.region,
      ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    };
    const line = { args: ["--endpoint-url", this.#at.endpoint, "--output", "json", ...args], env };
    this.#process.stdin!.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the AWS CLI has ended");
    return JSON.parse(value) as CliAnswer;
  }

  end(): void {
    this.#reader.close();
    this.#process.stdin!.end();
  }
}
