import { AwsError, type SeededRandom } from "@hotkeep/core";
import { type TableCalls, type TableEndpoint, TableUnreachable } from "@hotkeep/node";
import type { SimProcess, VirtualTime } from "./virtual-time.js";

/** How bad the table endpoint is. Per mille of the calls. */
export interface TableFaults {
  readonly unreachablePerMille: number;
  /** The write is carried out, its answer lost; or it fails and is carried out later. */
  readonly unknownPerMille: number;
  /** Eventually consistent reads are up to this old, in true time. */
  readonly lagMaxMs: number;
  /** A write of unknown outcome arrives up to this late. */
  readonly lateMaxMs: number;
  readonly delayMaxMs: number;
}

interface Version {
  readonly value: number;
  readonly at: number;
}

/** One table `T` with the hash key `k`: one order of values per key, and replicas that lag behind it. */
export class SimTable {
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: TableFaults;
  readonly #versions = new Map<string, Version[]>();
  /** No more failures from here on. */
  healed = false;

  constructor(time: VirtualTime, random: SeededRandom, faults: TableFaults) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
  }

  /** Which of the key's values this one is, in the table's order; 0: none yet. */
  indexOf(key: string, value: number): number {
    if (value === 0) return 0;
    return (this.#versions.get(key) ?? []).findIndex((version) => version.value === value) + 1;
  }

  latest(key: string): number {
    return this.#versions.get(key)?.at(-1)?.value ?? 0;
  }

  /** The table as one node reaches it. */
  for(process: SimProcess): TableEndpoint {
    return { call: (name, input) => this.#call(process, name, input) as never };
  }

  #call<Name extends keyof TableCalls>(
    process: SimProcess,
    name: Name,
    input: TableCalls[Name]["input"],
  ): Promise<unknown> {
    const random = this.#random;
    const faults = this.#faults;
    const dice = this.healed ? 1000 : random.below(1000);
    return new Promise((resolve, reject) => {
      const back = (how: () => void): void => void this.#time.after(this.#delay(), how, process);
      const there = this.#delay();
      if (dice < faults.unreachablePerMille) {
        back(() => reject(new TableUnreachable("the simulation cut it", false)));
        return;
      }
      if (name === "PutItem" && dice < faults.unreachablePerMille + faults.unknownPerMille) {
        const failAfterMs = this.#delay() + 20;
        const late = random.below(2) === 0 ? there : failAfterMs + random.below(faults.lateMaxMs);
        this.#time.after(late, () => this.#run(name, input));
        const error =
          random.below(2) === 0
            ? new TableUnreachable("the simulation lost the answer", true)
            : new AwsError("InternalServerError", "the simulation lost the answer", { fault: "server", status: 500 });
        this.#time.after(failAfterMs, () => reject(error), process);
        return;
      }
      // On its way it does not matter any more whether the node lives.
      this.#time.after(there, () => {
        const output = this.#run(name, input);
        back(() => resolve(output));
      });
    });
  }

  #run(name: keyof TableCalls, input: unknown): unknown {
    switch (name) {
      case "DescribeTable":
        return {
          Table: {
            TableName: "T",
            KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
            AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
          },
        };
      case "GetItem": {
        const { Key, ConsistentRead } = input as TableCalls["GetItem"]["input"];
        return this.#read((Key.k as { readonly S: string }).S, ConsistentRead === true);
      }
      case "PutItem": {
        const { Item } = input as TableCalls["PutItem"]["input"];
        const key = (Item.k as { readonly S: string }).S;
        const versions = this.#versions.get(key) ?? [];
        this.#versions.set(key, versions);
        versions.push({ value: Number((Item.v as { readonly N: string }).N), at: this.#time.now });
        return {};
      }
      default:
        throw new Error(`the simulated table has no ${name}`);
    }
  }

  #read(key: string, consistent: boolean): unknown {
    const asOf = consistent ? this.#time.now : this.#time.now - this.#random.below(this.#faults.lagMaxMs);
    const version = (this.#versions.get(key) ?? []).findLast(({ at }) => at <= asOf);
    return version === undefined ? {} : { Item: { k: { S: key }, v: { N: String(version.value) } } };
  }

  #delay(): number {
    return this.#random.below(6) === 0 ? this.#random.below(this.#faults.delayMaxMs) : 1 + this.#random.below(4);
  }
}
