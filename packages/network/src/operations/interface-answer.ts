import type { FilterFields } from "../describe/filters.js";
import type { OutputOf } from "../desk.js";
import type { Interface, Place, SecurityGroup } from "../model/records.js";
import type { Zone } from "../provision/zones.js";
import { tagSet } from "../tags/tags.js";

type InterfaceAnswer = NonNullable<OutputOf<"DescribeNetworkInterfaces">["NetworkInterfaces"]>[number];

/** What an interface's answer takes from elsewhere. */
export interface InterfaceSurroundings {
  readonly place: Place;
  readonly zones: readonly Zone[];
  readonly groups: readonly SecurityGroup[];
}

/** The account that a service's attachment is shown to belong to. */
const SERVICE_OWNER = "amazon-aws";

export function privateDnsName(region: string, address: string): string {
  const suffix = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${address.replaceAll(".", "-")}.${suffix}`;
}

/** An interface as EC2 answers it. */
export function interfaceAnswer(around: InterfaceSurroundings, item: Interface): InterfaceAnswer {
  const { place, zones, groups } = around;
  const dnsName = privateDnsName(place.region, item.address);
  return {
    NetworkInterfaceId: item.id,
    SubnetId: item.subnetId,
    VpcId: item.vpcId,
    AvailabilityZone: item.zone,
    AvailabilityZoneId: zones.find((zone) => zone.name === item.zone)?.id,
    Description: item.description,
    OwnerId: place.account,
    RequesterId: item.requester?.id,
    RequesterManaged: item.requester !== null,
    Status: statusOf(item),
    MacAddress: item.mac,
    PrivateIpAddress: item.address,
    PrivateDnsName: dnsName,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: item.address, PrivateDnsName: dnsName }],
    Ipv6Addresses: [],
    SourceDestCheck: item.sourceDestCheck,
    Groups: item.groupIds.map((id) => ({
      GroupId: id,
      GroupName: groups.find((group) => group.id === id)?.name,
    })),
    ...(item.attachment !== null && {
      Attachment: {
        AttachmentId: item.attachment.id,
        DeviceIndex: 0,
        Status: "attached" as const,
        AttachTime: new Date(item.attachment.at),
        DeleteOnTermination: false,
        InstanceOwnerId: SERVICE_OWNER,
      },
    }),
    InterfaceType: "interface",
    TagSet: tagSet(item.tags),
  };
}

function statusOf(item: Interface): "in-use" | "available" {
  return item.attachment === null ? "available" : "in-use";
}

/** The filters of DescribeNetworkInterfaces. */
export function interfaceFilters(around: InterfaceSurroundings): FilterFields<Interface> {
  const attachment = (item: Interface, value: string): string[] => (item.attachment === null ? [] : [value]);
  return {
    "network-interface-id": (item) => [item.id],
    "subnet-id": (item) => [item.subnetId],
    "vpc-id": (item) => [item.vpcId],
    "group-id": (item) => item.groupIds,
    "group-name": (item) =>
      around.groups.filter((group) => item.groupIds.includes(group.id)).map((group) => group.name),
    description: (item) => [item.description],
    status: (item) => [statusOf(item)],
    "availability-zone": (item) => [item.zone],
    "private-ip-address": (item) => [item.address],
    "addresses.private-ip-address": (item) => [item.address],
    "addresses.primary": () => ["true"],
    "private-dns-name": (item) => [privateDnsName(around.place.region, item.address)],
    "mac-address": (item) => [item.mac],
    "owner-id": () => [around.place.account],
    "requester-id": (item) => (item.requester === null ? [] : [item.requester.id]),
    "requester-managed": (item) => [String(item.requester !== null)],
    "source-dest-check": (item) => [String(item.sourceDestCheck)],
    "interface-type": () => ["interface"],
    "attachment.attachment-id": (item) => attachment(item, item.attachment?.id ?? ""),
    "attachment.status": (item) => attachment(item, "attached"),
    "attachment.device-index": (item) => attachment(item, "0"),
    "attachment.delete-on-termination": (item) => attachment(item, "false"),
    "attachment.instance-owner-id": (item) => attachment(item, SERVICE_OWNER),
    "attachment.instance-id": () => [],
  };
}
