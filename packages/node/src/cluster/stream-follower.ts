import { AwsError, type Timer } from "@hotkeep/core";
import { encodeKey } from "@hotkeep/dax-wire";
import { itemKeyOf } from "../cache/item-key.js";
import type { OperationContext } from "../operations/context.js";
import { wholeItemResponse } from "../operations/items.js";
import { isLossOfPosition, type StreamChange, StreamPosition } from "../table/stream-position.js";
import type { KnownTable } from "../table/table-schemas.js";

/** What following takes. */
export type StreamFollowerTools = Pick<
  OperationContext,
  "tables" | "schemas" | "items" | "lists" | "clock" | "logger" | "limits"
>;

interface Followed {
  readonly name: string;
  position: StreamPosition | undefined;
  /** Failures in a row. */
  failures: number;
  /** What was last said of it in the log; said once. */
  said: string | undefined;
  timer: Timer | undefined;
}

/**
 * Reads the streams of all tables that this node knows and drops what others have changed, past the cluster too. From
 * where the reading begins, at first or after a loss, nothing cached of the table counts: it may have changed before.
 */
export class StreamFollower {
  readonly #tools: StreamFollowerTools;
  readonly #followed = new Map<string, Followed>();
  #looking: Timer | undefined;
  #stopped = false;

  constructor(tools: StreamFollowerTools) {
    this.#tools = tools;
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#looking?.cancel();
    for (const { timer } of this.#followed.values()) timer?.cancel();
  }

  /** Takes up tables that have become known. */
  #look(): void {
    const { schemas, limits, clock, logger } = this.#tools;
    for (const name of schemas.names()) {
      if (this.#followed.has(name)) continue;
      if (this.#followed.size >= limits.streamsFollowedMax) {
        logger.debug("too many streams to follow", { table: name, streamsFollowedMax: limits.streamsFollowedMax });
        break;
      }
      const one: Followed = { name, position: undefined, failures: 0, said: undefined, timer: undefined };
      this.#followed.set(name, one);
      this.#step(one);
    }
    this.#looking = clock.after(limits.streamPollMs, () => this.#look());
  }

  #step(one: Followed): void {
    const { clock, limits } = this.#tools;
    this.#read(one)
      .catch((error: unknown) => this.#failed(one, error))
      .then((pauseMs) => {
        if (!this.#stopped && pauseMs !== undefined) one.timer = clock.after(pauseMs, () => this.#step(one));
      })
      .catch((error: unknown) => {
        this.#tools.logger.error("following a stream failed", { table: one.name, error });
        if (!this.#stopped) one.timer = clock.after(limits.streamRetryMsMax, () => this.#step(one));
      });
  }

  /** @returns the pause before the next step, in milliseconds */
  async #read(one: Followed): Promise<number> {
    const { schemas, limits, logger } = this.#tools;
    const table = await schemas.get(one.name);
    if (one.position === undefined || one.position.ended) {
      one.position = await this.#begin(one);
      if (one.position === undefined) return limits.tableSchemaMs;
    }
    const more = await one.position.next((change) => this.#take(table, change));
    if (one.failures > 0) logger.info("a table's stream is followed again", { table: one.name });
    one.failures = 0;
    one.said = undefined;
    return more ? 0 : limits.streamPollMs;
  }

  async #begin(one: Followed): Promise<StreamPosition | undefined> {
    const { tables, items, clock, logger } = this.#tools;
    const { Table } = await tables.call("DescribeTable", { TableName: one.name });
    const { LatestStreamArn: arn, StreamSpecification: stream } = Table;
    if (arn === undefined || stream?.StreamEnabled !== true) {
      this.#say(one, "a table has no stream: changes made past the cluster show when cached items expire");
      return undefined;
    }
    const position = await StreamPosition.latest(tables, arn);
    if (this.#stopped) return undefined;
    // What changed before this place is not told.
    items.forgetTable(one.name, clock.monotonic());
    logger.info("a table's stream is followed", { table: one.name, stream: arn });
    return position;
  }

  async #take(table: KnownTable, { keys, newItem, removed }: StreamChange): Promise<void> {
    const { items, clock } = this.#tools;
    if (this.#stopped) return;
    const itemKey = itemKeyOf(table.name, encodeKey(table.schema, keys));
    // Mostly this cluster's own writes: what is cached is what the stream tells.
    if (removed || newItem !== undefined) {
      const told = await wholeItemResponse(this.#tools, table, newItem);
      const cached = items.inspect(itemKey, clock.monotonic());
      if (cached?.response.equals(told) === true) return;
    }
    items.invalidate(itemKey, clock.monotonic(), false);
  }

  /** @returns the pause before the next step; undefined: there is no such table any more */
  #failed(one: Followed, error: unknown): number | undefined {
    const { items, clock, limits, schemas } = this.#tools;
    if (isLossOfPosition(error)) {
      if (one.position !== undefined) items.forgetTable(one.name, clock.monotonic());
      one.position = undefined;
      if (schemas.known(one.name) === undefined) {
        this.#followed.delete(one.name);
        return undefined;
      }
    }
    const reason = error instanceof AwsError ? `${error.code}: ${error.message}` : (error as Error).message;
    this.#say(one, "a table's stream cannot be followed: changes made past the cluster may go unseen", reason);
    one.failures++;
    return Math.min(limits.streamRetryMsMax, limits.streamPollMs * 2 ** Math.min(one.failures, 20));
  }

  #say(one: Followed, message: string, reason?: string): void {
    if (one.said === message) return;
    one.said = message;
    this.#tools.logger.warn(message, { table: one.name, ...(reason !== undefined && { reason }) });
  }
}
