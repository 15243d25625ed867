import { isIP } from "node:net";
import type { OutsidePlace } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";

/**
 * Clients get a node's address as bytes, so it must be one, not a name.
 *
 * @param ownPort the port of the cluster, where the node names none
 * @throws HotkeepError `NodePlaceInvalid`
 */
export function checkOutsidePlace(given: OutsidePlace, ownPort: number): OutsidePlace {
  const place = { ...given, port: given.port || ownPort, advertisePort: given.advertisePort || ownPort };
  for (const address of [place.listenAddress, place.advertiseAddress]) {
    if (isIP(address) !== 4) {
      throw new HotkeepError("NodePlaceInvalid", `\`${address}\` is not an IPv4 address.`, {
        help: "Give --listen and --advertise as ADDRESS or ADDRESS:PORT.",
      });
    }
  }
  for (const port of [place.port, place.advertisePort]) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new HotkeepError("NodePlaceInvalid", `\`${port}\` is not a port.`);
    }
  }
  if (place.advertiseAddress === "0.0.0.0") {
    throw new HotkeepError("NodePlaceInvalid", "Clients cannot dial 0.0.0.0.", {
      help: "Give with --advertise the address at which clients reach the node.",
    });
  }
  return place;
}
