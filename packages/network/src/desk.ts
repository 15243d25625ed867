import type { Clock, Random } from "@hotkeep/core";
import { type Ec2Operations, operationsOf } from "@hotkeep/protocols";
import type { StateStore, StateTransaction } from "@hotkeep/state";
import type { Ipv4Block } from "./addresses/ipv4.js";
import type { Place } from "./model/records.js";
import { NetworkState, placePrefix } from "./model/state.js";
import { newDefaultVpc } from "./provision/default-vpc.js";
import { type Zone, zonesOf } from "./provision/zones.js";

/** What the operations work with. */
export interface NetworkDeskOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly defaultVpcBlock: Ipv4Block;
  readonly zoneLetters: readonly string[];
  readonly regions: readonly string[];
}

/** Opens one account's networks in one Region, making the default VPC at the first visit. */
export class NetworkDesk {
  readonly clock: Clock;
  readonly random: Random;
  readonly regions: readonly string[];
  readonly defaultVpcBlock: Ipv4Block;
  readonly #store: StateStore;
  readonly #zoneLetters: readonly string[];

  constructor(options: NetworkDeskOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.regions = options.regions;
    this.defaultVpcBlock = options.defaultVpcBlock;
    this.#store = options.store;
    this.#zoneLetters = options.zoneLetters;
  }

  zones(region: string): readonly Zone[] {
    return zonesOf(region, this.#zoneLetters);
  }

  async read<T>(place: Place, work: (state: NetworkState) => Promise<T>): Promise<T> {
    if ((await this.#store.get(visitedKey(place))) === undefined) await this.write(place, async () => {});
    return work(new NetworkState(this.#store, place));
  }

  write<T>(place: Place, work: (state: NetworkState, transaction: StateTransaction) => Promise<T>): Promise<T> {
    return this.#store.transact(async (transaction) => {
      const state = new NetworkState(transaction, place);
      if ((await transaction.get(visitedKey(place))) === undefined) {
        transaction.put(visitedKey(place), this.clock.now());
        newDefaultVpc(transaction, state, this.random, this.defaultVpcBlock, this.zones(place.region));
      }
      return work(state, transaction);
    });
  }
}

/** Tells a place that never was used from one whose default VPC has been deleted. */
function visitedKey(place: Place): string {
  return `${placePrefix(place)}visited`;
}

/** The input type of an EC2 operation. */
export type InputOf<Name extends keyof Ec2Operations> = Ec2Operations[Name]["input"];
/** The output type of an EC2 operation. */
export type OutputOf<Name extends keyof Ec2Operations> = Ec2Operations[Name]["output"];

export const ec2Operation = operationsOf<Ec2Operations>();
