import { receiveNodeLaunch } from "@hotkeep/clusters/launch";
import { connectFeed } from "@hotkeep/control-feed";
import { systemClock, systemRandom } from "@hotkeep/core";
import { startNode } from "@hotkeep/node";
import { createLogger } from "../gateway/logger.js";
import { closeInheritedFiles } from "../node/inherited-files.js";
import { endWithoutGateway } from "../node/without-gateway.js";

const drainMs = 5_000;

/** Runs one cache node until the gateway drains it, a signal ends it, or it was without the gateway for too long. */
export async function node(): Promise<void> {
  closeInheritedFiles();
  const launch = await receiveNodeLaunch(process.stdin);
  const logger = createLogger(launch.nodeId);
  const shared = { clock: systemClock, random: systemRandom, logger };
  const feed = connectFeed({ ...shared, address: launch.feedAddress, nodeId: launch.nodeId, token: launch.token });
  try {
    const running = await startNode({ ...shared, feed });
    const stop = (): void => void running.drain(drainMs);
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    endWithoutGateway({ feed, clock: systemClock, logger, running });
    await running.stopped;
  } finally {
    await feed.close();
    // An input that is open would keep this process alive, and a node that cannot start must end.
    process.stdin.destroy();
  }
}
