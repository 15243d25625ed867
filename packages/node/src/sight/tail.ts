import type { SeenRequest } from "@hotkeep/control-feed";
import type { Clock, Timer } from "@hotkeep/core";
import { decodeKey } from "@hotkeep/dax-wire";
import { readItemKey } from "../cache/item-key.js";
import type { Gateway } from "../gateway.js";
import { operationName } from "../operation-name.js";
import type { TableSchemas } from "../table/table-schemas.js";
import type { Sighting } from "./sighting.js";
import type { Follower, Watch } from "./watch.js";

/** Requests told in one notice; more in the same time are only counted. */
const requestsPerNoticeMax = 100;
const noticeEveryMs = 250;

/** What a tail works with. */
export interface TailOptions {
  readonly gateway: Pick<Gateway, "notify">;
  readonly clock: Clock;
  readonly watch: Watch;
  readonly schemas: Pick<TableSchemas, "known">;
}

/** Tells the gateway what becomes of requests, for as long as somebody there asks, sampled and bounded. */
export class Tail implements Follower {
  readonly #options: TailOptions;
  #stop: (() => void) | undefined;
  #until = 0;
  #percent = 100;
  #owed = 0;
  #seen: SeenRequest[] = [];
  #missed = 0;
  #timer: Timer | undefined;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** Looks for so long, from now on; called again, it goes on. */
  follow(forMs: number, percent: number): void {
    const { clock, watch } = this.#options;
    this.#until = clock.monotonic() + forMs;
    this.#percent = percent;
    this.#stop ??= watch.follow(this);
    if (this.#timer === undefined) this.#tellLater();
  }

  /** Stops at once. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#stop?.();
    this.#stop = undefined;
  }

  wants(): boolean {
    this.#owed += this.#percent;
    if (this.#owed < 100) return false;
    this.#owed -= 100;
    return true;
  }

  seen(sighting: Sighting, endedAt: number): void {
    if (this.#seen.length >= requestsPerNoticeMax) {
      this.#missed++;
      return;
    }
    this.#seen.push(this.#record(sighting, endedAt));
  }

  #tellLater(): void {
    const { clock, gateway } = this.#options;
    this.#timer = clock.after(noticeEveryMs, () => {
      this.#timer = undefined;
      if (this.#seen.length > 0 || this.#missed > 0) {
        gateway.notify("seen", { requests: this.#seen, missed: this.#missed });
        this.#seen = [];
        this.#missed = 0;
      }
      if (clock.monotonic() < this.#until) this.#tellLater();
      else this.close();
    });
  }

  #record(sighting: Sighting, endedAt: number): SeenRequest {
    const { clock, schemas } = this.#options;
    const { method, outcome, counts, itemKey, ageMs, deniedBy, error, principal, startedAt } = sighting;
    const item = itemKey === undefined ? undefined : readItemKey(itemKey);
    const table = item?.table ?? sighting.table;
    const schema = item === undefined ? undefined : schemas.known(item.table)?.schema;
    return {
      at: clock.now(),
      operation: operationName(method),
      outcome,
      tookMicros: Math.round((endedAt - startedAt) * 1000),
      principal,
      ...(table === undefined ? {} : { table }),
      ...(item === undefined || schema === undefined ? {} : { key: decodeKey(schema, item.key) }),
      ...(ageMs === undefined ? {} : { ageMs: Math.round(ageMs) }),
      ...(outcome === "mixed" ? { items: { ...counts } } : {}),
      ...(deniedBy === undefined ? {} : { deniedBy }),
      ...(error?.requestId === undefined ? {} : { requestId: error.requestId }),
      ...(error?.code === undefined ? {} : { errorCode: error.code }),
    };
  }
}
