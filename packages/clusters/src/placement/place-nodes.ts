import { fault, invalidValue } from "../errors.js";

/** A subnet as placement sees it. */
export interface SubnetChoice {
  readonly id: string;
  readonly zone: string;
  /** Addresses that are still free. */
  readonly free: number;
}

/** Where one node goes. */
export interface NodePlace {
  readonly zone: string;
  readonly subnetId: string;
}

/**
 * Chooses subnets for new nodes: the zones asked for, in their order; else the zone with the fewest nodes, by name
 * among equals; in the zone the subnet with the most free addresses.
 *
 * @throws AwsError `InvalidParameterCombinationException` when zones are given in another number than nodes;
 * `InvalidParameterValueException` for a zone without a subnet; `InsufficientClusterCapacityFault` when no address is left
 */
export function placeNodes(
  count: number,
  subnets: readonly SubnetChoice[],
  zonesOfExisting: readonly string[],
  zonesAsked: readonly string[] | undefined,
): readonly NodePlace[] {
  if (zonesAsked !== undefined && zonesAsked.length > 0 && zonesAsked.length !== count) {
    throw fault(
      "InvalidParameterCombinationException",
      `${zonesAsked.length} Availability Zones were given for ${count} nodes; give one for each node, or none.`,
    );
  }
  const zones = [...new Set(subnets.map((subnet) => subnet.zone))].sort();
  for (const zone of zonesAsked ?? []) {
    if (!zones.includes(zone)) throw invalidValue(`The subnet group has no subnet in Availability Zone ${zone}.`);
  }
  const free = new Map(subnets.map((subnet) => [subnet.id, subnet.free]));
  const nodesIn = new Map(zones.map((zone) => [zone, zonesOfExisting.filter((one) => one === zone).length]));
  const places: NodePlace[] = [];
  for (let index = 0; index < count; index++) {
    const asked = zonesAsked?.[index];
    const candidates = subnets.filter(
      (subnet) => (asked === undefined || subnet.zone === asked) && (free.get(subnet.id) ?? 0) > 0,
    );
    const [best] = candidates.toSorted(
      (a, b) =>
        nodesIn.get(a.zone)! - nodesIn.get(b.zone)! ||
        compare(a.zone, b.zone) ||
        free.get(b.id)! - free.get(a.id)! ||
        compare(a.id, b.id),
    );
    if (best === undefined) {
      const where = asked === undefined ? "" : ` in Availability Zone ${asked}`;
      throw fault("InsufficientClusterCapacityFault", `The subnet group has no free addresses left${where}.`);
    }
    free.set(best.id, free.get(best.id)! - 1);
    nodesIn.set(best.zone, nodesIn.get(best.zone)! + 1);
    places.push({ zone: best.zone, subnetId: best.id });
  }
  return places;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const letters = "abcdefghijk";

/** The lowest free letters' ordinals: letters of removed nodes are used again. */
export function freeOrdinals(count: number, taken: readonly number[]): readonly number[] {
  return [...letters]
    .map((_letter, ordinal) => ordinal)
    .filter((ordinal) => !taken.includes(ordinal))
    .slice(0, count);
}

/** `daxcluster01-a` */
export function nodeIdOf(clusterName: string, ordinal: number): string {
  return `${clusterName}-${letters[ordinal]}`;
}
