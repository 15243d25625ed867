import { type Clock, type PermissionRequest, permission, type Random } from "@hotkeep/core";
import type { Identity } from "@hotkeep/identity";
import { type DaxOperations, operationsOf } from "@hotkeep/protocols";
import type { LinkedRole } from "../ec2/linked-role.js";
import { fault } from "../errors.js";
import type { Advertise } from "../model/addresses.js";
import { clusterArn } from "../model/arns.js";
import type { ClusterChange, ClusterStore } from "../model/cluster-store.js";
import type { Launch } from "../model/launch.js";
import { checkClusterName } from "../model/names.js";
import type { ClusterRecord, Place } from "../model/records.js";

/** What the operations work with. */
export interface ControlDesk {
  readonly clusters: ClusterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "serviceMayAssume" | "findRole" | "withServiceLinkedRole">;
  readonly linkedRole: LinkedRole;
  readonly advertise: Advertise;
  /** Whether there is an authority that certifies nodes. */
  readonly offersTls: boolean;
  /** Who starts the nodes of clusters that do not say it. */
  readonly launch: Launch;
  /** Has a cluster looked after, from now on or now. */
  readonly look: (place: Place, record: ClusterRecord) => void;
}

/** The input type of a DAX operation. */
export type InputOf<Name extends keyof DaxOperations> = DaxOperations[Name]["input"];
/** The output type of a DAX operation. */
export type OutputOf<Name extends keyof DaxOperations> = DaxOperations[Name]["output"];

export const daxOperation = operationsOf<DaxOperations>();

/** The permission for a call about one cluster. @throws AwsError when the name cannot be a cluster's */
export function needsCluster(place: Place, action: string, name: string): readonly PermissionRequest[] {
  return [permission(`dax:${action}`, clusterArn(place, checkClusterName(name)))];
}

/** The permission for a call that has no resource. */
export function needsAny(action: string): readonly PermissionRequest[] {
  return [permission(`dax:${action}`, "*")];
}

/** @throws AwsError `ClusterNotFoundFault` (wording: observed) */
export async function requireCluster(clusters: ClusterStore, place: Place, name: string): Promise<ClusterRecord> {
  const record = await clusters.find(place, { name: checkClusterName(name) });
  if (record === undefined) throw fault("ClusterNotFoundFault", "Cluster not found.");
  return record;
}

/** @throws AwsError `InvalidClusterStateFault` */
export function requireAvailable(record: ClusterRecord): void {
  if (record.status !== "available") {
    throw fault("InvalidClusterStateFault", `Cluster ${record.name} is ${record.status}; it must be available.`);
  }
}

/** Whether a cluster waits for nodes that somebody else starts, and so may wait for ever (ours). */
export function awaitsNodes(record: ClusterRecord): boolean {
  return record.launch === "external" && (record.status === "creating" || record.status === "modifying");
}

/**
 * Changes a cluster that must be available, and has it looked at.
 *
 * @param excused whether this cluster may be changed in another state as well
 * @throws AwsError `ClusterNotFoundFault`, `InvalidClusterStateFault`
 */
export async function changeAvailable(
  desk: ControlDesk,
  place: Place,
  name: string,
  change: (record: ClusterRecord) => ClusterChange,
  excused: (record: ClusterRecord) => boolean = () => false,
): Promise<ClusterRecord> {
  const record = await desk.clusters.update(place, { name: checkClusterName(name) }, (now) => {
    if (!excused(now)) requireAvailable(now);
    return change(now);
  });
  if (record === undefined) throw fault("ClusterNotFoundFault", "Cluster not found.");
  desk.look(place, record);
  return record;
}
