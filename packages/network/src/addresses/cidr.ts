import { BlockList, isIPv6 } from "node:net";
import { blockContains, formatIpv4Block, parseIpv4, parseIpv4Block } from "./ipv4.js";

/** A CIDR of either family in the form in which rules keep it; undefined when it is none. */
export function canonicalCidr(text: string): { readonly family: 4 | 6; readonly cidr: string } | undefined {
  const block = parseIpv4Block(text);
  if (block !== undefined) return { family: 4, cidr: formatIpv4Block(block) };
  const match = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text);
  if (match === null || !isIPv6(match[1]!) || Number(match[2]) > 128) return undefined;
  return { family: 6, cidr: text.toLowerCase() };
}

/** A peer's address without the form that IPv6 sockets give to IPv4 peers (`::ffff:127.0.0.1`). */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped === null ? address : mapped[1]!;
}

/** Whether `address` (either family) lies in `cidr`. What cannot be read matches nothing. */
export function cidrContains(cidr: string, address: string): boolean {
  const plain = plainAddress(address);
  const number = parseIpv4(plain);
  const block = parseIpv4Block(cidr);
  if (number !== undefined) return block !== undefined && blockContains(block, number);
  if (block !== undefined || !isIPv6(plain)) return false;
  const slash = cidr.lastIndexOf("/");
  const network = cidr.slice(0, slash);
  if (slash < 0 || !isIPv6(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(cidr.slice(slash + 1)), "ipv6");
  return list.check(plain, "ipv6");
}
