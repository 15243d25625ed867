import { once } from "node:events";
import { resolve } from "node:path";
import { type ConfigurationInput, readConfiguration } from "../configuration.js";
import { startGateway } from "../gateway/gateway.js";
import type { Running } from "../gateway/running-file.js";
import { styled } from "./terminal.js";

/** Long enough for a write that is under way, short enough for a person who waits. */
const drainMs = 5_000;

function welcome(
  running: Running & { readonly dataDirectory: string; readonly world: boolean },
  tookMs: number,
): string {
  const line = (name: string, value: string) => `  ${name.padEnd(13)}${value}`;
  const clusters = running.clusters.map(({ name, endpoint }) => line(name, endpoint));
  const elsewhere = running.dataDirectory === resolve(".hotkeep") ? "" : ` --data ${running.dataDirectory}`;
  const env = `eval "$(npx hotkeep env${elsewhere})"`;
  const commands = running.world
    ? [
        env,
        "node examples/hit-and-denial.mjs",
        'aws dynamodb get-item --profile alice --table-name Books --key \'{"Author":{"S":"Bram Stoker"},"Title":{"S":"Dracula"}}\'',
      ]
    : [env, "aws sts get-caller-identity", "aws iam create-user --user-name Alice"];
  return [
    `${styled("green", "✓")} ${styled("bold", "Hotkeep is ready")} ${styled("dim", `in ${Math.round(tookMs)} ms`)}`,
    "",
    line("AWS APIs", running.endpoint),
    ...(isTls(running) ? [line("trust", `${running.dataDirectory}/ca.pem, which \`hotkeep ca\` prints`)] : []),
    line("console", `${running.endpoint}/console/`),
    ...clusters,
    ...(running.tableEndpoint === undefined ? [] : [line("tables", running.tableEndpoint)]),
    line("account", `${running.account}, ${running.region}`),
    line("credentials", `${running.dataDirectory}/credentials`),
    "",
    "Try, in another terminal in this folder:",
    ...commands.map((command) => `  ${command}`),
    "",
    styled("dim", "Ctrl-C stops the gateway and every node."),
    "",
  ].join("\n");
}

function isTls({ endpoint, clusters }: Running): boolean {
  return [endpoint, ...clusters.map((cluster) => cluster.endpoint)].some((url) => /^(https|daxs):/.test(url));
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

/** Runs a gateway until a signal ends it. */
export async function up(flags: ConfigurationInput & { readonly output: string }): Promise<void> {
  const configuration = readConfiguration(flags, process.env);
  // Everything below the data directory is its owner's only, also where the directory itself is open to others.
  process.umask(0o077);
  if (!isLoopback(configuration.host) && !configuration.https) {
    const why = "calls are signed, but not encrypted; `--https` encrypts them";
    process.stderr.write(`! listening on ${configuration.host}: ${why}\n`);
  }
  const { stdin, stdout } = process;
  // A closed terminal is no reason to leave nodes behind; without one, as under nohup, it is not for us.
  const hangUp = stdin.isTTY === true || stdout.isTTY === true ? ["SIGHUP"] : [];
  const signal = Promise.race(["SIGINT", "SIGTERM", ...hangUp].map((name) => once(process, name)));
  const gateway = await startGateway(configuration);
  const running = gateway.running();
  if (flags.output === "json") process.stdout.write(`${JSON.stringify(running)}\n`);
  else {
    const { dataDirectory } = configuration;
    process.stdout.write(welcome({ ...running, dataDirectory, world: gateway.world }, performance.now()));
  }
  await signal;
  if (flags.output !== "json") process.stdout.write("\ndraining …\n");
  await gateway.close(drainMs);
}
