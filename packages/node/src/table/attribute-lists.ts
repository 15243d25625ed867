import { AwsError } from "@hotkeep/core";
import { encodeWithLists, type ListIdOf } from "@hotkeep/dax-wire";
import { Collapse } from "../cache/collapse.js";
import { ask, type Gateway } from "../gateway.js";

/** The empty list's id, fixed by the protocol. */
const emptyListId = 1;

/** Encodings tried before giving up on lists that are pushed out of memory as fast as they come in. */
const encodingsMax = 8;

/**
 * The account's dictionary of attribute lists, as far as this node has met it. The dictionary itself is the gateway's:
 * ids are durable and known to every node before anybody hears them; here is only a bounded copy.
 */
export class AttributeLists {
  readonly #gateway: Gateway;
  readonly #listsMax: number;
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, readonly string[]>();
  readonly #askingId = new Collapse<number>();
  readonly #askingNames = new Collapse<readonly string[]>();

  constructor(gateway: Gateway, listsMax: number) {
    this.#gateway = gateway;
    this.#listsMax = listsMax;
  }

  /** Lists in memory. */
  get size(): number {
    return this.#names.size;
  }

  /** The id of a list in memory. */
  idInMemory(names: readonly string[]): number | undefined {
    return names.length === 0 ? emptyListId : this.#ids.get(JSON.stringify(names));
  }

  /**
   * The id of an ordered list of names, allotted if need be.
   *
   * @throws AwsError or HotkeepError what the gateway said
   */
  async idOf(names: readonly string[]): Promise<number> {
    const inMemory = this.idInMemory(names);
    if (inMemory !== undefined) return inMemory;
    return this.#askingId.run(JSON.stringify(names), async () => {
      const { id } = await ask(this.#gateway, "attributeListId", { names });
      this.learn(id, names);
      return id;
    });
  }

  /**
   * The names behind an id.
   *
   * @throws AwsError ValidationException when there is no such list
   * @throws HotkeepError when the gateway cannot be asked
   */
  async namesOf(id: number): Promise<readonly string[]> {
    if (id === emptyListId) return [];
    const inMemory = this.#names.get(id);
    if (inMemory !== undefined) return inMemory;
    return this.#askingNames.run(String(id), async () => {
      const list = await ask(this.#gateway, "attributeList", { id });
      if (list === null) {
        throw new AwsError("ValidationException", `There is no attribute list with the id ${id}. Restart the client.`);
      }
      this.learn(id, list.names);
      return list.names;
    });
  }

  /** Takes in what the gateway tells. */
  learn(id: number, names: readonly string[]): void {
    if (id === emptyListId || this.#names.has(id)) return;
    this.#names.set(id, names);
    this.#ids.set(JSON.stringify(names), id);
    if (this.#names.size <= this.#listsMax) return;
    for (const [oldest, oldestNames] of this.#names) {
      this.#names.delete(oldest);
      this.#ids.delete(JSON.stringify(oldestNames));
      return;
    }
  }

  /** Encodes, getting ids for lists that are new. */
  async encode(encode: (listIdOf: ListIdOf) => Buffer): Promise<Buffer> {
    for (let round = 0; round < encodingsMax; round++) {
      const result = encodeWithLists((names) => this.idInMemory(names), encode);
      if (result.missing === undefined) return result.bytes;
      await Promise.all(result.missing.map((names) => this.idOf(names)));
    }
    throw new Error("attribute lists are pushed out of memory faster than they can be used");
  }
}
