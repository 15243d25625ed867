import { daxPort } from "../limits.js";
import type { ClusterRecord, NodeRecord } from "./records.js";

/** How nodes are reached; see `ClustersOptions.advertise`. */
export type Advertise = "interface" | "loopback";

/** Where a node listens or will listen; undefined while that is not known. */
export function nodeEndpoint(
  advertise: Advertise,
  node: NodeRecord,
): { readonly Address: string; readonly Port: number } | undefined {
  if (node.outside !== undefined) return { Address: node.outside.address, Port: node.outside.port };
  if (advertise === "loopback") return node.port === null ? undefined : { Address: "127.0.0.1", Port: node.port };
  return node.address === null ? undefined : { Address: node.address, Port: daxPort };
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
    const endpoint = nodeEndpoint(advertise, node);
    if (endpoint === undefined) continue;
    const port = endpoint.Port === daxPort ? "" : `:${endpoint.Port}`;
    return { ...endpoint, URL: `dax://${endpoint.Address}${port}` };
  }
  return undefined;
}
