import type { FeedConnection } from "@hotkeep/control-feed";
import { AwsError, type Clock, type PermissionRequest, permission } from "@hotkeep/core";
import { type HotkeepOperations, operationsOf } from "@hotkeep/protocols";
import { reasonOf } from "../errors.js";
import { clusterArn } from "../model/arns.js";
import type { ClusterStore } from "../model/cluster-store.js";
import type { Place } from "../model/records.js";
import type { SeenRequests } from "./seen-requests.js";

/** A node that can be asked now. */
export interface ReachableNode {
  readonly nodeId: string;
  readonly connection: FeedConnection;
}

/** What looking into clusters works with. */
export interface SightDesk {
  readonly clock: Clock;
  readonly clusters: ClusterStore;
  /** Every node of the cluster, with its connection where there is one. */
  readonly nodesOf: (
    place: Place,
    name: string,
  ) => readonly { nodeId: string; connection: FeedConnection | undefined }[];
  readonly seen: SeenRequests;
}

export const sightOperation = operationsOf<HotkeepOperations>();

/** The permission for a look into one cluster. */
export function needsSight(place: Place, action: string, name: string): PermissionRequest {
  return permission(`hotkeep:${action}`, clusterArn(place, name));
}

/**
 * The nodes of a cluster, those without a connection apart.
 *
 * @throws AwsError `ClusterNotFoundException`, `ClusterUnavailableException`
 */
export async function nodesFor(
  desk: SightDesk,
  place: Place,
  name: string,
): Promise<{ readonly reachable: readonly ReachableNode[]; readonly away: readonly string[] }> {
  const record = await desk.clusters.find(place, { name: name.toLowerCase() });
  if (record === undefined) {
    throw new AwsError("ClusterNotFoundException", `There is no cluster ${name} in ${place.region}.`);
  }
  const nodes = desk.nodesOf(place, record.name);
  const reachable = nodes.flatMap(({ nodeId, connection }) =>
    connection === undefined ? [] : [{ nodeId, connection }],
  );
  if (reachable.length === 0) {
    const message = `No node of cluster ${record.name} can be asked now; the cluster is ${record.status}.`;
    throw new AwsError("ClusterUnavailableException", message, { fault: "server", status: 503 });
  }
  const away = nodes.filter(({ connection }) => connection === undefined).map(({ nodeId }) => nodeId);
  return { reachable, away };
}

/** What to say of a node that could not answer; what the caller did wrong is thrown on. */
export function unreachable(error: unknown): string {
  if (error instanceof AwsError && error.fault === "client") throw error;
  return reasonOf(error);
}
