import { cidrContains } from "../addresses/cidr.js";
import type { Rule, SecurityGroup } from "../model/records.js";

/** The private addresses of a group's members. */
export type MembersOf = (groupId: string) => Iterable<string>;

/**
 * The peers whom a set of security groups lets in on a TCP port, as CIDRs without repetition. Referenced groups stand
 * for their members' addresses.
 */
export function ingressCidrs(groups: readonly SecurityGroup[], membersOf: MembersOf, port: number): readonly string[] {
  const cidrs = new Set<string>();
  for (const group of groups) {
    for (const rule of group.rules) {
      if (rule.egress || !coversPort(rule, port)) continue;
      if (rule.peer.kind !== "group") {
        cidrs.add(rule.peer.cidr);
        continue;
      }
      for (const address of membersOf(rule.peer.groupId)) {
        cidrs.add(address.includes(":") ? `${address}/128` : `${address}/32`);
      }
    }
  }
  return [...cidrs].sort();
}

/**
 * Whether a peer may open a TCP connection to a port behind these groups. No rule that says so: no. Replies need no
 * rule, and what the groups let out is not asked.
 */
export function ingressAllows(
  groups: readonly SecurityGroup[],
  membersOf: MembersOf,
  peerAddress: string,
  port: number,
): boolean {
  return ingressCidrs(groups, membersOf, port).some((cidr) => cidrContains(cidr, peerAddress));
}

function coversPort(rule: Rule, port: number): boolean {
  if (rule.protocol === "-1") return true;
  return rule.protocol === "tcp" && rule.from !== null && rule.to !== null && rule.from <= port && port <= rule.to;
}
