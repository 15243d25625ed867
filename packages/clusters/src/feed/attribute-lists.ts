import { createHash } from "node:crypto";
import type { FeedConnection } from "@hotkeep/control-feed";
import { HotkeepError, type Logger } from "@hotkeep/core";
import { prefixRange, type StateStore } from "@hotkeep/state";
import { reasonOf } from "../errors.js";
import type { ClusterLimits } from "../limits.js";

/** The list without names is always there; ids of others begin after it. */
const emptyListId = 1;

type ListLimits = Pick<
  ClusterLimits,
  "attributeListAckMs" | "attributeListsMax" | "attributeListBytesMax" | "attributeListsBytesMax"
>;

/**
 * The account's dictionary of attribute lists. Clients keep ids for as long as they run, so an id is on disk and known
 * to every connected node before anybody is told it, is never used again and never given up.
 */
export class AttributeLists {
  readonly #store: StateStore;
  readonly #logger: Logger;
  readonly #limits: ListLimits;
  readonly #nodes: () => readonly FeedConnection[];
  readonly #prefix: string;
  readonly #idByNames = new Map<string, number>();
  readonly #namesById = new Map<number, readonly string[]>();
  readonly #pending = new Map<string, Promise<number>>();
  #bytes = 0;

  /** @param nodes every node of the account that is connected now */
  constructor(
    store: StateStore,
    logger: Logger,
    account: string,
    limits: ListLimits,
    nodes: () => readonly FeedConnection[],
  ) {
    this.#store = store;
    this.#logger = logger;
    this.#limits = limits;
    this.#nodes = nodes;
    this.#prefix = `clusters/attribute-lists/${account}/`;
    this.#remember(emptyListId, []);
  }

  /** Reads what is stored; before anything is asked. */
  async load(): Promise<void> {
    for (const entry of await this.#store.range(prefixRange(`${this.#prefix}ids/`))) {
      const id = Number(entry.key.slice(entry.key.lastIndexOf("/") + 1));
      this.#remember(id, entry.value as readonly string[]);
    }
  }

  /** undefined: no such list. */
  namesOf(id: number): readonly string[] | undefined {
    return this.#namesById.get(id);
  }

  /**
   * The id of an ordered list of names.
   *
   * @param asking the node that asks, which learns the list by the answer
   * @throws HotkeepError `AttributeListTooLarge`, `AttributeListsFull`
   */
  idOf(names: readonly string[], asking: FeedConnection): Promise<number> {
    const text = JSON.stringify(names);
    const known = this.#idByNames.get(text);
    if (known !== undefined) return Promise.resolve(known);
    const pending = this.#pending.get(text);
    if (pending !== undefined) return pending;
    const allotted = this.#allot(names, text, asking).finally(() => this.#pending.delete(text));
    this.#pending.set(text, allotted);
    return allotted;
  }

  async #allot(names: readonly string[], text: string, asking: FeedConnection): Promise<number> {
    const { attributeListsMax, attributeListBytesMax, attributeListsBytesMax } = this.#limits;
    const bytes = Buffer.byteLength(text);
    if (bytes > attributeListBytesMax) {
      throw new HotkeepError(
        "AttributeListTooLarge",
        `An item's attribute names take ${bytes} bytes; at most ${attributeListBytesMax} can be cached.`,
      );
    }
    if (this.#namesById.size > attributeListsMax || this.#bytes + bytes > attributeListsBytesMax) {
      throw new HotkeepError(
        "AttributeListsFull",
        `The account has used ${this.#namesById.size - 1} different lists of attribute names, and no more can be kept.`,
        { help: "Keep data out of top-level attribute names: give items a map attribute for what varies." },
      );
    }
    const id = await this.#store.transact(async (transaction) => {
      const byNames = `${this.#prefix}names/${createHash("sha256").update(text).digest("hex")}`;
      const stored = (await transaction.get(byNames))?.value;
      if (typeof stored === "number") return stored;
      const nextKey = `${this.#prefix}next`;
      const next = ((await transaction.get(nextKey))?.value as number | undefined) ?? emptyListId + 1;
      transaction.put(nextKey, next + 1);
      transaction.put(byNames, next);
      transaction.put(`${this.#prefix}ids/${String(next).padStart(12, "0")}`, names);
      return next;
    });
    await this.#announce(id, names, asking);
    this.#remember(id, names);
    return id;
  }

  /** Every connected node knows the list when this settles; one that does not take it in loses its connection. */
  async #announce(id: number, names: readonly string[], asking: FeedConnection): Promise<void> {
    const timeoutMs = this.#limits.attributeListAckMs;
    const others = this.#nodes().filter((node) => node !== asking);
    await Promise.all(
      others.map(async (node) => {
        try {
          await node.deliver("attributeList", { id, names }, { timeoutMs });
        } catch (error) {
          this.#logger.warn("node did not learn an attribute list", { nodeId: node.nodeId, error: reasonOf(error) });
          node.close("the node did not learn an attribute list");
        }
      }),
    );
  }

  #remember(id: number, names: readonly string[]): void {
    const text = JSON.stringify(names);
    if (!this.#namesById.has(id)) this.#bytes += Buffer.byteLength(text);
    this.#namesById.set(id, names);
    this.#idByNames.set(text, id);
  }
}

/** The dictionaries of all accounts; each is read when it is first asked for. */
export class Dictionaries {
  readonly #open: (account: string) => AttributeLists;
  readonly #byAccount = new Map<string, Promise<AttributeLists>>();

  /** @param open makes an account's dictionary, not yet loaded */
  constructor(open: (account: string) => AttributeLists) {
    this.#open = open;
  }

  /** An account's dictionary, loaded. */
  of(account: string): Promise<AttributeLists> {
    let lists = this.#byAccount.get(account);
    if (lists === undefined) {
      const opened = this.#open(account);
      lists = opened.load().then(() => opened);
      this.#byAccount.set(account, lists);
      // One that could not be read is read again when it is asked for again.
      lists.catch(() => this.#byAccount.delete(account));
    }
    return lists;
  }
}
