import type { FeedClient, NodeRequests } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";

/** What a node asks of the control feed and hears from it. A feed client is one; tests stand in with less. */
export type Gateway = Pick<
  FeedClient,
  "nodeId" | "connected" | "request" | "notify" | "handle" | "on" | "onConnected" | "onDisconnected"
>;

/**
 * Asks the gateway, and once more when the connection broke before the answer: a gateway that restarts, or hangs up on
 * a node, is back in a moment, and everything a node asks for may be asked twice.
 *
 * @throws what `Gateway.request` throws
 */
export async function ask<Name extends keyof NodeRequests>(
  gateway: Pick<Gateway, "request">,
  name: Name,
  request: NodeRequests[Name]["request"],
): Promise<NodeRequests[Name]["response"]> {
  try {
    return await gateway.request(name, request);
  } catch (error) {
    if (!(error instanceof HotkeepError) || error.code !== "FeedDisconnected") throw error;
    return gateway.request(name, request);
  }
}
