import type { Ec2 } from "../ec2/ec2-calls.js";
import { reasonOf } from "../errors.js";
import { type ClusterRef, withNode } from "../model/cluster-store.js";
import type { ClusterRecord, NodeRecord, Place } from "../model/records.js";
import { changeInterfaceGroups, createInterface, deleteInterface, interfacesOfCluster } from "./interfaces.js";
import type { KeeperDesk } from "./keeper-desk.js";
import { deleteServiceGroup, ensureServiceGroup } from "./service-group.js";

/** The steps that bring what EC2 has into line with what is stored. Each may be repeated after a stop anywhere. */
export class NetworkSteps {
  readonly #desk: KeeperDesk;
  readonly #place: Place;
  readonly #ref: ClusterRef;

  constructor(desk: KeeperDesk, place: Place, ref: ClusterRef) {
    this.#desk = desk;
    this.#place = place;
    this.#ref = ref;
  }

  /**
   * Makes the cluster's group and every missing interface. What fails is given up: a cluster in creation as a whole,
   * else the node.
   */
  async provision(ec2: Ec2, before: ClusterRecord): Promise<ClusterRecord | undefined> {
    const missing = before.nodes.filter((node) => node.interfaceId === null && node.status !== "deleting");
    if (missing.length === 0 && before.serviceGroupId !== null) return before;
    let record: ClusterRecord | undefined = before;
    if (before.serviceGroupId === null) {
      try {
        const serviceGroupId = await ensureServiceGroup(ec2, before);
        record = await this.#update((now) => ({ record: { ...now, serviceGroupId } }));
      } catch (error) {
        if (before.status !== "creating") throw error;
        return this.giveUpCluster(reasonOf(error));
      }
    }
    for (const node of missing) {
      if (record === undefined || record.status === "deleting") return record;
      try {
        const made = await createInterface(ec2, record, node);
        record = await this.#update((now) => ({
          record: withNode(now, node.id, (one) => ({ ...one, ...made, groupIds: now.securityGroupIds })),
        }));
      } catch (error) {
        record = await this.giveUpNode(node.id, reasonOf(error));
      }
    }
    return record;
  }

  /** A node that cannot be made ends: with it the cluster, when that is still being created. */
  async giveUpNode(nodeId: string, reason: string): Promise<ClusterRecord | undefined> {
    return this.#update((now) => {
      const node = now.nodes.find((one) => one.id === nodeId);
      if (node?.status !== "creating") return undefined;
      if (now.status === "creating") return givenUp(now, reason);
      const record = withNode(now, nodeId, (one) => ({ ...one, status: "deleting" }));
      return { record, events: [`Failed to add node ${nodeId}: ${reason}`] };
    });
  }

  async giveUpCluster(reason: string): Promise<ClusterRecord | undefined> {
    return this.#update((now) => (now.status === "creating" ? givenUp(now, reason) : undefined));
  }

  /** Gives all interfaces the security groups that the cluster is to have; on failure the cluster keeps what it had. */
  async applyGroups(ec2: Ec2, before: ClusterRecord): Promise<ClusterRecord | undefined> {
    const stale = before.nodes.filter((node) => isStale(node, before));
    let record: ClusterRecord | undefined = before;
    for (const node of stale) {
      if (record === undefined) return undefined;
      try {
        await changeInterfaceGroups(ec2, record, node.interfaceId!);
      } catch (error) {
        return this.#update((now) => ({
          record: { ...now, securityGroupIds: node.groupIds },
          events: [`Failed to change security groups: ${reasonOf(error)}`],
        }));
      }
      const isLast = node === stale.at(-1);
      record = await this.#update((now) => ({
        record: withNode(now, node.id, (one) => ({ ...one, groupIds: before.securityGroupIds })),
        ...(isLast && { events: ["Security groups changed."] }),
      }));
    }
    return record;
  }

  /** Takes the interface of a node that has ended away, then the node. */
  async remove(ec2: Ec2, node: NodeRecord): Promise<ClusterRecord | undefined> {
    if (node.interfaceId !== null) await deleteInterface(ec2, node.interfaceId);
    return this.#update((now) => ({
      record: withNode(now, node.id, () => undefined),
      events: [`Removed node ${node.id}.`],
    }));
  }

  /** Takes everything the cluster has in EC2 away, then the cluster. */
  async dismantle(ec2: Ec2, record: ClusterRecord): Promise<void> {
    const written = record.nodes.flatMap((node) => (node.interfaceId === null ? [] : [node.interfaceId]));
    const known = await interfacesOfCluster(ec2, record);
    for (const id of new Set([...written, ...known])) await deleteInterface(ec2, id);
    await deleteServiceGroup(ec2, record);
    await this.#update(() => ({ record: null, events: ["Cluster deleted."] }));
  }

  /** After a start: interfaces without a node go, nodes whose interface is gone get a new one. */
  async audit(ec2: Ec2, record: ClusterRecord): Promise<ClusterRecord | undefined> {
    const known = await interfacesOfCluster(ec2, record);
    const written = record.nodes.map((node) => node.interfaceId);
    for (const id of known) if (!written.includes(id)) await deleteInterface(ec2, id);
    const lost = record.nodes.filter((node) => node.interfaceId !== null && !known.includes(node.interfaceId));
    if (lost.length === 0) return record;
    return this.#update((now) => ({
      record: {
        ...now,
        nodes: now.nodes.map((node) =>
          lost.some((one) => one.id === node.id)
            ? { ...node, interfaceId: null, address: null, createdAt: this.#desk.clock.now() }
            : node,
        ),
      },
    }));
  }

  #update(change: Parameters<KeeperDesk["clusters"]["update"]>[2]): Promise<ClusterRecord | undefined> {
    return this.#desk.clusters.update(this.#place, this.#ref, change);
  }
}

function givenUp(record: ClusterRecord, reason: string) {
  return {
    record: { ...record, status: "deleting" as const },
    events: [`Failed to create cluster ${record.name}: ${reason}`],
  };
}

/** Whether a node's interface has other security groups than its cluster. */
export function isStale(node: NodeRecord, record: ClusterRecord): boolean {
  return (
    node.interfaceId !== null && node.status !== "deleting" && node.groupIds.join() !== record.securityGroupIds.join()
  );
}
