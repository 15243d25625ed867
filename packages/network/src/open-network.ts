import { type Clock, HotkeepError, type Logger, type Random } from "@hotkeep/core";
import type { ServiceHandlers } from "@hotkeep/protocols";
import type { StateStore } from "@hotkeep/state";
import { parseIpv4Block } from "./addresses/ipv4.js";
import { NetworkDesk } from "./desk.js";
import { ingressCidrs } from "./gate/ingress.js";
import type { Place } from "./model/records.js";
import { placeOfKey } from "./model/state.js";
import { accountAttributeOperations } from "./operations/account-attributes.js";
import { groupRuleOperations } from "./operations/group-rules.js";
import { groupOperations } from "./operations/groups.js";
import { interfaceOperations } from "./operations/interfaces.js";
import { placeOperations } from "./operations/places.js";
import { ruleChangeOperations } from "./operations/rule-changes.js";
import { subnetOperations } from "./operations/subnets.js";
import { surroundingsOperations } from "./operations/surroundings.js";
import { tagOperations } from "./operations/tags.js";
import { vpcOperations } from "./operations/vpcs.js";
import { knownRegions } from "./provision/regions.js";

/** What the network room works with. */
export interface NetworkOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The block of every account's default VPC, /16 to /20: `127.31.0.0/16` when not given. */
  readonly vpcCidr?: string;
  /** Zone letters of every Region: a, b and c when not given. */
  readonly zones?: readonly string[];
  /** What DescribeRegions lists: AWS's Regions when not given. */
  readonly regions?: readonly string[];
  /**
   * Addresses of this machine, from which clients connect that are no interface of any VPC. They count as members of
   * every VPC's default security group. `127.0.0.1` and `::1` when not given.
   */
  readonly hostAddresses?: readonly string[];
}

/** The EC2 subset. */
export interface Network {
  readonly handlers: ServiceHandlers;
  /**
   * Who may connect to a TCP port of an interface: CIDRs, from its security groups' ingress rules. undefined: no such
   * interface, so nobody.
   */
  ingressCidrs(place: Place, interfaceId: string, port: number): Promise<readonly string[] | undefined>;
  /** Calls `listener` after anything in a place's networks has changed; the answer stops it. */
  onChange(listener: (place: Place) => void): () => void;
}

/** @throws HotkeepError `NetworkConfigurationInvalid` */
export function openNetwork(options: NetworkOptions): Network {
  const vpcCidr = options.vpcCidr ?? "127.31.0.0/16";
  const block = parseIpv4Block(vpcCidr);
  if (block === undefined || block.prefix < 16 || block.prefix > 20) {
    throw new HotkeepError("NetworkConfigurationInvalid", `\`${vpcCidr}\` cannot be the block of default VPCs.`, {
      help: "Give an IPv4 block of /16 to /20, for example 127.31.0.0/16.",
    });
  }
  const zoneLetters = options.zones ?? ["a", "b", "c"];
  if (zoneLetters.length === 0 || zoneLetters.some((letter) => !/^[a-z]$/.test(letter))) {
    throw new HotkeepError("NetworkConfigurationInvalid", "Availability Zones are letters, at least one.");
  }
  const desk = new NetworkDesk({
    store: options.store,
    clock: options.clock,
    random: options.random,
    defaultVpcBlock: block,
    zoneLetters,
    regions: options.regions ?? knownRegions,
  });
  const hostAddresses = options.hostAddresses ?? ["127.0.0.1", "::1"];

  return {
    handlers: {
      service: "ec2",
      operations: [
        ...accountAttributeOperations(desk),
        ...placeOperations(desk),
        ...vpcOperations(desk),
        ...subnetOperations(desk),
        ...groupOperations(desk),
        ...groupRuleOperations(desk),
        ...ruleChangeOperations(desk),
        ...surroundingsOperations(desk),
        ...interfaceOperations(desk),
        ...tagOperations(desk),
      ],
    },
    ingressCidrs: (place, interfaceId, port) =>
      desk.read(place, async (state) => {
        const item = await state.interfaces.find(interfaceId);
        if (item === undefined) return undefined;
        const interfaces = await state.interfaces.all();
        const groups = await state.groupsOfVpc(item.vpcId);
        const membersOf = (groupId: string): readonly string[] => [
          ...interfaces.filter((other) => other.groupIds.includes(groupId)).map((other) => other.address),
          ...(groups.find((group) => group.id === groupId)?.name === "default" ? hostAddresses : []),
        ];
        return ingressCidrs(
          groups.filter((group) => item.groupIds.includes(group.id)),
          membersOf,
          port,
        );
      }),
    onChange: (listener) =>
      options.store.watch((change) => {
        const places = new Map<string, Place>();
        for (const { key } of change.entries) {
          const place = placeOfKey(key);
          if (place !== undefined) places.set(`${place.account}/${place.region}`, place);
        }
        for (const place of places.values()) listener(place);
      }),
  };
}
