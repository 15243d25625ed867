import { AwsError } from "@hotkeep/core";
import { fault, invalidValue, reasonOf } from "../errors.js";
import { daxQuotas } from "../limits.js";
import type { SubnetGroupRecord } from "../model/records.js";
import type { SubnetChoice } from "../placement/place-nodes.js";
import type { Ec2 } from "./ec2-calls.js";

/** The subnet group `default`, from the default VPC's subnets (observed name and description). */
export async function describeDefaultSubnetGroup(ec2: Ec2): Promise<SubnetGroupRecord> {
  const { Vpcs: vpcs = [] } = await ec2("DescribeVpcs", { Filters: [{ Name: "is-default", Values: ["true"] }] });
  const vpcId = vpcs[0]?.VpcId;
  if (vpcId === undefined) {
    throw fault("InvalidVPCNetworkStateFault", "There is no default VPC; name a subnet group.");
  }
  const { Subnets: subnets = [] } = await ec2("DescribeSubnets", {
    Filters: [
      { Name: "vpc-id", Values: [vpcId] },
      { Name: "default-for-az", Values: ["true"] },
    ],
  });
  if (subnets.length === 0) {
    throw fault("InvalidVPCNetworkStateFault", "The default VPC has no default subnets; name a subnet group.");
  }
  return {
    name: "default",
    description: "Default CacheSubnetGroup",
    vpcId,
    subnets: inOrder(subnets.map((subnet) => ({ id: subnet.SubnetId!, zone: subnet.AvailabilityZone! }))),
  };
}

/** The subnets of a group to be made. @throws AwsError `InvalidSubnet`, `SubnetQuotaExceededFault` */
export async function describeGroupSubnets(
  ec2: Ec2,
  subnetIds: readonly string[],
): Promise<Pick<SubnetGroupRecord, "vpcId" | "subnets">> {
  const ids = [...new Set(subnetIds)];
  if (ids.length === 0) throw fault("InvalidSubnet", "A subnet group needs at least one subnet.");
  if (ids.length > daxQuotas.subnetsPerGroupMax) {
    throw fault("SubnetQuotaExceededFault", `A subnet group has at most ${daxQuotas.subnetsPerGroupMax} subnets.`);
  }
  const { Subnets: subnets = [] } = await refusedAs("InvalidSubnet", () => ec2("DescribeSubnets", { SubnetIds: ids }));
  const vpcIds = new Set(subnets.map((subnet) => subnet.VpcId!));
  if (vpcIds.size > 1) throw fault("InvalidSubnet", "All subnets of a group must be in one VPC.");
  return {
    vpcId: [...vpcIds][0]!,
    subnets: inOrder(subnets.map((subnet) => ({ id: subnet.SubnetId!, zone: subnet.AvailabilityZone! }))),
  };
}

/** A group's subnets as they are now. @throws AwsError `InvalidVPCNetworkStateFault` when one is gone */
export async function describeChoices(ec2: Ec2, group: SubnetGroupRecord): Promise<readonly SubnetChoice[]> {
  const ids = group.subnets.map((subnet) => subnet.id);
  const { Subnets: subnets = [] } = await refusedAs("InvalidVPCNetworkStateFault", () =>
    ec2("DescribeSubnets", { SubnetIds: ids }),
  );
  return subnets.map((subnet) => ({
    id: subnet.SubnetId!,
    zone: subnet.AvailabilityZone!,
    free: subnet.AvailableIpAddressCount ?? 0,
  }));
}

/** Zones that exist. @throws AwsError `InvalidParameterValueException` */
export async function checkZones(ec2: Ec2, zones: readonly string[] | undefined): Promise<void> {
  if (zones === undefined || zones.length === 0) return;
  await refusedAs("InvalidParameterValueException", () =>
    ec2("DescribeAvailabilityZones", { ZoneNames: [...new Set(zones)] }),
  );
}

/**
 * The security groups a cluster is to have: those named, or the VPC's default group.
 *
 * @throws AwsError `InvalidParameterValueException`, `InvalidVPCNetworkStateFault`
 */
export async function describeSecurityGroups(
  ec2: Ec2,
  vpcId: string,
  groupIds: readonly string[] | undefined,
): Promise<readonly string[]> {
  if (groupIds === undefined || groupIds.length === 0) {
    const { SecurityGroups: groups = [] } = await ec2("DescribeSecurityGroups", {
      Filters: [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "group-name", Values: ["default"] },
      ],
    });
    return groups.map((group) => group.GroupId!);
  }
  const ids = [...new Set(groupIds)];
  if (ids.length > daxQuotas.securityGroupsPerClusterMax) {
    throw invalidValue(`A cluster has at most ${daxQuotas.securityGroupsPerClusterMax} security groups.`);
  }
  const { SecurityGroups: groups = [] } = await refusedAs("InvalidParameterValueException", () =>
    ec2("DescribeSecurityGroups", { GroupIds: ids }),
  );
  const stranger = groups.find((group) => group.VpcId !== vpcId);
  if (stranger !== undefined) {
    throw fault(
      "InvalidVPCNetworkStateFault",
      `The security group ${stranger.GroupId} is not in the subnet group's VPC ${vpcId}.`,
    );
  }
  return ids;
}

/** EC2's refusal of an id, in the words of DAX; what the role may not do stays visible in the message. */
async function refusedAs<T>(code: Parameters<typeof fault>[0], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsError && error.fault === "client") throw fault(code, reasonOf(error), error);
    throw error;
  }
}

function inOrder(subnets: readonly { readonly id: string; readonly zone: string }[]) {
  return subnets.toSorted((a, b) => (a.zone + a.id < b.zone + b.id ? -1 : 1));
}
