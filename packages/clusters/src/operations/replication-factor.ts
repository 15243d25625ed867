import type { NamedOperation } from "@hotkeep/protocols";
import { checkZones, describeChoices } from "../ec2/describe.js";
import { fault, invalidValue } from "../errors.js";
import { daxQuotas } from "../limits.js";
import { clusterAnswer } from "../model/answer.js";
import type { ClusterRecord, NodeRecord } from "../model/records.js";
import { placeNodes } from "../placement/place-nodes.js";
import { checkNodeQuota, newNodes } from "./create-cluster.js";
import {
  awaitsNodes,
  type ControlDesk,
  changeAvailable,
  daxOperation,
  type InputOf,
  needsCluster,
  requireAvailable,
  requireCluster,
} from "./desk.js";

/** More and fewer nodes. */
export function replicationFactorOperations(desk: ControlDesk): readonly NamedOperation[] {
  return [
    daxOperation("IncreaseReplicationFactor", {
      needs: (input, call) => needsCluster(call, "IncreaseReplicationFactor", input.ClusterName),
      async handle(input, call) {
        const before = await requireCluster(desk.clusters, call, input.ClusterName);
        requireAvailable(before);
        const wanted = input.NewReplicationFactor;
        if (wanted <= before.nodes.length) {
          throw invalidValue(`NewReplicationFactor must be greater than the ${before.nodes.length} nodes of now.`);
        }
        if (wanted > daxQuotas.nodesPerClusterMax) {
          throw fault(
            "NodeQuotaForClusterExceededFault",
            `A cluster has at most ${daxQuotas.nodesPerClusterMax} nodes; ${wanted} were asked for.`,
          );
        }
        const added = wanted - before.nodes.length;
        checkNodeQuota(await desk.clusters.read(call).clusters.all(), added);
        const group = await desk.clusters.read(call).subnetGroups.find(before.subnetGroup);
        if (group === undefined) {
          throw fault("InvalidVPCNetworkStateFault", `Subnet group ${before.subnetGroup} not found.`);
        }
        const places = await desk.linkedRole.run(call, before.name, async (ec2) => {
          await checkZones(ec2, input.AvailabilityZones);
          const zones = before.nodes.map((node) => node.zone);
          return placeNodes(added, await describeChoices(ec2, group), zones, input.AvailabilityZones);
        });
        const record = await changeAvailable(desk, call, before.name, (now) => {
          if (now.nodes.length !== before.nodes.length || now.suffix !== before.suffix) {
            throw fault("InvalidClusterStateFault", `Cluster ${now.name} has just been changed by another call.`);
          }
          const nodes = [...now.nodes, ...newNodes(desk, now.name, now.nodes, places)];
          return { record: { ...now, nodes: inOrder(nodes), totalNodes: wanted, status: "modifying" } };
        });
        return { Cluster: clusterAnswer(call, record, desk.advertise) };
      },
    }),

    daxOperation("DecreaseReplicationFactor", {
      needs: (input, call) => needsCluster(call, "DecreaseReplicationFactor", input.ClusterName),
      async handle(input, call) {
        let shown: ClusterRecord | undefined;
        const decrease = (now: ClusterRecord) => {
          const leaving = nodesToRemove(now, input);
          const nodes = now.nodes.map((node) =>
            leaving.includes(node) ? { ...node, status: "deleting" as const } : node,
          );
          // The answer shows the cluster as it was, except for its state (observed).
          shown = { ...now, status: "modifying" };
          return { record: { ...now, nodes, status: "modifying" as const } };
        };
        const awaited = (now: ClusterRecord) => now.status === "modifying" && awaitsNodes(now);
        await changeAvailable(desk, call, input.ClusterName, decrease, awaited);
        return { Cluster: clusterAnswer(call, shown!, desk.advertise) };
      },
    }),
  ];
}

/** The nodes a decrease means: those named, else those in the zones named, else the last letters; never the leader unasked. */
function nodesToRemove(record: ClusterRecord, input: InputOf<"DecreaseReplicationFactor">): readonly NodeRecord[] {
  const wanted = input.NewReplicationFactor;
  if (wanted < 1)
    throw invalidValue("NewReplicationFactor must be at least 1; delete the cluster to remove its last node.");
  const count = record.nodes.length - wanted;
  if (count < 1) throw invalidValue(`NewReplicationFactor must be less than the ${record.nodes.length} nodes of now.`);
  const ids = (input.NodeIdsToRemove ?? []).map((id) => id.toLowerCase());
  const zones = input.AvailabilityZones ?? [];
  if (ids.length > 0 && zones.length > 0) {
    throw fault("InvalidParameterCombinationException", "Give NodeIdsToRemove or AvailabilityZones, not both.");
  }
  if (ids.length > 0) {
    const unknown = ids.find((id) => !record.nodes.some((node) => node.id === id));
    if (unknown !== undefined) throw fault("NodeNotFoundFault", `Node ${unknown} not found.`);
    const named = record.nodes.filter((node) => ids.includes(node.id));
    if (named.length !== count || ids.length !== count) {
      throw fault("InvalidParameterCombinationException", `NodeIdsToRemove must name exactly ${count} nodes.`);
    }
    return named;
  }
  if (zones.length > 0 && zones.length !== count) {
    throw fault("InvalidParameterCombinationException", `AvailabilityZones must name exactly ${count} zones.`);
  }
  const candidates = record.nodes.filter((node) => node.id !== record.leader).reverse();
  const leaving: NodeRecord[] = [];
  for (let index = 0; index < count; index++) {
    const zone = zones[index];
    const next = candidates.find((node) => !leaving.includes(node) && (zone === undefined || node.zone === zone));
    if (next === undefined) throw invalidValue(`No node can be removed in Availability Zone ${zone}.`);
    leaving.push(next);
  }
  return leaving;
}

function inOrder(nodes: readonly NodeRecord[]): readonly NodeRecord[] {
  return nodes.toSorted((a, b) => a.ordinal - b.ordinal);
}
