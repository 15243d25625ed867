import type { NamedOperation } from "@hotkeep/protocols";
import { blocksOverlap, formatIpv4Block, parseIpv4Block, usableCount } from "../addresses/ipv4.js";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { selectByIds } from "../describe/selection.js";
import { ec2Operation, type NetworkDesk, type OutputOf } from "../desk.js";
import { checkId, dependencyViolation, ec2Error, invalidValue, missingParameter } from "../errors.js";
import { networkLimits } from "../limits.js";
import { hexId } from "../model/ids.js";
import type { Interface, Place, Subnet } from "../model/records.js";
import { ec2Arn, needsAny, needsOn, needsTagging } from "../permissions.js";
import { defaultSubnetBlocks, newDefaultSubnet } from "../provision/default-vpc.js";
import type { Zone } from "../provision/zones.js";
import { tagSet, tagsAtCreation } from "../tags/tags.js";
import { fitsVpc } from "./vpcs.js";

type SubnetAnswer = NonNullable<OutputOf<"DescribeSubnets">["Subnets"]>[number];

function subnetAnswer(
  place: Place,
  zones: readonly Zone[],
  interfaces: readonly Interface[],
  subnet: Subnet,
): SubnetAnswer {
  const used = interfaces.filter((item) => item.subnetId === subnet.id).length;
  return {
    SubnetId: subnet.id,
    SubnetArn: ec2Arn(place, "subnet", subnet.id),
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zones.find((zone) => zone.name === subnet.zone)?.id,
    AvailableIpAddressCount: usableCount(parseIpv4Block(subnet.cidr)!) - used,
    DefaultForAz: subnet.defaultForZone,
    MapPublicIpOnLaunch: subnet.mapPublicIp,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    State: "available",
    OwnerId: place.account,
    Tags: tagSet(subnet.tags),
  };
}

/** Subnets: a zone's part of a VPC's addresses. */
export function subnetOperations(desk: NetworkDesk): readonly NamedOperation[] {
  return [
    ec2Operation("DescribeSubnets", {
      needs: (_input, call) => needsAny(call, "DescribeSubnets"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const zones = desk.zones(call.region);
          const zoneId = (name: string): string[] => zones.flatMap((zone) => (zone.name === name ? [zone.id] : []));
          const interfaces = await state.interfaces.all();
          const selected = await selectByIds(state.subnets, "subnet", input.SubnetIds);
          const filtered = applyFilters(
            selected,
            input.Filters,
            {
              "subnet-id": (subnet) => [subnet.id],
              "vpc-id": (subnet) => [subnet.vpcId],
              "availability-zone": (subnet) => [subnet.zone],
              availabilityZone: (subnet) => [subnet.zone],
              "availability-zone-id": (subnet) => zoneId(subnet.zone),
              "default-for-az": (subnet) => [String(subnet.defaultForZone)],
              defaultForAz: (subnet) => [String(subnet.defaultForZone)],
              "map-public-ip-on-launch": (subnet) => [String(subnet.mapPublicIp)],
              cidr: (subnet) => [subnet.cidr],
              "cidr-block": (subnet) => [subnet.cidr],
              cidrBlock: (subnet) => [subnet.cidr],
              "owner-id": () => [call.account],
              "subnet-arn": (subnet) => [ec2Arn(call, "subnet", subnet.id)],
              state: () => ["available"],
            },
            (subnet) => subnet.tags,
          );
          const page = pageOf(filtered, (subnet) => subnet.id, input, input.SubnetIds);
          return {
            Subnets: page.items.map((subnet) => subnetAnswer(call, zones, interfaces, subnet)),
            ...nextTokenOf(page),
          };
        }),
    }),

    ec2Operation("CreateSubnet", {
      needs: (input, call) => [
        ...needsOn(call, "CreateSubnet", [
          ["vpc", input.VpcId],
          ["subnet", "*"],
        ]),
        ...needsTagging(call, "CreateSubnet", "subnet", input.TagSpecifications),
      ],
      handle(input, call) {
        if (input.CidrBlock === undefined) throw missingParameter("cidrBlock");
        const block = parseIpv4Block(input.CidrBlock);
        if (block === undefined) {
          throw invalidValue(
            `Value (${input.CidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
          );
        }
        const zone = chooseZone(desk.zones(call.region), input.AvailabilityZone, input.AvailabilityZoneId);
        const tags = tagsAtCreation("subnet", input.TagSpecifications);
        return desk.write(call, async (state, transaction) => {
          checkId("vpc", input.VpcId);
          const vpc = await state.vpcs.get(input.VpcId);
          const cidr = formatIpv4Block(block);
          if (block.prefix > 28 || !fitsVpc(vpc, cidr)) {
            throw ec2Error("InvalidSubnet.Range", `The CIDR '${input.CidrBlock}' is invalid.`);
          }
          const others = (await state.subnets.all()).filter((subnet) => subnet.vpcId === vpc.id);
          if (others.some((subnet) => blocksOverlap(parseIpv4Block(subnet.cidr)!, block))) {
            throw ec2Error("InvalidSubnet.Conflict", `The CIDR '${input.CidrBlock}' conflicts with another subnet`);
          }
          if (others.length >= networkLimits.subnetsPerVpcMax) {
            throw ec2Error("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
          }
          const subnet: Subnet = {
            id: hexId(desk.random, "subnet-"),
            vpcId: vpc.id,
            cidr,
            zone: zone.name,
            defaultForZone: false,
            mapPublicIp: false,
            tags,
          };
          state.subnets.put(transaction, subnet);
          return { Subnet: subnetAnswer(call, desk.zones(call.region), [], subnet) };
        });
      },
    }),

    ec2Operation("CreateDefaultSubnet", {
      needs: (_input, call) => needsOn(call, "CreateDefaultSubnet", [["subnet", "*"]]),
      handle(input, call) {
        const zone = chooseZone(desk.zones(call.region), input.AvailabilityZone, input.AvailabilityZoneId);
        return desk.write(call, async (state, transaction) => {
          const vpc = await state.defaultVpc();
          if (vpc === undefined) {
            throw ec2Error("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
          }
          const others = (await state.subnets.all()).filter((subnet) => subnet.vpcId === vpc.id);
          if (others.some((subnet) => subnet.defaultForZone && subnet.zone === zone.name)) {
            const message = `A default subnet already exists for this account in this Availability Zone: ${zone.name}`;
            throw ec2Error("DefaultSubnetAlreadyExistsInAvailabilityZone", message);
          }
          const block = defaultSubnetBlocks(parseIpv4Block(vpc.cidr)!).find(
            (one) => !others.some((subnet) => blocksOverlap(parseIpv4Block(subnet.cidr)!, one)),
          );
          if (block === undefined) {
            throw ec2Error("InsufficientCidrBlocks", "There is no free block of the default size in the default VPC.");
          }
          const subnet = newDefaultSubnet(desk.random, vpc.id, block, zone);
          state.subnets.put(transaction, subnet);
          return { Subnet: subnetAnswer(call, desk.zones(call.region), [], subnet) };
        });
      },
    }),

    ec2Operation("DeleteSubnet", {
      needs: (input, call) => needsOn(call, "DeleteSubnet", [["subnet", input.SubnetId]]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          checkId("subnet", input.SubnetId);
          const subnet = await state.subnets.get(input.SubnetId);
          if ((await state.interfaces.all()).some((item) => item.subnetId === subnet.id)) {
            throw dependencyViolation(`The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
          }
          state.subnets.delete(transaction, subnet.id);
          return {};
        }),
    }),

    ec2Operation("ModifySubnetAttribute", {
      needs: (input, call) => needsOn(call, "ModifySubnetAttribute", [["subnet", input.SubnetId]]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          checkId("subnet", input.SubnetId);
          const subnet = await state.subnets.get(input.SubnetId);
          const { MapPublicIpOnLaunch: mapPublicIp, ...others } = input;
          const unsupported = Object.keys(others).find((name) => name !== "SubnetId");
          if (unsupported !== undefined) {
            throw ec2Error("UnsupportedOperation", `The attribute ${unsupported} cannot be changed.`);
          }
          if (mapPublicIp?.Value === undefined) throw missingParameter("mapPublicIpOnLaunch");
          state.subnets.put(transaction, { ...subnet, mapPublicIp: mapPublicIp.Value });
          return {};
        }),
    }),
  ];
}

function chooseZone(zones: readonly Zone[], name: string | undefined, id: string | undefined): Zone {
  const zone = zones.find((one) => (name === undefined || one.name === name) && (id === undefined || one.id === id));
  if (zone === undefined) {
    const names = zones.map((one) => one.name).join(", ");
    throw invalidValue(
      `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${names}.`,
    );
  }
  return zone;
}
