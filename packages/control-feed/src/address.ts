import { HotkeepError } from "@hotkeep/core";

/** Where a gateway's feed listens. */
export interface FeedAddress {
  readonly host: string;
  readonly port: number;
}

/** Writes an address as `127.0.0.1:7000` or `[::1]:7000`, the form a node's command line takes. */
export function formatFeedAddress(address: FeedAddress): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * Reads what {@link formatFeedAddress} writes.
 *
 * @throws HotkeepError `FeedAddressInvalid`
 */
export function parseFeedAddress(text: string): FeedAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65535) {
    throw new HotkeepError("FeedAddressInvalid", `\`${text}\` is not a feed address.`, {
      help: "Write it as HOST:PORT, for example 127.0.0.1:7000 or [::1]:7000.",
    });
  }
  return { host: (match[1] ?? match[2])!, port };
}
