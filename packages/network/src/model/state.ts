import { type Json, prefixRange, type StateReader, type StateTransaction } from "@hotkeep/state";
import { isLoopback, parseIpv4 } from "../addresses/ipv4.js";
import { notFound, type ResourceKind } from "../errors.js";
import type { Interface, Place, SecurityGroup, Subnet, Vpc } from "./records.js";

/** All records of one kind in one place. */
export class Collection<Item extends { readonly id: string }> {
  readonly #reader: StateReader;
  readonly #prefix: string;
  readonly #kind: ResourceKind;

  constructor(reader: StateReader, prefix: string, kind: ResourceKind) {
    this.#reader = reader;
    this.#prefix = prefix;
    this.#kind = kind;
  }

  async find(id: string): Promise<Item | undefined> {
    return (await this.#reader.get(this.#prefix + id))?.value as Item | undefined;
  }

  /** @throws AwsError `….NotFound` */
  async get(id: string): Promise<Item> {
    const item = await this.find(id);
    if (item === undefined) throw notFound(this.#kind, id);
    return item;
  }

  /** Ordered by id. */
  async all(): Promise<readonly Item[]> {
    return (await this.#reader.range(prefixRange(this.#prefix))).map((entry) => entry.value as unknown as Item);
  }

  put(transaction: StateTransaction, item: Item): void {
    transaction.put(this.#prefix + item.id, item as unknown as Json);
  }

  delete(transaction: StateTransaction, id: string): void {
    transaction.delete(this.#prefix + id);
  }
}

/** Everything below is stored under keys that begin with this. */
export const networkPrefix = "network/";

/** The prefix of one account's records in one Region. */
export function placePrefix(place: Place): string {
  return `${networkPrefix}places/${place.account}/${place.region}/`;
}

/** The place whose record has this key; undefined for other keys. */
export function placeOfKey(key: string): Place | undefined {
  const match = /^network\/places\/([^/]+)\/([^/]+)\//.exec(key);
  return match === null ? undefined : { account: match[1]!, region: match[2]! };
}

/** One account's networks in one Region, as one transaction or one reader sees them. */
export class NetworkState {
  readonly place: Place;
  readonly vpcs: Collection<Vpc>;
  readonly subnets: Collection<Subnet>;
  readonly groups: Collection<SecurityGroup>;
  readonly interfaces: Collection<Interface>;

  constructor(reader: StateReader, place: Place) {
    const prefix = placePrefix(place);
    this.place = place;
    this.vpcs = new Collection(reader, `${prefix}vpcs/`, "vpc");
    this.subnets = new Collection(reader, `${prefix}subnets/`, "subnet");
    this.groups = new Collection(reader, `${prefix}groups/`, "group");
    this.interfaces = new Collection(reader, `${prefix}interfaces/`, "interface");
  }

  async defaultVpc(): Promise<Vpc | undefined> {
    return (await this.vpcs.all()).find((vpc) => vpc.isDefault);
  }

  async groupsOfVpc(vpcId: string): Promise<readonly SecurityGroup[]> {
    return (await this.groups.all()).filter((group) => group.vpcId === vpcId);
  }
}

/**
 * The key under which an address is taken. An address of the loopback range exists once on this machine, whatever the
 * account and Region; any other once in its VPC.
 */
export function addressKey(vpcId: string, address: string): string {
  const number = parseIpv4(address);
  const scope = number !== undefined && isLoopback(number) ? "loopback" : vpcId;
  return `${networkPrefix}addresses/${scope}/${address}`;
}
