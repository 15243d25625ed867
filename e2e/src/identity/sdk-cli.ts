import { readFileSync, writeFileSync } from "node:fs";
import * as dax from "@aws-sdk/client-dax";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import { awsClients, type Endpoint, type Keys } from "../clients.js";
import type { CliAnswer } from "./aws-cli.js";

type Sdk = Readonly<Record<string, unknown>>;
const sdks: Readonly<Record<string, Sdk>> = { iam, sts, dax };
/** How long a waiter of the SDK may wait. */
const maxWaitTime = 60;

/** The SDK's own description of an operation's input: member names, and a type for each. */
interface InputSchema {
  readonly names: readonly string[];
  readonly types: readonly unknown[];
}

/** The SDK writes schemas as `[9, namespace, name, traits, input, output]` and `[3, namespace, name, traits, names, types]`. */
function inputOf(sdk: Sdk, operation: string): InputSchema {
  const schema = sdk[`${operation}$`] as readonly unknown[];
  const input = (typeof schema[4] === "function" ? schema[4]() : schema[4]) as readonly unknown[];
  return { names: input[4] as readonly string[], types: input[5] as readonly unknown[] };
}

/** A client whose service is not known before a line is read. */
interface AnyClient {
  send(command: object): Promise<Readonly<Record<string, unknown>>>;
  destroy(): void;
}

const numeric = 1;
const boolean = 2;
const text = 0;

/** A value as the CLI takes it, as the SDK takes it: `Key=a,Value=b`, `file://`, or itself. */
function readValue(written: string): unknown {
  if (written.startsWith("file://")) return readFileSync(written.slice("file://".length), "utf8");
  if (/^Key=[^,]*,Value=/.test(written)) {
    const [, Key, Value] = /^Key=([^,]*),Value=(.*)$/.exec(written)!;
    return { Key, Value };
  }
  return written;
}

function typedValue(type: unknown, values: readonly string[]): unknown {
  if (type === numeric) return Number(values[0]);
  if (type === boolean) return values[0] !== "false";
  if (type === text) return readValue(values[0]!);
  // Not a simple type: a list, or a sensitive text, of which lines have only passwords.
  const name = Array.isArray(type) ? String(type[2]) : "";
  return /password/i.test(name) ? values[0] : values.map(readValue);
}

/** What the CLI does with answers beyond printing them: it decodes the policies in them. */
function decoded(key: string, value: unknown): unknown {
  return /Document$/.test(key) && typeof value === "string" && value.startsWith("%7B")
    ? JSON.parse(decodeURIComponent(value))
    : value;
}

/** Runs the command lines of the AWS CLI with the unmodified AWS SDK for JavaScript v3. */
export class SdkCli {
  readonly #at: Endpoint;

  constructor(at: Endpoint) {
    this.#at = at;
  }

  async run(keys: Keys, args: readonly string[]): Promise<CliAnswer> {
    const [service = "", command = "", ...rest] = args;
    const sdk = sdks[service]!;
    const client = awsClients(this.#at, keys)[service as "iam"] as unknown as AnyClient;
    if (command === "wait") return this.#wait(sdk, client, rest);
    const name = command.replaceAll("-", "");
    const exported = Object.keys(sdk).find((key) => key.toLowerCase() === `${name}command`)!;
    const operation = exported.slice(0, -"Command".length);
    const { input, outfile } = this.#input(sdk, operation, rest);
    const Command = sdk[exported] as new (input: object) => object;
    try {
      const { $metadata, ...output } = await client.send(new Command(input));
      if (outfile !== undefined) {
        const device = output.VirtualMFADevice as { Base32StringSeed: Uint8Array };
        writeFileSync(outfile, Buffer.from(device.Base32StringSeed).toString());
      }
      const out = Object.keys(output).length === 0 ? "" : JSON.stringify(output, (key, value) => decoded(key, value));
      return { code: 0, out, err: "" };
    } catch (error) {
      const { name: shape, message, Error: wire } = error as Error & { readonly Error?: { readonly Code: string } };
      const err = `An error occurred (${wire?.Code ?? shape}) when calling the ${operation} operation: ${message}`;
      return { code: 254, out: "", err };
    } finally {
      client.destroy();
    }
  }

  async #wait(sdk: Sdk, client: unknown, [condition = "", ...rest]: readonly string[]): Promise<CliAnswer> {
    const wanted = `waituntil${condition.replaceAll("-", "")}`;
    const waiter = sdk[Object.keys(sdk).find((key) => key.toLowerCase() === wanted)!] as (
      options: object,
      input: object,
    ) => Promise<unknown>;
    const operation = `Get${condition
      .replace(/-exists$/, "")
      .replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase())}`;
    await waiter({ client, maxWaitTime }, this.#input(sdk, operation, rest).input);
    return { code: 0, out: "", err: "" };
  }

  /** The parameters of a command line; `--outfile` is the CLI's own. */
  #input(sdk: Sdk, operation: string, rest: readonly string[]) {
    const { names, types } = inputOf(sdk, operation);
    const input: Record<string, unknown> = {};
    let outfile: string | undefined;
    for (let at = 0; at < rest.length; ) {
      const flag = rest[at]!.slice(2).replaceAll("-", "");
      const end = rest.findIndex((part, place) => place > at && part.startsWith("--"));
      const values = rest.slice(at + 1, end < 0 ? undefined : end);
      at = end < 0 ? rest.length : end;
      const member = names.findIndex((name) => name.toLowerCase() === flag);
      if (member >= 0) input[names[member]!] = typedValue(types[member], values);
      else if (flag === "outfile") outfile = values[0];
      else if (flag !== "bootstrapmethod") throw new Error(`${operation} has no parameter \`${flag}\``);
    }
    return { input, outfile };
  }
}
