import { formatJoinToken, joinSecretOf } from "@hotkeep/control-feed";
import { type Clock, lowerId, type Random } from "@hotkeep/core";
import type { Sealer } from "@hotkeep/identity";
import { prefixRange, type StateStore } from "@hotkeep/state";
import type { ClusterLimits } from "../limits.js";
import type { Place } from "../model/records.js";

/** A join token as stored and shown: what it is for, not what it says. An alias: the store takes JSON. */
export type JoinTokenRecord = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  /** Tells the cluster from a later one of the same name. */
  readonly suffix: string;
  /** Set: it admits as this node only, whoever has that place now. */
  readonly nodeId: string | null;
  /** What both ends prove, sealed. The token itself is not kept. */
  readonly sealed: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** ARN of who made it. */
  readonly createdBy: string;
};

const prefix = "clusters/join-tokens/";
const idLength = 12;
const secretLength = 48;

/** What a new token is for. */
export type JoinTokenWish = Pick<JoinTokenRecord, "account" | "region" | "cluster" | "suffix" | "nodeId" | "createdBy">;

/** The tokens that wait to be used, each good for one node, once. In memory for the feed's handshake, and on disk. */
export class JoinTokens {
  readonly #store: StateStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #sealer: Sealer;
  readonly #byId = new Map<string, JoinTokenRecord>();

  constructor(options: {
    readonly store: StateStore;
    readonly clock: Clock;
    readonly random: Random;
    readonly sealer: Sealer;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#sealer = options.sealer;
  }

  async load(): Promise<void> {
    for (const entry of await this.#store.range(prefixRange(prefix))) {
      const record = entry.value as JoinTokenRecord;
      this.#byId.set(record.id, record);
    }
  }

  /** Tokens of one place that may still be used, oldest first. */
  list({ account, region }: Place): readonly JoinTokenRecord[] {
    return [...this.#byId.values()]
      .filter((one) => one.account === account && one.region === region && this.#isGood(one))
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** What the holder of this token proves; undefined when it is not good (any more). */
  secretOf(id: string): string | undefined {
    const record = this.#byId.get(id);
    return record !== undefined && this.#isGood(record) ? this.#sealer.open(record.sealed, purposeOf(id)) : undefined;
  }

  /** The text is shown once and kept nowhere. Answers undefined when `joinTokensMax` tokens wait already. */
  async create(
    wish: JoinTokenWish,
    forMs: number,
    limits: Pick<ClusterLimits, "joinTokensMax">,
  ): Promise<{ readonly text: string; readonly record: JoinTokenRecord } | undefined> {
    await this.#forgetExpired();
    const mine = [...this.#byId.values()].filter((one) => one.account === wish.account);
    if (mine.length >= limits.joinTokensMax) return undefined;
    const id = lowerId(this.#random, idLength);
    const secret = lowerId(this.#random, secretLength);
    const now = this.#clock.now();
    const sealed = this.#sealer.seal(joinSecretOf(secret), purposeOf(id));
    const record: JoinTokenRecord = { ...wish, id, sealed, createdAt: now, expiresAt: now + forMs };
    await this.#store.transact(async (transaction) => transaction.put(prefix + id, record));
    this.#byId.set(id, record);
    return { text: formatJoinToken({ id, secret }), record };
  }

  /**
   * Takes a token for use: nobody else can any more. {@link putBack} undoes that, {@link delete} makes it last.
   * undefined: it is not good, or used.
   */
  take(id: string): JoinTokenRecord | undefined {
    const record = this.#byId.get(id);
    if (record === undefined || !this.#isGood(record)) return undefined;
    this.#byId.delete(id);
    return record;
  }

  putBack(record: JoinTokenRecord): void {
    this.#byId.set(record.id, record);
  }

  /** Answers whether it was there. */
  async delete(id: string): Promise<boolean> {
    this.#byId.delete(id);
    return this.#store.transact(async (transaction) => {
      const known = await transaction.get(prefix + id);
      if (known !== undefined) transaction.delete(prefix + id);
      return known !== undefined;
    });
  }

  async #forgetExpired(): Promise<void> {
    for (const record of [...this.#byId.values()]) if (!this.#isGood(record)) await this.delete(record.id);
  }

  #isGood({ expiresAt }: JoinTokenRecord): boolean {
    return this.#clock.now() < expiresAt;
  }
}

function purposeOf(id: string): string {
  return `join-token/${id}`;
}
