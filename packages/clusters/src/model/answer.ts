import type { DaxOperations } from "@hotkeep/protocols";
import { type Advertise, discoveryEndpoint, nodeEndpoint, portOf } from "./addresses.js";
import { clusterArn } from "./arns.js";
import type { ClusterRecord, NodeRecord, Place, SubnetGroupRecord } from "./records.js";

type ClusterAnswer = NonNullable<DaxOperations["CreateCluster"]["output"]["Cluster"]>;
type SubnetGroupAnswer = NonNullable<DaxOperations["CreateSubnetGroup"]["output"]["SubnetGroup"]>;

/** A cluster as the API shows it; what is shown depends on its state (observed). */
export function clusterAnswer(place: Place, record: ClusterRecord, advertise: Advertise): ClusterAnswer {
  const base: ClusterAnswer = {
    ClusterName: record.name,
    ...(record.description !== null && { Description: record.description }),
    ClusterArn: clusterArn(place, record.name),
    TotalNodes: record.totalNodes,
    ActiveNodes: record.nodes.filter((node) => node.status === "available").length,
    NodeType: record.nodeType,
    Status: record.status,
    PreferredMaintenanceWindow: record.maintenanceWindow,
    ...(record.topic !== null && {
      NotificationConfiguration: { TopicArn: record.topic.arn, TopicStatus: record.topic.status },
    }),
    SubnetGroup: record.subnetGroup,
    SecurityGroups: record.securityGroupIds.map((id) => ({ SecurityGroupIdentifier: id, Status: "active" })),
    IamRoleArn: record.roleArn,
    ParameterGroup: {
      ParameterGroupName: record.parameterGroup,
      ParameterApplyStatus: record.parameterStatus,
      NodeIdsToReboot: [],
    },
    SSEDescription: { Status: record.encryptedAtRest ? "ENABLED" : "DISABLED" },
    ClusterEndpointEncryptionType: record.tls === true ? "TLS" : "NONE",
    NetworkType: "ipv4",
  };
  const endpoint = discoveryEndpoint(advertise, record);
  switch (record.status) {
    case "creating":
      return { ...base, ActiveNodes: 0, ClusterDiscoveryEndpoint: { Port: portOf(record) } };
    case "deleting":
      return {
        ...base,
        ClusterDiscoveryEndpoint:
          endpoint === undefined ? { Port: portOf(record) } : { Address: endpoint.Address, Port: endpoint.Port },
      };
    default: {
      const leaving = record.nodes.filter((node) => node.status === "deleting").map((node) => node.id);
      return {
        ...base,
        ClusterDiscoveryEndpoint: endpoint ?? { Port: portOf(record) },
        ...(leaving.length > 0 && { NodeIdsToRemove: leaving }),
        Nodes: record.nodes.map((node) => nodeAnswer(node, record, advertise)),
      };
    }
  }
}

function nodeAnswer(
  node: NodeRecord,
  record: ClusterRecord,
  advertise: Advertise,
): NonNullable<ClusterAnswer["Nodes"]>[number] {
  if (node.status === "creating") return { NodeId: node.id, NodeStatus: node.status };
  const endpoint = node.status === "deleting" ? undefined : nodeEndpoint(advertise, record, node);
  return {
    NodeId: node.id,
    ...(endpoint !== undefined && { Endpoint: endpoint }),
    NodeCreateTime: new Date(node.createdAt),
    AvailabilityZone: node.zone,
    NodeStatus: node.status,
    ParameterGroupStatus: record.parameterStatus,
  };
}

export function subnetGroupAnswer(group: SubnetGroupRecord): SubnetGroupAnswer {
  return {
    SubnetGroupName: group.name,
    ...(group.description !== null && { Description: group.description }),
    VpcId: group.vpcId,
    Subnets: group.subnets.map(({ id, zone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: zone,
      SupportedNetworkTypes: ["ipv4"],
    })),
    SupportedNetworkTypes: ["ipv4"],
  };
}
