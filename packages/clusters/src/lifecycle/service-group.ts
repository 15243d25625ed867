import { AwsError } from "@hotkeep/core";
import type { Ec2 } from "../ec2/ec2-calls.js";
import type { ClusterRecord } from "../model/records.js";

/**
 * Every cluster has a security group of its own on its nodes' interfaces, so that traffic between nodes does not hang
 * on the customer's rules (ours: what AWS's role uses these permissions for is not documented).
 */
export function serviceGroupName(record: ClusterRecord): string {
  return `dax-${record.name}-${record.suffix}`;
}

/** The group's id; made, with its rule, as far as it is not there. */
export async function ensureServiceGroup(ec2: Ec2, record: ClusterRecord): Promise<string> {
  const GroupId = (await findServiceGroup(ec2, record)) ?? (await createServiceGroup(ec2, record));
  try {
    await ec2("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: fromItself(GroupId) });
  } catch (error) {
    // An earlier attempt came this far.
    if (!isCode(error, "InvalidPermission.Duplicate")) throw error;
  }
  return GroupId;
}

/** Takes the group's rule and the group away, as far as they are there. */
export async function deleteServiceGroup(ec2: Ec2, record: ClusterRecord): Promise<void> {
  const GroupId = await findServiceGroup(ec2, record);
  if (GroupId === undefined) return;
  try {
    await ec2("RevokeSecurityGroupIngress", { GroupId, IpPermissions: fromItself(GroupId) });
  } catch (error) {
    if (!isCode(error, "InvalidPermission.NotFound")) throw error;
  }
  await ec2("DeleteSecurityGroup", { GroupId });
}

/** Found by name, so that a group whose id was not written down before a stop is not lost. */
export async function findServiceGroup(ec2: Ec2, record: ClusterRecord): Promise<string | undefined> {
  const found = await ec2("DescribeSecurityGroups", {
    Filters: [
      { Name: "group-name", Values: [serviceGroupName(record)] },
      { Name: "vpc-id", Values: [record.vpcId] },
    ],
  });
  return found.SecurityGroups?.[0]?.GroupId;
}

async function createServiceGroup(ec2: Ec2, record: ClusterRecord): Promise<string> {
  const made = await ec2("CreateSecurityGroup", {
    GroupName: serviceGroupName(record),
    Description: `Created by DAX for cluster ${record.name}`,
    VpcId: record.vpcId,
  });
  return made.GroupId!;
}

function fromItself(groupId: string) {
  return [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: groupId }] }];
}

/** Whether an error has this code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof AwsError && error.code === code;
}
