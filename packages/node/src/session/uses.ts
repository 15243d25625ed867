import type { UseRecord } from "@hotkeep/control-feed";
import type { Gateway } from "../gateway.js";
import { everyAction } from "./actions.js";

/** Whose uses are counted: one place for each of the actions. */
export interface Counted {
  readonly caller: { readonly accessKeyId: string };
  readonly uses: Uint32Array;
  /** Nobody counts here any more. */
  readonly stale: boolean;
}

/** Pause between two reports. */
const reportEveryMs = 5_000;
/** Uses in one notice; a frame of the feed has room for many times that. */
const usesPerNoticeMax = 500;

/** Fresh counts. */
export function newUses(): Uint32Array {
  return new Uint32Array(everyAction.length);
}

/**
 * What callers have tried, counted by access key and action and told to the gateway every few seconds: counting costs a
 * request one addition, and the gateway hears of each key and action once however many requests there were.
 */
export class UseLedger {
  readonly #gateway: Pick<Gateway, "notify" | "connected">;
  readonly #countedMax: number;
  readonly #counted = new Set<Counted>();
  #reportAt = 0;

  /** @param countedMax callers counted at a time; uses of others go untold */
  constructor(gateway: Pick<Gateway, "notify" | "connected">, countedMax: number) {
    this.#gateway = gateway;
    this.#countedMax = countedMax;
  }

  add(counted: Counted): void {
    if (this.#counted.size < this.#countedMax) this.#counted.add(counted);
  }

  /** Tells when it is time to; `now` is monotonic, `wallNow` milliseconds since the epoch. */
  tick(now: number, wallNow: number): void {
    if (now < this.#reportAt) return;
    this.#reportAt = now + reportEveryMs;
    this.report(wallNow);
  }

  /** Tells now. Without a gateway, counting goes on until there is one. */
  report(wallNow: number): void {
    if (!this.#gateway.connected) return;
    let uses: UseRecord[] = [];
    for (const counted of this.#counted) {
      for (const { action, index } of everyAction) {
        const count = counted.uses[index]!;
        if (count === 0) continue;
        counted.uses[index] = 0;
        uses.push({ accessKeyId: counted.caller.accessKeyId, action, count, at: wallNow });
        if (uses.length < usesPerNoticeMax) continue;
        this.#gateway.notify("used", { uses });
        uses = [];
      }
      if (counted.stale) this.#counted.delete(counted);
    }
    if (uses.length > 0) this.#gateway.notify("used", { uses });
  }
}
