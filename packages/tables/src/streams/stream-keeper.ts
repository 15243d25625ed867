import type { Clock, Logger } from "@hotkeep/core";
import type { TablesLimits } from "../limits.js";
import { RepeatedWalk } from "../repeated-walk.js";
import type { Storage } from "../storage/storage.js";
import { recordedAt } from "./change-record.js";
import type { Stream } from "./stream.js";
import type { Shard } from "./stream-definition.js";
import { recordRange, sequenceOf } from "./stream-keys.js";
import type { Streams } from "./streams.js";

/** What a {@link StreamKeeper} needs from outside. */
export interface KeeperParts {
  readonly storage: Storage;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Pick<TablesLimits, "streamSweepMs" | "streamRetentionMs" | "shardMs" | "trimmedRecordsPerCommitMax">;
}

/**
 * Looks after the streams every now and then: removes records that are older than they are kept, opens a new shard
 * where one has been open for long, and forgets streams that are off and have no records left.
 */
export class StreamKeeper {
  readonly #parts: KeeperParts;
  readonly #walk: RepeatedWalk;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#walk = new RepeatedWalk({
      clock: parts.clock,
      everyMs: parts.limits.streamSweepMs,
      walk: () => this.sweep(),
      onFailure: (error) => parts.logger.error("streams could not be looked after", { error: String(error) }),
    });
  }

  /** Walks once every `streamSweepMs`. */
  start(): void {
    this.#walk.start();
  }

  async stop(): Promise<void> {
    await this.#walk.stop();
  }

  /** One walk over all streams. */
  async sweep(): Promise<void> {
    for (const stream of this.#parts.streams.all()) {
      while (!this.#walk.isStopped && (await this.#trim(stream)) === "more");
      await this.#rotate(stream);
      await this.#forget(stream);
    }
  }

  /** The time before which nothing is kept. */
  get #horizon(): number {
    return this.#parts.clock.now() - this.#parts.limits.streamRetentionMs;
  }

  /** Removes some records, and the shards that ended long enough ago. */
  async #trim(stream: Stream): Promise<"more" | "done"> {
    const { storage, streams, limits } = this.#parts;
    if (!this.#hasOld(stream)) return "done";
    return storage.transact((transaction) => {
      const { shards, trimmedTo: before } = stream.definition;
      const ended = shards.filter((shard) => this.#isOld(shard));
      const endedTo = Math.max(before, ...ended.map(({ last }) => last! + 1));
      let trimmedTo = before;
      let removed = 0;
      for (const { key, value } of storage.streams.range(recordRange(stream.space, before))) {
        const sequence = sequenceOf(key);
        if (sequence >= endedTo && recordedAt(value) > this.#horizon) break;
        if (removed++ === limits.trimmedRecordsPerCommitMax) {
          streams.redefine(transaction, stream, { ...stream.definition, trimmedTo });
          return "more";
        }
        transaction.remove(storage.streams, key);
        trimmedTo = sequence + 1;
      }
      const kept = shards.filter((shard) => !ended.includes(shard));
      trimmedTo = Math.max(trimmedTo, endedTo);
      streams.redefine(transaction, stream, { ...stream.definition, shards: kept, trimmedTo });
      return "done";
    });
  }

  #hasOld({ definition, space }: Stream): boolean {
    if (definition.shards.some((shard) => this.#isOld(shard))) return true;
    for (const { value } of this.#parts.storage.streams.range(recordRange(space, definition.trimmedTo))) {
      return recordedAt(value) <= this.#horizon;
    }
    return false;
  }

  /** Whether all records of a shard are as old as its end, and that is too old. */
  #isOld({ closedAt }: Shard): boolean {
    return closedAt !== undefined && closedAt <= this.#horizon;
  }

  async #rotate(stream: Stream): Promise<void> {
    const { storage, streams } = this.#parts;
    if (!this.#isDue(stream)) return;
    await storage.transact((transaction) => {
      if (this.#isDue(stream)) streams.rotate(transaction, stream);
    });
  }

  /** A shard without a record stays open: it has nothing to split. */
  #isDue(stream: Stream): boolean {
    const { openShard } = stream;
    if (openShard === undefined || stream.end() === openShard.first) return false;
    return this.#parts.clock.now() - openShard.openedAt >= this.#parts.limits.shardMs;
  }

  async #forget(stream: Stream): Promise<void> {
    const { storage, streams } = this.#parts;
    if (stream.definition.shards.length > 0) return;
    await storage.transact((transaction) => streams.forget(transaction, stream));
  }
}
