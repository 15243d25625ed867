import { once } from "node:events";
import { type ConfigurationInput, readConfiguration } from "../configuration.js";
import { startGateway } from "../gateway/gateway.js";
import type { Ready } from "../gateway/running-file.js";
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
  const signals = ["SIGINT", "SIGTERM", ...hangUp] as const;
  // A supervisor may say it twice, to the gateway and to whoever started it; a second Ctrl-C is a person who will not wait.
  const ignore = (): void => {};
  process.on("SIGTERM", ignore);
  const interrupted = new AbortController();
  const signal = Promise.race(signals.map((name) => once(process, name).then(() => name)));
  let isReady = false;
  void signal.then((name) => {
    if (isReady) return;
    process.stderr.write("\nstopping before everything is ready …\n");
    interrupted.abort(name);
  });
  const gateway = await startGateway(configuration, interrupted.signal).catch((error: unknown) => {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  });
  if (gateway === undefined || interrupted.signal.aborted) {
    await gateway?.close(drainMs);
    // Everything is closed; what is left to do is what the signal does to a process that does not listen for it.
    process.off("SIGTERM", ignore);
    process.kill(process.pid, await signal);
    return;
  }
  isReady = true;
  const { untold } = gateway.webhookSecrets;
  const running: Ready = { ...gateway.running(), ...(untold.length > 0 && { webhookSecrets: untold }) };
  if (flags.output === "json") process.stdout.write(`${JSON.stringify(running)}\n`);
  else {
    const { dataDirectory } = configuration;
    process.stdout.write(welcome({ ...running, dataDirectory, world: gateway.world }, performance.now()));
  }
  if (untold.length > 0) await gateway.webhookSecrets.told();
  await signal;
  if (flags.output !== "json") process.stdout.write("\ndraining …\n");
  await gateway.close(drainMs);
}
