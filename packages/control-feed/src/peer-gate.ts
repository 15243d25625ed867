import { BlockList, isIPv4, isIPv6 } from "node:net";
import { HotkeepError } from "@hotkeep/core";

/** Decides at accept who may talk to a node: `NodeConfiguration.ingressCidrs` made quick to ask. */
export class PeerGate {
  readonly #allowed = new BlockList();

  /** @throws HotkeepError `CidrInvalid`: a gate that cannot be understood opens for nobody */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const slash = cidr.lastIndexOf("/");
      const network = cidr.slice(0, slash);
      const prefix = Number(cidr.slice(slash + 1));
      const family = isIPv4(network) ? "ipv4" : "ipv6";
      const bitsMax = family === "ipv4" ? 32 : 128;
      if (slash < 0 || !(isIPv4(network) || isIPv6(network)) || !(Number.isInteger(prefix) && prefix <= bitsMax)) {
        throw new HotkeepError("CidrInvalid", `\`${cidr}\` is not an address block.`);
      }
      this.#allowed.addSubnet(network, prefix, family);
    }
  }

  /** Whether a connection from this address may stay. IPv4 peers of IPv6 sockets count as IPv4 peers. */
  allows(remoteAddress: string | undefined): boolean {
    if (remoteAddress === undefined) return false;
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress)?.[1] ?? remoteAddress;
    if (isIPv4(plain)) return this.#allowed.check(plain, "ipv4");
    return isIPv6(plain) && this.#allowed.check(plain, "ipv6");
  }
}
