import { type FeedServer, type FeedServerOptions, startFeedServer } from "@hotkeep/control-feed";
import type { StateStore } from "@hotkeep/state";

const lastPortPath = "clusters/feed-port";

/**
 * Opens the control feed. Without a given port it is the last run's, so that nodes which outlived that run find the feed
 * where it was; when somebody else has taken it meanwhile, any free one.
 *
 * @throws HotkeepError `FeedListenFailed`
 */
export async function openFeed(store: StateStore, options: FeedServerOptions): Promise<FeedServer> {
  const last = (await store.get(lastPortPath))?.value;
  const feed =
    options.port === 0 && typeof last === "number"
      ? await startFeedServer({ ...options, port: last }).catch(() => startFeedServer(options))
      : await startFeedServer(options);
  if (feed.port !== last) await store.transact(async (transaction) => transaction.put(lastPortPath, feed.port));
  return feed;
}

/**
 * The gateway's own URL for a node that reached it at `gatewayAddress`, or is on its machine, where the URL only says
 * "everywhere".
 */
export function reachableUrl(url: string, gatewayAddress = "127.0.0.1"): string {
  if (!/^https?:\/\/(0\.0\.0\.0|\[::\])(:|$)/.test(url)) return url;
  const plain = gatewayAddress.startsWith("::ffff:") ? gatewayAddress.slice("::ffff:".length) : gatewayAddress;
  return url.replace(/0\.0\.0\.0|\[::\]/, plain.includes(":") ? `[${plain}]` : plain);
}
