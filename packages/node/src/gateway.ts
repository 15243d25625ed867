import type { FeedClient } from "@hotkeep/control-feed";

/** What a node asks of the control feed and hears from it. A feed client is one; tests stand in with less. */
export type Gateway = Pick<
  FeedClient,
  "nodeId" | "connected" | "request" | "notify" | "on" | "onConnected" | "onDisconnected"
>;
