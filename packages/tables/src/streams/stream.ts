import { type Clock, formatArn, HotkeepError } from "@hotkeep/core";
import { tableArn } from "../catalog/table.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import { encodeChange, type ItemChange, isChange } from "./change-record.js";
import type { Shard, StreamDefinition } from "./stream-definition.js";
import { recordKey, recordRange, sequenceOf } from "./stream-keys.js";

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` */
export function streamArn(stream: Pick<StreamDefinition, "account" | "region" | "tableName" | "label">): string {
  const { account, region, tableName, label } = stream;
  return formatArn({ service: "dynamodb", account, region, resource: `table/${tableName}/stream/${label}` });
}

/** A stream that requests work with. */
export class Stream {
  readonly arn: string;
  readonly tableArn: string;
  /** Replaced as a whole when shards come and go or records are trimmed. */
  definition: StreamDefinition;
  readonly #storage: Storage;
  readonly #clock: Clock;
  /** The next record's number. Numbers of commits that failed are left out. */
  #next: number;

  constructor(definition: StreamDefinition, storage: Storage, clock: Clock) {
    this.definition = definition;
    this.arn = streamArn(definition);
    this.tableArn = tableArn({ ...definition, name: definition.tableName });
    this.#storage = storage;
    this.#clock = clock;
    this.#next = this.end();
  }

  get space(): number {
    return this.definition.space;
  }

  /** The shard that records go to; undefined when the stream is off. */
  get openShard(): Shard | undefined {
    const last = this.definition.shards.at(-1);
    return last?.last === undefined ? last : undefined;
  }

  /** The number after the last record on disk: where a reader who wants only what comes starts. */
  end(): number {
    const { trimmedTo, shards } = this.definition;
    const bounds = recordRange(this.space, trimmedTo);
    let last = 0;
    for (const { key } of this.#storage.streams.range({ ...bounds, reverse: true })) {
      last = sequenceOf(key);
      break;
    }
    const newest = shards.at(-1);
    return Math.max(trimmedTo, last + 1, newest?.last === undefined ? (newest?.first ?? 0) : newest.last + 1);
  }

  /** Takes a number, inside a transaction. */
  takeSequence(): number {
    return this.#next++;
  }

  /** Adds a record of an item's change to the transaction that makes it; none for a write that changes nothing. */
  append(transaction: WriteTransaction, change: ItemChange): void {
    if (!isChange(change)) return;
    if (this.openShard === undefined) throw new HotkeepError("TablesUnusable", `The stream ${this.arn} is closed.`);
    const { key, view } = this.definition;
    const record = encodeChange(change, key, view, this.#clock.now());
    transaction.put(this.#storage.streams, recordKey(this.space, this.takeSequence()), record);
  }
}
