import type { NodeConfiguration } from "@hotkeep/control-feed";
import type { NodeOptions } from "./running-node.js";

/** Says to the gateway who this node is. @returns what it is to be @throws the feed's errors */
export function sayHello({ feed, outside }: Pick<NodeOptions, "feed" | "outside">): Promise<NodeConfiguration> {
  return feed.request("hello", { nodeId: feed.nodeId, pid: process.pid, ...(outside !== undefined && { outside }) });
}
