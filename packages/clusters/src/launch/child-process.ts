import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { type FeedAddress, formatFeedAddress, parseFeedAddress } from "@hotkeep/control-feed";
import { type Clock, HotkeepError, type Logger } from "@hotkeep/core";
import { processMark } from "@hotkeep/core/process-mark";
import { adoptProcess } from "./adopted-process.js";
import type { NodeExit, NodeLaunch, NodeLauncher } from "./launcher.js";

/** How child processes are made. */
export interface ChildProcessLauncherOptions {
  /** The script that runs a node when its arguments are `node NODE_ID`. */
  readonly entry: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Environment of the children; the gateway's own when not given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Further arguments for Node.js itself. */
  readonly execArgv?: readonly string[];
}

/** The first line on a child's standard input is no longer than this. */
const launchLineBytesMax = 16 * 1024;

/**
 * Runs each node as a child of this process: `node ENTRY node NODE_ID`. What is secret goes through standard input, as
 * one line of JSON. A child outlives a gateway that is killed: it serves on for a bounded time, and comes back to the
 * next gateway on the same data.
 */
export function childProcessLauncher(options: ChildProcessLauncherOptions): NodeLauncher {
  return {
    launch(launch) {
      const child = spawn(process.execPath, [...(options.execArgv ?? []), options.entry, "node", launch.nodeId], {
        stdio: ["pipe", "inherit", "inherit"],
        env: options.environment ?? process.env,
        // Ctrl-C in a terminal reaches the whole process group: the gateway alone decides when a node drains.
        detached: true,
      });
      const exited = new Promise<NodeExit>((resolve) => {
        child.once("exit", (code, signal) => resolve({ code, signal }));
        child.once("error", (error) => {
          options.logger.error("a node could not be started", { nodeId: launch.nodeId, error: error.message });
          resolve({ code: null, signal: null });
        });
      });
      // A child that ends early closes the pipe; its exit says so better than this error would.
      child.stdin.on("error", () => {});
      const { nodeId, clusterArn, token } = launch;
      const line = { nodeId, clusterArn, token, feedAddress: formatFeedAddress(launch.feedAddress) };
      child.stdin.end(`${JSON.stringify(line)}\n`);
      const { pid } = child;
      const mark = pid === undefined ? undefined : processMark(pid);
      return { pid, ...(mark !== undefined && { mark }), exited, stop: (signal) => void child.kill(signal) };
    },
    adopt: (mark) => adoptProcess(mark, options.clock),
  };
}

/**
 * Reads what {@link childProcessLauncher} wrote; for the child, once, from its standard input.
 *
 * @throws HotkeepError `NodeLaunchInvalid`
 */
export async function receiveNodeLaunch(input: Readable): Promise<NodeLaunch> {
  const line = await new Promise<string>((resolve, reject) => {
    let text = "";
    const fail = (reason: string): void => {
      reject(
        new HotkeepError("NodeLaunchInvalid", `This process was not started as a cache node: ${reason}.`, {
          help: "Nodes are started by the gateway, when a cluster is created. To start one yourself, give --join.",
        }),
      );
    };
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => {
      if (text.includes("\n")) return;
      text += chunk;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
      else if (text.length > launchLineBytesMax) fail("its first line of input is too long");
    });
    input.once("end", () => fail("its input ended before the first line"));
    input.once("error", () => fail("its input ended before the first line"));
    input.once("close", () => fail("its input was closed before the first line"));
  });
  return parseLaunch(line);
}

function parseLaunch(line: string): NodeLaunch {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const { nodeId, clusterArn, token, feedAddress } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if ([nodeId, clusterArn, token, feedAddress].some((part) => typeof part !== "string" || part === "")) {
    throw new HotkeepError(
      "NodeLaunchInvalid",
      "This process was not started as a cache node: its input has no launch.",
      {
        help: "Nodes are started by the gateway, when a cluster is created.",
      },
    );
  }
  const address: FeedAddress = parseFeedAddress(feedAddress as string);
  return { nodeId: nodeId as string, clusterArn: clusterArn as string, token: token as string, feedAddress: address };
}
