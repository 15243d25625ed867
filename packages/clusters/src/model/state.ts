import { type Json, prefixRange, type StateReader, type StateTransaction } from "@hotkeep/state";
import type { ClusterRecord, ParameterGroupRecord, Place, SubnetGroupRecord } from "./records.js";

/** What `checkClusterName` and `checkGroupName` let through, and more; any other is the name of nothing that is stored. */
const storableName = /^[a-z][a-z0-9._-]{0,254}$/;

/** All records of one kind in one place, by name. */
export class Collection<Item extends { readonly name: string }> {
  readonly #reader: StateReader;
  readonly #prefix: string;

  constructor(reader: StateReader, prefix: string) {
    this.#reader = reader;
    this.#prefix = prefix;
  }

  async find(name: string): Promise<Item | undefined> {
    if (!storableName.test(name)) return undefined;
    return (await this.#reader.get(this.#prefix + name))?.value as Item | undefined;
  }

  /** Ordered by name. */
  async all(): Promise<readonly Item[]> {
    return (await this.#reader.range(prefixRange(this.#prefix))).map((entry) => entry.value as unknown as Item);
  }

  put(transaction: StateTransaction, item: Item): void {
    transaction.put(this.#prefix + item.name, item as unknown as Json);
  }

  delete(transaction: StateTransaction, name: string): void {
    transaction.delete(this.#prefix + name);
  }
}

const placesPrefix = "clusters/places/";

/** The prefix of one account's records in one Region. */
export function placePrefix(place: Place): string {
  return `${placesPrefix}${place.account}/${place.region}/`;
}

/** One account's clusters in one Region, as one transaction or one reader sees them. */
export class ClusterState {
  readonly clusters: Collection<ClusterRecord>;
  readonly subnetGroups: Collection<SubnetGroupRecord>;
  readonly parameterGroups: Collection<ParameterGroupRecord>;

  constructor(reader: StateReader, place: Place) {
    const prefix = placePrefix(place);
    this.clusters = new Collection(reader, `${prefix}clusters/`);
    this.subnetGroups = new Collection(reader, `${prefix}subnet-groups/`);
    this.parameterGroups = new Collection(reader, `${prefix}parameter-groups/`);
  }
}

/** A cluster with its place. */
export interface PlacedCluster {
  readonly place: Place;
  readonly record: ClusterRecord;
}

/** Every cluster that is stored, of one account or of all. */
export async function allClusters(reader: StateReader, account?: string): Promise<readonly PlacedCluster[]> {
  const prefix = account === undefined ? placesPrefix : `${placesPrefix}${account}/`;
  const found: PlacedCluster[] = [];
  for (const entry of await reader.range(prefixRange(prefix))) {
    const match = /^clusters\/places\/([^/]+)\/([^/]+)\/clusters\/[^/]+$/.exec(entry.key);
    if (match === null) continue;
    const place = { account: match[1]!, region: match[2]! };
    found.push({ place, record: entry.value as unknown as ClusterRecord });
  }
  return found;
}
