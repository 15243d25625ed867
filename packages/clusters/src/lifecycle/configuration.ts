import type { NodeConfiguration, OutsidePlace } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";
import { certificateNames, portOf } from "../model/addresses.js";
import { clusterArn } from "../model/arns.js";
import { defaultParameterGroup, timesOf } from "../model/parameters.js";
import type { ClusterRecord, NodeRecord, Place } from "../model/records.js";
import type { KeeperDesk } from "./keeper-desk.js";

/** What a node that somebody else has started says of itself, and where it reached the gateway. */
export interface OutsideNode {
  readonly place: OutsidePlace;
  readonly gatewayAddress: string;
}

/** What a node is to be now. */
export async function configurationOf(
  desk: KeeperDesk,
  place: Place,
  record: ClusterRecord,
  node: NodeRecord,
  outside?: OutsideNode,
): Promise<NodeConfiguration> {
  const tableEndpointAuthority = desk.tableEndpointAuthority();
  const group = await desk.clusters.parameterGroup(place, record.parameterGroup);
  const listen =
    outside !== undefined
      ? { listenAddress: outside.place.listenAddress, port: outside.place.port }
      : desk.advertise === "loopback"
        ? { listenAddress: "127.0.0.1", port: node.port ?? 0 }
        : { listenAddress: node.address!, port: portOf(record) };
  // Rules speak of the port that DAX documents, also where a node has been given another one.
  const ingressCidrs =
    node.interfaceId === null ? [] : ((await desk.network.ingressCidrs(place, node.interfaceId, portOf(record))) ?? []);
  return {
    clusterArn: clusterArn(place, record.name),
    account: place.account,
    region: place.region,
    nodeId: node.id,
    ...listen,
    tableEndpoint: desk.tableEndpoint(outside?.gatewayAddress),
    serviceRoleArn: record.roleArn,
    ...timesOf(group ?? defaultParameterGroup),
    ...(record.cacheSettings !== undefined && { cacheSettings: record.cacheSettings }),
    withoutGatewayMs: desk.limits.withoutGatewayMs,
    cacheBytesMax: desk.cacheBytesOf(record.nodeType),
    ...(desk.enforceSecurityGroups && { ingressCidrs }),
    ...(await tlsOf(desk, record)),
    ...(tableEndpointAuthority !== undefined && { tableEndpointAuthority }),
  };
}

async function tlsOf(desk: KeeperDesk, record: ClusterRecord): Promise<Pick<NodeConfiguration, "tls">> {
  const { authority, advertise, tlsNames } = desk;
  if (record.tls !== true) return {};
  if (authority === undefined) {
    throw new HotkeepError("NoTls", `Nobody here certifies the nodes of cluster \`${record.name}\`.`);
  }
  const names = certificateNames(advertise, record, tlsNames);
  return { tls: { names, authority: await authority.fingerprint() } };
}
