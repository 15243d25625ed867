import type { NamedOperation } from "@hotkeep/protocols";
import { blockCovers, parseIpv4Block } from "../addresses/ipv4.js";
import { applyFilters } from "../describe/filters.js";
import { nextTokenOf, pageOf } from "../describe/page.js";
import { selectByIds } from "../describe/selection.js";
import { ec2Operation, type NetworkDesk, type OutputOf } from "../desk.js";
import { checkId, dependencyViolation, ec2Error, invalidValue, missingParameter } from "../errors.js";
import { networkLimits } from "../limits.js";
import type { Place, Vpc } from "../model/records.js";
import { needsAny, needsOn, needsTagging } from "../permissions.js";
import { newDefaultVpc, newVpc } from "../provision/default-vpc.js";
import { tagSet, tagsAtCreation } from "../tags/tags.js";

type VpcAnswer = NonNullable<OutputOf<"DescribeVpcs">["Vpcs"]>[number];

function vpcAnswer(place: Place, vpc: Vpc): VpcAnswer {
  return {
    VpcId: vpc.id,
    CidrBlock: vpc.cidr,
    CidrBlockAssociationSet: [
      { AssociationId: vpc.cidrAssociationId, CidrBlock: vpc.cidr, CidrBlockState: { State: "associated" } },
    ],
    Ipv6CidrBlockAssociationSet: [],
    State: "available",
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: vpc.tenancy as "default",
    IsDefault: vpc.isDefault,
    OwnerId: place.account,
    Tags: tagSet(vpc.tags),
  };
}

/** VPCs: an address plan, with a default security group each. */
export function vpcOperations(desk: NetworkDesk): readonly NamedOperation[] {
  return [
    ec2Operation("DescribeVpcs", {
      needs: (_input, call) => needsAny(call, "DescribeVpcs"),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          const selected = await selectByIds(state.vpcs, "vpc", input.VpcIds);
          const filtered = applyFilters(
            selected,
            input.Filters,
            {
              "vpc-id": (vpc) => [vpc.id],
              isDefault: (vpc) => [String(vpc.isDefault)],
              "is-default": (vpc) => [String(vpc.isDefault)],
              cidr: (vpc) => [vpc.cidr],
              "cidr-block": (vpc) => [vpc.cidr],
              "cidr-block-association.cidr-block": (vpc) => [vpc.cidr],
              "dhcp-options-id": (vpc) => [vpc.dhcpOptionsId],
              "owner-id": () => [call.account],
              state: () => ["available"],
            },
            (vpc) => vpc.tags,
          );
          const page = pageOf(filtered, (vpc) => vpc.id, input, input.VpcIds);
          return { Vpcs: page.items.map((vpc) => vpcAnswer(call, vpc)), ...nextTokenOf(page) };
        }),
    }),

    ec2Operation("CreateVpc", {
      needs: (input, call) => [
        ...needsOn(call, "CreateVpc", [["vpc", "*"]]),
        ...needsTagging(call, "CreateVpc", "vpc", input.TagSpecifications),
      ],
      handle(input, call) {
        if (input.CidrBlock === undefined) throw missingParameter("cidrBlock");
        const block = parseIpv4Block(input.CidrBlock);
        if (block === undefined) {
          throw invalidValue(
            `Value (${input.CidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
          );
        }
        if (block.prefix < 16 || block.prefix > 28) {
          throw ec2Error("InvalidVpc.Range", `The CIDR '${input.CidrBlock}' is invalid.`);
        }
        const tags = tagsAtCreation("vpc", input.TagSpecifications);
        return desk.write(call, async (state, transaction) => {
          if ((await state.vpcs.all()).length >= networkLimits.vpcsMax) {
            throw ec2Error("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
          }
          const tenancy = input.InstanceTenancy ?? "default";
          const vpc = newVpc(transaction, state, desk.random, { block, isDefault: false, tenancy, tags });
          return { Vpc: { ...vpcAnswer(call, vpc), State: "pending" as const } };
        });
      },
    }),

    ec2Operation("CreateDefaultVpc", {
      needs: (_input, call) => needsOn(call, "CreateDefaultVpc", [["vpc", "*"]]),
      handle: (_input, call) =>
        desk.write(call, async (state, transaction) => {
          if ((await state.defaultVpc()) !== undefined) {
            throw ec2Error("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
          }
          const vpc = newDefaultVpc(transaction, state, desk.random, desk.defaultVpcBlock, desk.zones(call.region));
          return { Vpc: vpcAnswer(call, vpc) };
        }),
    }),

    ec2Operation("DeleteVpc", {
      needs: (input, call) => needsOn(call, "DeleteVpc", [["vpc", input.VpcId]]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          checkId("vpc", input.VpcId);
          const vpc = await state.vpcs.get(input.VpcId);
          const groups = await state.groupsOfVpc(vpc.id);
          const subnets = (await state.subnets.all()).filter((subnet) => subnet.vpcId === vpc.id);
          if (subnets.length > 0 || groups.some((group) => group.name !== "default")) {
            throw dependencyViolation(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
          }
          for (const group of groups) state.groups.delete(transaction, group.id);
          state.vpcs.delete(transaction, vpc.id);
          return {};
        }),
    }),

    ec2Operation("DescribeVpcAttribute", {
      needs: (input, call) => needsOn(call, "DescribeVpcAttribute", [["vpc", input.VpcId]]),
      handle: (input, call) =>
        desk.read(call, async (state) => {
          checkId("vpc", input.VpcId);
          const vpc = await state.vpcs.get(input.VpcId);
          switch (input.Attribute) {
            case "enableDnsSupport":
              return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
            case "enableDnsHostnames":
              return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
            case "enableNetworkAddressUsageMetrics":
              return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: false } };
            default:
              throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
          }
        }),
    }),

    ec2Operation("ModifyVpcAttribute", {
      needs: (input, call) => needsOn(call, "ModifyVpcAttribute", [["vpc", input.VpcId]]),
      handle: (input, call) =>
        desk.write(call, async (state, transaction) => {
          checkId("vpc", input.VpcId);
          const vpc = await state.vpcs.get(input.VpcId);
          if (input.EnableNetworkAddressUsageMetrics?.Value === true) {
            throw ec2Error("UnsupportedOperation", "Network address usage metrics are not supported.");
          }
          state.vpcs.put(transaction, {
            ...vpc,
            dnsSupport: input.EnableDnsSupport?.Value ?? vpc.dnsSupport,
            dnsHostnames: input.EnableDnsHostnames?.Value ?? vpc.dnsHostnames,
          });
          return {};
        }),
    }),
  ];
}

/** Whether a subnet's block may be carved from a VPC's. */
export function fitsVpc(vpc: Vpc, cidr: string): boolean {
  const outer = parseIpv4Block(vpc.cidr);
  const inner = parseIpv4Block(cidr);
  return outer !== undefined && inner !== undefined && blockCovers(outer, inner);
}
