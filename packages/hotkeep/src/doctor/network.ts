import { createServer } from "node:net";
import type { Configuration } from "../configuration.js";
import { dataDirectoryAt } from "../gateway/data-directory.js";
import { readRunningFile } from "../gateway/running-file.js";
import type { Finding } from "./finding.js";

/** Listens for a moment. The answer: undefined when that works, else the error's code. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

/** Whether the addresses of the default VPC, which are of the loopback range, can be listened on. */
export async function checkLoopbackRange(configuration: Configuration): Promise<Finding> {
  const { vpcCidr, advertiseLoopback } = configuration;
  const subject = "node addresses";
  if (advertiseLoopback) return { subject, state: "good", text: "all nodes on 127.0.0.1, each with a port of its own" };
  const address = vpcCidr.replace(".0.0/16", ".0.4");
  const code = await tryToListen(address, 0);
  if (code === undefined) return { subject, state: "good", text: `${vpcCidr} can be listened on` };
  return {
    subject,
    state: "bad",
    text: `${address} cannot be listened on: ${code}`,
    help: "start with `--advertise`: all nodes on 127.0.0.1, each with a port of its own",
  };
}

/** Whether the port of the AWS APIs is free, or taken by the gateway of this data directory. */
export async function checkPort(configuration: Configuration): Promise<Finding> {
  const { host, port, dataDirectory } = configuration;
  const subject = "port";
  if (port === 0) return { subject, state: "good", text: "any free one" };
  const code = await tryToListen(host, port);
  if (code === undefined) return { subject, state: "good", text: `${host}:${port} is free` };
  const endpoint = readRunningFile(dataDirectoryAt(dataDirectory).running)?.endpoint;
  if (code === "EADDRINUSE" && endpoint !== undefined && new URL(endpoint).port === String(port)) {
    return { subject, state: "good", text: `${host}:${port} is held by the gateway that runs on this data directory` };
  }
  return {
    subject,
    state: "bad",
    text: `${host}:${port} cannot be listened on: ${code}`,
    help: "give another with `--port`, or 0 for any free one; `--host` sets the address",
  };
}
