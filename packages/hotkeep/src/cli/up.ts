import { once } from "node:events";
import { type ConfigurationInput, readConfiguration } from "../configuration.js";
import { startGateway } from "../gateway/gateway.js";
import { welcome } from "./welcome.js";

/** Long enough for a write that is under way, short enough for a person who waits. */
const drainMs = 5_000;

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
