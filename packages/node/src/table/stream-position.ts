import type { AttributeMap, Item } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { StreamShard, TableEndpoint } from "./table-calls.js";

/** One change that a stream tells of. */
export interface StreamChange {
  readonly keys: AttributeMap;
  /** Absent: the item was removed, or the stream does not carry it; `removed` tells which. */
  readonly newItem?: Item;
  readonly removed: boolean;
}

/** Records in one answer (documented). */
const recordsMax = 1_000;

/** Errors that say that what is left of the stream begins behind our place in it. */
const lossCodes = new Set(["TrimmedDataAccessException", "ExpiredIteratorException", "ResourceNotFoundException"]);

/** Whether changes between our place and what can be read now are lost to us. */
export function isLossOfPosition(error: unknown): boolean {
  return error instanceof AwsError && lossCodes.has(error.code);
}

/** A place in a table's stream: one iterator for each shard that is being read. Shards that end are followed by their children. */
export class StreamPosition {
  readonly #endpoint: TableEndpoint;
  readonly #streamArn: string;
  readonly #iterators = new Map<string, string>();

  private constructor(endpoint: TableEndpoint, streamArn: string) {
    this.#endpoint = endpoint;
    this.#streamArn = streamArn;
  }

  /** The place behind everything that the stream has now. @throws AwsError, TableUnreachable */
  static async latest(endpoint: TableEndpoint, streamArn: string): Promise<StreamPosition> {
    const position = new StreamPosition(endpoint, streamArn);
    for (const shard of await position.#shards()) {
      if (shard.SequenceNumberRange?.EndingSequenceNumber !== undefined) continue;
      await position.#begin(shard.ShardId, "LATEST");
    }
    return position;
  }

  /** Whether the stream has come to its end: it was switched off. */
  get ended(): boolean {
    return this.#iterators.size === 0;
  }

  /**
   * Reads on, once in every shard; a place behind changes is taken only when `take` has had them.
   *
   * @returns whether there may be more already
   * @throws AwsError, see {@link isLossOfPosition}; TableUnreachable; what `take` throws
   */
  async next(take: (change: StreamChange) => Promise<void>): Promise<boolean> {
    let more = false;
    for (const [shardId, iterator] of [...this.#iterators]) {
      const output = await this.#endpoint.call("GetRecords", { ShardIterator: iterator, Limit: recordsMax });
      for (const { eventName, dynamodb } of output.Records) {
        const { Keys: keys, NewImage } = dynamodb;
        await take({ keys, removed: eventName === "REMOVE", ...(NewImage !== undefined && { newItem: NewImage }) });
      }
      more ||= output.Records.length === recordsMax;
      if (output.NextShardIterator !== undefined) this.#iterators.set(shardId, output.NextShardIterator);
      else {
        more = true;
        await this.#follow(shardId);
      }
    }
    return more;
  }

  /** A shard has ended: its children go on. */
  async #follow(shardId: string): Promise<void> {
    const shards = await this.#shards();
    for (const child of shards) {
      if (child.ParentShardId === shardId) await this.#begin(child.ShardId, "TRIM_HORIZON");
    }
    this.#iterators.delete(shardId);
  }

  async #begin(shardId: string, type: "LATEST" | "TRIM_HORIZON"): Promise<void> {
    const input = { StreamArn: this.#streamArn, ShardId: shardId, ShardIteratorType: type };
    const { ShardIterator } = await this.#endpoint.call("GetShardIterator", input);
    this.#iterators.set(shardId, ShardIterator);
  }

  async #shards(): Promise<readonly StreamShard[]> {
    const shards: StreamShard[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription } = await this.#endpoint.call("DescribeStream", {
        StreamArn: this.#streamArn,
        ...(after !== undefined && { ExclusiveStartShardId: after }),
      });
      shards.push(...StreamDescription.Shards);
      after = StreamDescription.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }
}
