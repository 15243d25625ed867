import { createHmac } from "node:crypto";
import { type Logger, lowerId, type Random } from "@hotkeep/core";
import type { Sealer } from "@hotkeep/identity";
import { prefixRange, type StateStore } from "@hotkeep/state";

/** By what a node that runs may come back to a gateway that has been started anew. An alias: the store takes JSON. */
export type Attachment = {
  /** Random; with the feed's key and the node's name it makes the node's secret. */
  readonly launch: string;
  /** The reboot count that the process belongs to. */
  readonly generation: number;
  /** How the launcher finds the process again; null when it was not started here. */
  readonly mark: string | null;
};

const feedKeyPurpose = "control-feed-key";
const feedKeyPath = "clusters/feed-key";
const prefix = "clusters/attachments/";
const launchLength = 24;
const feedKeyBytes = 32;

/**
 * Which nodes may attach to the control feed, and with what secret. Kept across restarts of the gateway, so that nodes
 * which outlived it come back as who they were. Only one key is stored, sealed; every node's secret follows from it.
 */
export class Attachments {
  readonly #store: StateStore;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #sealer: Sealer;
  readonly #byJoinId = new Map<string, Attachment>();
  #feedKey = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly store: StateStore;
    readonly random: Random;
    readonly logger: Logger;
    readonly sealer: Sealer;
  }) {
    this.#store = options.store;
    this.#random = options.random;
    this.#logger = options.logger;
    this.#sealer = options.sealer;
  }

  /** Reads what is stored, and makes the feed's key at the first start; before anything is asked. */
  async load(): Promise<void> {
    const made = this.#sealer.seal(Buffer.from(this.#random.bytes(feedKeyBytes)).toString("base64"), feedKeyPurpose);
    const sealed = await this.#store.transact(async (transaction) => {
      const known = (await transaction.get(feedKeyPath))?.value as string | undefined;
      if (known === undefined) transaction.put(feedKeyPath, made);
      return known ?? made;
    });
    this.#feedKey = Buffer.from(this.#sealer.open(sealed, feedKeyPurpose), "base64");
    for (const entry of await this.#store.range(prefixRange(prefix))) {
      this.#byJoinId.set(entry.key.slice(prefix.length), entry.value as Attachment);
    }
  }

  of(joinId: string): Attachment | undefined {
    return this.#byJoinId.get(joinId);
  }

  /** Every node that may attach. */
  all(): readonly (readonly [joinId: string, attachment: Attachment])[] {
    return [...this.#byJoinId];
  }

  /** The secret with which a node proves itself; undefined when it may not attach. */
  secretOf(joinId: string): string | undefined {
    const attachment = this.#byJoinId.get(joinId);
    if (attachment === undefined) return undefined;
    return createHmac("sha256", this.#feedKey).update(`${joinId} ${attachment.launch}`).digest("base64url");
  }

  /** A new process is to be this node: its secret. An earlier one of the same name may not attach any more. */
  begin(joinId: string, generation: number): string {
    this.#byJoinId.set(joinId, { launch: lowerId(this.#random, launchLength), generation, mark: null });
    return this.secretOf(joinId)!;
  }

  /** Writes down what has been begun, with how the process is found again. */
  keep(joinId: string, change: { readonly mark?: string; readonly generation?: number } = {}): void {
    const attachment = this.#byJoinId.get(joinId);
    if (attachment === undefined) return;
    const kept = { ...attachment, ...change };
    this.#byJoinId.set(joinId, kept);
    this.#write(joinId, kept);
  }

  /** Nobody may attach as this node any more. */
  end(joinId: string): void {
    if (this.#byJoinId.delete(joinId)) this.#write(joinId, undefined);
  }

  /** Settles when everything is written. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  #write(joinId: string, attachment: Attachment | undefined): void {
    const work = () =>
      this.#store.transact(async (transaction) => {
        if (attachment === undefined) transaction.delete(prefix + joinId);
        else transaction.put(prefix + joinId, attachment);
      });
    // One after the other, so that what was said last is what stays.
    this.#writing = this.#writing.then(work).catch((error: unknown) => {
      this.#logger.error("a node's attachment could not be written", { nodeId: joinId, error });
    });
  }
}
