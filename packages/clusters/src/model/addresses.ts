import { daxPort, daxTlsPort } from "../limits.js";
import type { ClusterRecord, NodeRecord } from "./records.js";

/** How nodes are reached; see `ClustersOptions.advertise`. */
export type Advertise = "interface" | "loopback";

/** The port of a cluster's nodes where each has an address of its own; rules of security groups speak of it everywhere. */
export function portOf({ tls }: Pick<ClusterRecord, "tls">): number {
  return tls === true ? daxTlsPort : daxPort;
}

/** How clients' URLs begin. */
export function schemeOf({ tls }: Pick<ClusterRecord, "tls">): "dax" | "daxs" {
  return tls === true ? "daxs" : "dax";
}

/** Where a node listens or will listen; undefined while that is not known. */
export function nodeEndpoint(
  advertise: Advertise,
  record: Pick<ClusterRecord, "tls">,
  node: NodeRecord,
): { readonly Address: string; readonly Port: number } | undefined {
  if (node.outside !== undefined) return { Address: node.outside.address, Port: node.outside.port };
  if (advertise === "loopback") return node.port === null ? undefined : { Address: "127.0.0.1", Port: node.port };
  return node.address === null ? undefined : { Address: node.address, Port: portOf(record) };
}

/**
 * The address that clients start from: that of the first node there is. URLs leave the default port out, as AWS's
 * answers do (observed).
 */
export function discoveryEndpoint(
  advertise: Advertise,
  record: ClusterRecord,
): { readonly Address: string; readonly Port: number; readonly URL: string } | undefined {
  const staying = record.nodes.filter((node) => node.status !== "deleting" || record.status === "deleting");
  for (const node of staying) {
    const endpoint = nodeEndpoint(advertise, record, node);
    if (endpoint === undefined) continue;
    const port = endpoint.Port === portOf(record) ? "" : `:${endpoint.Port}`;
    return { ...endpoint, URL: `${schemeOf(record)}://${endpoint.Address}${port}` };
  }
  return undefined;
}

/**
 * What the certificates of a cluster's nodes speak for: the addresses of all nodes, because clients look on every node
 * for the one that they started from; and what the operator named.
 */
export function certificateNames(
  advertise: Advertise,
  record: ClusterRecord,
  tlsNames: readonly string[],
): readonly string[] {
  const addresses = record.nodes.flatMap((node) => nodeEndpoint(advertise, record, node)?.Address ?? []);
  // Clients other than those for JavaScript find this name, and there it leads to the nodes.
  const local = advertise === "loopback" ? ["127.0.0.1", "localhost"] : [];
  return [...new Set([...addresses, ...local, ...tlsNames])];
}
