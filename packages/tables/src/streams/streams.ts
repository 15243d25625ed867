import { AwsError, type Clock, type Random } from "@hotkeep/core";
import type { TableScope } from "../catalog/catalog.js";
import { streamKey, streamKeyRange } from "../catalog/catalog-keys.js";
import type { TableDefinition } from "../catalog/definition.js";
import type { TablesLimits } from "../limits.js";
import type { PolicyBook } from "../resource-policies/policy-book.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import { firstSequence } from "./sequence-numbers.js";
import { Stream } from "./stream.js";
import type { Shard, StreamDefinition, StreamView, TableStream } from "./stream-definition.js";

/** What {@link Streams.load} needs from outside. */
export interface StreamsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Pick<TablesLimits, "streamsPerTableMax">;
  /** Told of the streams' resource policies. */
  readonly policies: PolicyBook;
}

/** All streams, those that are off included while their records are kept: on disk, and in memory for look-ups. */
export class Streams {
  readonly #storage: Storage;
  readonly #parts: StreamsParts;
  readonly #byArn = new Map<string, Stream>();
  readonly #bySpace = new Map<number, Stream>();

  private constructor(storage: Storage, parts: StreamsParts) {
    this.#storage = storage;
    this.#parts = parts;
  }

  static load(storage: Storage, parts: StreamsParts): Streams {
    const streams = new Streams(storage, parts);
    for (const { value } of storage.catalog.range(streamKeyRange)) {
      streams.#install(JSON.parse(value.toString("utf8")) as StreamDefinition);
    }
    return streams;
  }

  find(arn: string): Stream | undefined {
    return this.#byArn.get(arn);
  }

  all(): readonly Stream[] {
    return [...this.#byArn.values()];
  }

  /** Streams of one account and Region, or of one table name of it, in order of their ARNs. */
  list({ account, region }: TableScope, tableName: string | undefined): readonly Stream[] {
    return this.all()
      .filter(({ definition }) => definition.account === account && definition.region === region)
      .filter(({ definition }) => tableName === undefined || definition.tableName === tableName)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  /** The stream that changes of a table's items go to; undefined when it has none or it is off. */
  of({ stream }: Pick<TableDefinition, "stream">): Stream | undefined {
    return stream?.isEnabled === true ? this.#bySpace.get(stream.space) : undefined;
  }

  /**
   * Switches a stream on for a table, under the number `space`.
   *
   * @throws AwsError `LimitExceededException` when too many streams of that table name are still there.
   */
  open(
    transaction: WriteTransaction,
    table: Pick<TableDefinition, "account" | "region" | "name" | "key">,
    view: StreamView,
    space: number,
  ): TableStream {
    const { account, region, name: tableName, key } = table;
    const { streamsPerTableMax } = this.#parts.limits;
    const others = this.list({ account, region }, tableName);
    if (others.length >= streamsPerTableMax) {
      const message = `Subscriber limit exceeded: There is a limit of ${streamsPerTableMax} streams per table`;
      throw new AwsError("LimitExceededException", message);
    }
    const now = this.#parts.clock.now();
    const createdAt = others.reduce((at, { definition }) => Math.max(at, definition.createdAt + 1), now);
    const label = new Date(createdAt).toISOString().slice(0, -1);
    const shards = [this.#newShard(undefined, firstSequence, now)];
    const identity = { account, region, tableName, label, view, space, createdAt, key };
    const stream = this.#install({ ...identity, shards, trimmedTo: firstSequence });
    transaction.onRollback(() => this.#uninstall(stream));
    this.#store(transaction, stream.definition);
    return { label, view, space, isEnabled: true };
  }

  /** Switches a stream off: it gets no more records. */
  close(transaction: WriteTransaction, stream: Stream): void {
    const { shards } = stream.definition;
    this.redefine(transaction, stream, { ...stream.definition, shards: this.#closed(stream, shards) });
  }

  /** Closes a stream's open shard and opens another one that goes on from it. */
  rotate(transaction: WriteTransaction, stream: Stream): void {
    const shards = this.#closed(stream, stream.definition.shards);
    const before = shards.at(-1)!;
    const next = this.#newShard(before, before.last! + 1, this.#parts.clock.now());
    this.redefine(transaction, stream, { ...stream.definition, shards: [...shards, next] });
  }

  /** Puts a changed definition in the place of a stream's present one. */
  redefine(transaction: WriteTransaction, stream: Stream, definition: StreamDefinition): void {
    const before = stream.definition;
    this.#store(transaction, definition);
    this.#take(stream, definition);
    transaction.onRollback(() => this.#take(stream, before));
  }

  /** Removes a stream of which no records are left. */
  forget(transaction: WriteTransaction, stream: Stream): void {
    const { account, region, tableName, label } = stream.definition;
    transaction.remove(this.#storage.catalog, streamKey(account, region, tableName, label));
    this.#uninstall(stream);
    transaction.onRollback(() => void this.#install(stream.definition));
  }

  /** Closing takes a number, so that also a shard without records ends at one of its own. */
  #closed(stream: Stream, shards: readonly Shard[]): readonly Shard[] {
    const open = stream.openShard;
    if (open === undefined) return shards;
    const closedAt = this.#parts.clock.now();
    return [...shards.slice(0, -1), { ...open, last: stream.takeSequence(), closedAt }];
  }

  /** Ids grow with time, so that their order is that of the shards. */
  #newShard(parent: Shard | undefined, first: number, now: number): Shard {
    const openedAt = Math.max(now, (parent?.openedAt ?? 0) + 1);
    const id = `shardId-${String(openedAt).padStart(20, "0")}-${Buffer.from(this.#parts.random.bytes(4)).toString("hex")}`;
    return parent === undefined ? { id, first, openedAt } : { id, parentId: parent.id, first, openedAt };
  }

  #store(transaction: WriteTransaction, definition: StreamDefinition): void {
    const { account, region, tableName, label } = definition;
    const row = streamKey(account, region, tableName, label);
    transaction.put(this.#storage.catalog, row, Buffer.from(JSON.stringify(definition), "utf8"));
  }

  #take(stream: Stream, definition: StreamDefinition): void {
    stream.definition = definition;
    this.#parts.policies.set(stream.arn, definition.policy);
  }

  #install(definition: StreamDefinition): Stream {
    const stream = new Stream(definition, this.#storage, this.#parts.clock);
    this.#parts.policies.set(stream.arn, definition.policy);
    this.#byArn.set(stream.arn, stream);
    this.#bySpace.set(stream.space, stream);
    return stream;
  }

  #uninstall(stream: Stream): void {
    this.#parts.policies.set(stream.arn, undefined);
    this.#byArn.delete(stream.arn);
    this.#bySpace.delete(stream.space);
  }
}
