import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { StateTransaction } from "@hotkeep/state";
import {
  blockContains,
  formatIpv4,
  type Ipv4Block,
  parseIpv4,
  parseIpv4Block,
  usableAddresses,
} from "../addresses/ipv4.js";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { selectByIds } from "../describe/selection.js";
import { ec2Operation, type InputOf, type NetworkDesk } from "../desk.js";
import { checkId, ec2Error, invalidValue, missingParameter, notFound, notPermitted } from "../errors.js";
import { networkLimits } from "../limits.js";
import { hexId, macAddress } from "../model/ids.js";
import type { Interface, SecurityGroup, Subnet } from "../model/records.js";
import { addressKey, type NetworkState } from "../model/state.js";
import { needsAny, needsOn, needsTagging, type ResourceType } from "../permissions.js";
import { tagsAtCreation } from "../tags/tags.js";
import { type InterfaceSurroundings, interfaceAnswer, interfaceFilters } from "./interface-answer.js";
import { requesterOf } from "./requester.js";

/** Network interfaces: an address in a subnet, behind security groups. */
export function interfaceOperations(desk: NetworkDesk): readonly NamedOperation[] {
  const surroundings = async (state: NetworkState): Promise<InterfaceSurroundings> => ({
    place: state.place,
    zones: desk.zones(state.place.region),
    groups: await state.groups.all(),
  });
  return [
    ec2Operation("DescribeNetworkInterfaces", {
      needs: (_input, call) => needsAny(call, "DescribeNetworkInterfaces"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const around = await surroundings(state);
          const selected = await selectByIds(state.interfaces, "interface", input.NetworkInterfaceIds);
          const filtered = applyFilters(selected, input.Filters, interfaceFilters(around), (item) => item.tags);
          const page = pageOf(filtered, (item) => item.id, input, input.NetworkInterfaceIds);
          return {
            NetworkInterfaces: page.items.map((item) => interfaceAnswer(around, item)),
            ...nextTokenOf(page),
          };
        }),
    }),

    ec2Operation("CreateNetworkInterface", {
      needs: (input, call) => {
        const groups = (input.Groups ?? []).map((id): [ResourceType, string] => ["security-group", id]);
        return [
          ...needsOn(call, "CreateNetworkInterface", [
            ["network-interface", "*"],
            ["subnet", input.SubnetId],
            ...groups,
          ]),
          ...needsTagging(call, "CreateNetworkInterface", "network-interface", input.TagSpecifications),
        ];
      },
      handle(input, call) {
        refuseUnsupported(input);
        const tags = tagsAtCreation("network-interface", input.TagSpecifications);
        return desk.write(call, async (state, transaction) => {
          checkId("subnet", input.SubnetId);
          const subnet = await state.subnets.get(input.SubnetId);
          const all = await state.interfaces.all();
          const made = all.find((item) => item.clientToken !== null && item.clientToken === input.ClientToken);
          if (made === undefined && all.length >= networkLimits.interfacesMax) {
            throw ec2Error(
              "NetworkInterfaceLimitExceeded",
              "The maximum number of network interfaces has been reached.",
            );
          }
          const item = made ?? {
            ...(await newInterface(desk, state, transaction, subnet, input, call)),
            tags,
          };
          if (made === undefined) state.interfaces.put(transaction, item);
          return {
            NetworkInterface: interfaceAnswer(await surroundings(state), item),
            ...(input.ClientToken !== undefined && { ClientToken: input.ClientToken }),
          };
        });
      },
    }),

    ec2Operation("DeleteNetworkInterface", {
      needs: (input, call) =>
        needsOn(call, "DeleteNetworkInterface", [["network-interface", input.NetworkInterfaceId]]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          const item = await changeable(state, input.NetworkInterfaceId, call);
          if (item.attachment !== null && item.requester === null) {
            throw invalidValue(`Network interface '${item.id}' is currently in use.`);
          }
          state.interfaces.delete(transaction, item.id);
          transaction.delete(addressKey(item.vpcId, item.address));
          return {};
        }),
    }),

    ec2Operation("ModifyNetworkInterfaceAttribute", {
      needs: (input, call) =>
        needsOn(call, "ModifyNetworkInterfaceAttribute", [
          ["network-interface", input.NetworkInterfaceId],
          ...(input.Groups ?? []).map((id): [ResourceType, string] => ["security-group", id]),
        ]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          const item = await changeable(state, input.NetworkInterfaceId, call);
          state.interfaces.put(transaction, { ...item, ...(await changesOf(state, item, input)) });
          return {};
        }),
    }),

    ec2Operation("DescribeNetworkInterfaceAttribute", {
      needs: (input, call) =>
        needsOn(call, "DescribeNetworkInterfaceAttribute", [["network-interface", input.NetworkInterfaceId]]),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          checkId("interface", input.NetworkInterfaceId);
          const item = await state.interfaces.get(input.NetworkInterfaceId);
          const shown = interfaceAnswer(await surroundings(state), item);
          const id = { NetworkInterfaceId: item.id };
          switch (input.Attribute) {
            case "description":
              return { ...id, Description: { Value: item.description } };
            case "groupSet":
              return { ...id, Groups: shown.Groups };
            case "sourceDestCheck":
              return { ...id, SourceDestCheck: { Value: item.sourceDestCheck } };
            case "attachment":
              return { ...id, Attachment: shown.Attachment };
            case undefined:
              throw missingParameter("attribute");
            default:
              throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
          }
        }),
    }),
  ];
}

/** What belongs to a service is changed by nobody but that service. */
async function changeable(state: NetworkState, id: string, call: CallContext): Promise<Interface> {
  checkId("interface", id);
  const item = await state.interfaces.get(id);
  if (item.requester !== null && requesterOf(call.principal)?.service !== item.requester.service) throw notPermitted();
  return item;
}

type CreateInput = InputOf<"CreateNetworkInterface">;

async function newInterface(
  desk: NetworkDesk,
  state: NetworkState,
  transaction: StateTransaction,
  subnet: Subnet,
  input: CreateInput,
  call: CallContext,
): Promise<Interface> {
  const groups = await groupsFor(state, subnet.vpcId, input.Groups);
  const id = hexId(desk.random, "eni-");
  const address = await takeAddress(transaction, subnet, input.PrivateIpAddress, id);
  const requester = requesterOf(call.principal) ?? null;
  return {
    id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    address,
    mac: macAddress(desk.random),
    description: input.Description ?? "",
    groupIds: groups.map((group) => group.id),
    sourceDestCheck: true,
    requester,
    // A service attaches what it makes to its own machines in the same step.
    attachment: requester === null ? null : { id: hexId(desk.random, "eni-attach-"), at: desk.clock.now() },
    clientToken: input.ClientToken ?? null,
    tags: {},
  };
}

async function groupsFor(
  state: NetworkState,
  vpcId: string,
  ids: readonly string[] | undefined,
): Promise<readonly SecurityGroup[]> {
  const inVpc = await state.groupsOfVpc(vpcId);
  if (ids === undefined || ids.length === 0) return inVpc.filter((group) => group.name === "default");
  if (ids.length > networkLimits.groupsPerInterfaceMax) {
    throw ec2Error(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  }
  return [...new Set(ids)].map((id) => {
    checkId("group", id);
    const group = inVpc.find((one) => one.id === id);
    if (group === undefined) throw notFound("group", id);
    return group;
  });
}

/** Takes the wanted address, or the first free one of the subnet, for an interface. */
async function takeAddress(
  transaction: StateTransaction,
  subnet: Subnet,
  wanted: string | undefined,
  interfaceId: string,
): Promise<string> {
  const block = parseIpv4Block(subnet.cidr)!;
  const candidates = wanted === undefined ? usableAddresses(block) : [wantedAddress(block, wanted)];
  for (const candidate of candidates) {
    const address = formatIpv4(candidate);
    const key = addressKey(subnet.vpcId, address);
    if ((await transaction.get(key)) !== undefined) continue;
    transaction.put(key, interfaceId);
    return address;
  }
  if (wanted !== undefined) throw ec2Error("InvalidIPAddress.InUse", `Address ${wanted} is in use.`);
  throw ec2Error("InsufficientFreeAddressesInSubnet", "insufficient free addresses to allocate 1 addresses");
}

function wantedAddress(block: Ipv4Block, text: string): number {
  const address = parseIpv4(text);
  if (address === undefined) throw invalidValue(`invalid value for parameter address: ${text}`);
  if (!blockContains(block, address)) {
    throw invalidValue(`Address ${text} does not fall within the subnet's address range`);
  }
  const reserved = address < block.base + 4 || address === block.base + 2 ** (32 - block.prefix) - 1;
  if (reserved) throw invalidValue(`Address ${text} is in subnet's reserved address range`);
  return address;
}

/** Parameters that change what an interface is, and that are not honoured here. */
function refuseUnsupported(input: CreateInput): void {
  const given = (value: unknown): boolean =>
    value !== undefined && value !== 0 && value !== false && !(Array.isArray(value) && value.length === 0);
  const unsupported = (
    [
      "PrivateIpAddresses",
      "SecondaryPrivateIpAddressCount",
      "Ipv6Addresses",
      "Ipv6AddressCount",
      "Ipv4Prefixes",
      "Ipv4PrefixCount",
      "Ipv6Prefixes",
      "Ipv6PrefixCount",
      "InterfaceType",
      "EnablePrimaryIpv6",
      "Operator",
      "ConnectionTrackingSpecification",
    ] as const
  ).find((name) => given(input[name]));
  if (unsupported !== undefined) {
    throw ec2Error("UnsupportedOperation", `The parameter ${unsupported} is not supported.`);
  }
}

async function changesOf(
  state: NetworkState,
  item: Interface,
  input: InputOf<"ModifyNetworkInterfaceAttribute">,
): Promise<Partial<Interface>> {
  const { NetworkInterfaceId: _id, DryRun: _dryRun, Groups: groups, ...others } = input;
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  const count = given.length + (groups !== undefined && groups.length > 0 ? 1 : 0);
  if (count === 0) throw missingParameter("attribute");
  if (count > 1) {
    throw ec2Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  }
  if (groups !== undefined && groups.length > 0) {
    return { groupIds: (await groupsFor(state, item.vpcId, groups)).map((group) => group.id) };
  }
  if (input.Description !== undefined) return { description: input.Description.Value ?? "" };
  if (input.SourceDestCheck?.Value !== undefined) return { sourceDestCheck: input.SourceDestCheck.Value };
  throw ec2Error("UnsupportedOperation", `The attribute ${given[0]![0]} cannot be changed.`);
}
