import type { NodeConfiguration } from "@hotkeep/control-feed";
import { defaultLimits } from "./limits.js";
import { CacheNode } from "./running/cache-node.js";
import type { NodeOptions, RunningNode } from "./running/running-node.js";
import { sayHello } from "./running/say-hello.js";
import { type NodeTls, openNodeTls } from "./tls/node-tls.js";

/**
 * Starts a cache node: asks the gateway what it is to be, listens for DAX clients, reports that it does.
 *
 * @throws HotkeepError `ListenFailed`, or the feed's when the gateway does not answer
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const configuration = await sayHello(options);
  const node = new CacheNode(options, configuration, await tlsOf(options, configuration));
  await node.listen();
  return node;
}

async function tlsOf(options: NodeOptions, configuration: NodeConfiguration): Promise<NodeTls | undefined> {
  if (configuration.tls === undefined || options.transport !== undefined) return undefined;
  const { feed, clock, logger } = options;
  return openNodeTls({ gateway: feed, clock, logger, limits: { ...defaultLimits, ...options.limits } });
}
