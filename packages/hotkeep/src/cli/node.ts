import { receiveNodeLaunch } from "@hotkeep/clusters/launch";
import { connectFeed, type FeedAddress, type OutsidePlace, parseFeedAddress } from "@hotkeep/control-feed";
import { HotkeepError, type Logger, systemClock, systemRandom } from "@hotkeep/core";
import { startNode } from "@hotkeep/node";
import { createLogger } from "../gateway/logger.js";
import { closeInheritedFiles } from "../node/inherited-files.js";
import { nodeCredential, readOutsidePlace } from "../node/joining.js";
import { nodeTraces } from "../node/node-traces.js";
import { endWithoutGateway } from "../node/without-gateway.js";

const drainMs = 5_000;
const awakeMs = 60_000;

/** How a node is started by somebody else than the gateway. */
export interface JoinFlags {
  readonly join?: string;
  readonly tokenFile?: string;
  readonly credentialFile?: string;
  readonly listen?: string;
  readonly advertise?: string;
  readonly zone?: string;
}

/** Runs the node that the gateway has launched: who it is comes on standard input. */
export async function launchedNode(): Promise<void> {
  closeInheritedFiles();
  const launch = await receiveNodeLaunch(process.stdin);
  try {
    await run({ ...launch, logger: createLogger(launch.nodeId) });
  } finally {
    // An input that is open would keep this process alive, and a node that cannot start must end.
    process.stdin.destroy();
  }
}

/** Runs a node that joins a gateway by itself, on this host or another. */
export async function joiningNode(flags: JoinFlags): Promise<void> {
  if (flags.join === undefined || flags.listen === undefined) {
    throw new HotkeepError("BadArgument", "a node needs --join ADDRESS:PORT and --listen ADDRESS", {
      help: "give the gateway's control feed (`hotkeep up --feed`) and the address at which this node serves",
    });
  }
  const feedAddress = parseFeedAddress(flags.join);
  const outside = readOutsidePlace(flags.listen, flags.advertise);
  const { tokenFile, credentialFile, zone } = flags;
  const logger = createLogger("node");
  // Between two attempts to reach the gateway nothing else keeps the process alive.
  const awake = setInterval(() => {}, awakeMs);
  try {
    const { nodeId, token } = await nodeCredential({ feed: feedAddress, tokenFile, credentialFile, zone, logger });
    await run({ nodeId, feedAddress, token, outside, logger: createLogger(nodeId) });
  } finally {
    clearInterval(awake);
  }
}

interface Run {
  readonly nodeId: string;
  readonly feedAddress: FeedAddress;
  readonly token: string;
  readonly outside?: OutsidePlace;
  readonly logger: Logger;
}

/** Serves until the gateway drains this node, a signal ends it, or it was without the gateway for too long. */
async function run({ nodeId, feedAddress, token, outside, logger }: Run): Promise<void> {
  const shared = { clock: systemClock, random: systemRandom, logger };
  const feed = connectFeed({ ...shared, address: feedAddress, nodeId, token });
  const tracing = nodeTraces(nodeId, logger);
  const stopCaring = { now: (): void => {} };
  const refused = new Promise<never>((_, reject) => {
    stopCaring.now = feed.onRefused(() => {
      reject(
        new HotkeepError("NodeRefused", `the gateway does not know this node as \`${nodeId}\` (any more)`, {
          help: "its place was given to another or its cluster is gone; to join anew, remove the credential file",
        }),
      );
    });
  });
  try {
    const starting = startNode({
      ...shared,
      feed,
      ...(outside !== undefined && { outside }),
      ...(tracing !== undefined && { traces: tracing.traces }),
    });
    const running = await Promise.race([starting, refused]);
    stopCaring.now();
    const stop = (): void => void running.drain(drainMs);
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    endWithoutGateway({ feed, clock: systemClock, logger, running });
    await running.stopped;
  } finally {
    await tracing?.close();
    await feed.close();
  }
}
