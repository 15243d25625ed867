import type { Random } from "@hotkeep/core";
import type { StateTransaction } from "@hotkeep/state";
import { blockSize, formatIpv4Block, type Ipv4Block } from "../addresses/ipv4.js";
import { hexId } from "../model/ids.js";
import type { Rule, SecurityGroup, Subnet, Tags, Vpc } from "../model/records.js";
import type { NetworkState } from "../model/state.js";
import type { Zone } from "./zones.js";

const DEFAULT_SUBNET_PREFIX = 20;

/** What every VPC starts with besides itself. */
export function newVpc(
  transaction: StateTransaction,
  state: NetworkState,
  random: Random,
  values: { readonly block: Ipv4Block; readonly isDefault: boolean; readonly tenancy: string; readonly tags: Tags },
): Vpc {
  const vpc: Vpc = {
    id: hexId(random, "vpc-"),
    cidr: formatIpv4Block(values.block),
    isDefault: values.isDefault,
    tenancy: values.tenancy,
    dhcpOptionsId: hexId(random, "dopt-"),
    cidrAssociationId: hexId(random, "vpc-cidr-assoc-"),
    dnsSupport: true,
    dnsHostnames: values.isDefault,
    tags: values.tags,
  };
  state.vpcs.put(transaction, vpc);
  state.groups.put(transaction, defaultGroup(random, state.place.account, vpc.id));
  return vpc;
}

/** The default VPC with one /20 subnet a zone, as a fresh account has it (documented). */
export function newDefaultVpc(
  transaction: StateTransaction,
  state: NetworkState,
  random: Random,
  block: Ipv4Block,
  zones: readonly Zone[],
): Vpc {
  const vpc = newVpc(transaction, state, random, { block, isDefault: true, tenancy: "default", tags: {} });
  const blocks = defaultSubnetBlocks(block);
  zones.forEach((zone, index) => {
    const part = blocks[index];
    if (part !== undefined) state.subnets.put(transaction, newDefaultSubnet(random, vpc.id, part, zone));
  });
  return vpc;
}

/** The blocks of a default VPC that its default subnets may have, lowest first. */
export function defaultSubnetBlocks(block: Ipv4Block): readonly Ipv4Block[] {
  const prefix = Math.max(DEFAULT_SUBNET_PREFIX, block.prefix);
  const count = 2 ** (prefix - block.prefix);
  const size = blockSize({ base: 0, prefix });
  return Array.from({ length: count }, (_, index) => ({ base: block.base + index * size, prefix }));
}

export function newDefaultSubnet(random: Random, vpcId: string, block: Ipv4Block, zone: Zone): Subnet {
  return {
    id: hexId(random, "subnet-"),
    vpcId,
    cidr: formatIpv4Block(block),
    zone: zone.name,
    defaultForZone: true,
    mapPublicIp: true,
    tags: {},
  };
}

/** Rule of a new group: everything may go out. */
export function allEgress(random: Random): Rule {
  return {
    id: hexId(random, "sgr-"),
    egress: true,
    protocol: "-1",
    from: null,
    to: null,
    peer: { kind: "cidr4", cidr: "0.0.0.0/0" },
    description: null,
    tags: {},
  };
}

/** Members of the default group may talk to each other, nobody else to them (documented). */
function defaultGroup(random: Random, account: string, vpcId: string): SecurityGroup {
  const id = hexId(random, "sg-");
  const fromItself: Rule = {
    ...allEgress(random),
    id: hexId(random, "sgr-"),
    egress: false,
    peer: { kind: "group", groupId: id, account },
  };
  const rules = [fromItself, allEgress(random)];
  return { id, name: "default", description: "default VPC security group", vpcId, rules, tags: {} };
}
