import type { Ec2 } from "../ec2/ec2-calls.js";
import type { ClusterRecord, NodeRecord } from "../model/records.js";
import { findServiceGroup, isCode } from "./service-group.js";

/** Where a node's interface is. */
export interface NodeInterface {
  readonly interfaceId: string;
  readonly address: string;
}

/** Makes a node's interface; the same one again when an earlier attempt was not written down. */
export async function createInterface(ec2: Ec2, record: ClusterRecord, node: NodeRecord): Promise<NodeInterface> {
  const made = await ec2("CreateNetworkInterface", {
    SubnetId: node.subnetId,
    Description: `DAX node ${node.id} of cluster ${record.name}`,
    Groups: groupsOf(record),
    ClientToken: `${node.id}-${record.suffix}-${node.createdAt}`,
  });
  return {
    interfaceId: made.NetworkInterface!.NetworkInterfaceId!,
    address: made.NetworkInterface!.PrivateIpAddress!,
  };
}

/** Gives a node's interface the cluster's security groups of now. */
export async function changeInterfaceGroups(ec2: Ec2, record: ClusterRecord, interfaceId: string): Promise<void> {
  await ec2("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: interfaceId, Groups: groupsOf(record) });
}

export async function deleteInterface(ec2: Ec2, interfaceId: string): Promise<void> {
  try {
    await ec2("DeleteNetworkInterface", { NetworkInterfaceId: interfaceId });
  } catch (error) {
    // An earlier attempt came this far.
    if (!isCode(error, "InvalidNetworkInterfaceID.NotFound")) throw error;
  }
}

/** Every interface of the cluster that EC2 knows, written down or not. */
export async function interfacesOfCluster(ec2: Ec2, record: ClusterRecord): Promise<readonly string[]> {
  const groupId = record.serviceGroupId ?? (await findServiceGroup(ec2, record));
  if (groupId === undefined) return [];
  const found = await ec2("DescribeNetworkInterfaces", { Filters: [{ Name: "group-id", Values: [groupId] }] });
  return (found.NetworkInterfaces ?? []).map((item) => item.NetworkInterfaceId!);
}

function groupsOf(record: ClusterRecord): string[] {
  return [...record.securityGroupIds, ...(record.serviceGroupId === null ? [] : [record.serviceGroupId])];
}
