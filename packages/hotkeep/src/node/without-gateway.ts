import type { FeedClient } from "@hotkeep/control-feed";
import type { Clock, Logger, Timer } from "@hotkeep/core";
import type { RunningNode } from "@hotkeep/node";

/** What watching for the gateway takes. */
export interface WithoutGatewayOptions {
  readonly feed: Pick<FeedClient, "connected" | "onConnected" | "onDisconnected" | "onRefused">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly running: Pick<RunningNode, "configuration" | "close">;
}

/**
 * Ends a node that has been without its gateway for `withoutGatewayMs`: nobody could tell it any more whose permissions
 * were taken away. One that the gateway does not know any more ends at once: it has been given up, or its cluster was.
 */
export function endWithoutGateway({ feed, clock, logger, running }: WithoutGatewayOptions): void {
  let timer: Timer | undefined;
  const end = (why: string): void => {
    logger.warn(why);
    void running.close();
  };
  feed.onRefused(() => end("the gateway does not know this node any more: it ends"));
  feed.onDisconnected(() => {
    const { withoutGatewayMs } = running.configuration;
    timer ??= clock.after(withoutGatewayMs, () => end(`no gateway for ${withoutGatewayMs} ms: this node ends`));
  });
  feed.onConnected(() => {
    timer?.cancel();
    timer = undefined;
  });
}
