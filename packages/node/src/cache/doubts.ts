import type { NodeLimits } from "../limits.js";
import { RecentKeys } from "./recent-keys.js";

/** What bounds a node's doubts. */
export type DoubtLimits = Pick<NodeLimits, "tableLagMs" | "learnedKeysBits" | "lateWriteMs" | "lateKeysMax">;

/**
 * When a read of the table cannot be relied on as it is. Two reasons:
 *
 * - An eventually consistent read may be as old as `tableLagMs`. If this node has learned something of a key within that
 *   time, such a read could take it back: so the next one must be a consistent one.
 * - A write whose outcome is unknown may reach the table up to `lateWriteMs` later, and nobody will tell. What a read or
 *   write that began before then has found may be cached, but not beyond that time; and for `tableLagMs` after it
 *   replicas may still not have it.
 */
export class Doubts {
  readonly #limits: DoubtLimits;
  readonly #learned: RecentKeys;
  readonly #late = new Map<string, number>();
  #allLateUntil = Number.NEGATIVE_INFINITY;

  constructor(limits: DoubtLimits, seed: number) {
    this.#limits = limits;
    this.#learned = new RecentKeys(limits.tableLagMs, limits.learnedKeysBits, seed);
  }

  /** The node has learned a value of the key, or that there is a new one. */
  learned(key: Uint8Array, now: number): void {
    this.#learned.mark(key, now);
  }

  /** Somebody says that the node's values are not the last ones. */
  learnedAll(now: number): void {
    this.#learned.markAll(now);
  }

  /** Of any key something may have been missed: new values, and writes that may come late. */
  missedAll(now: number, lateUntil: number): void {
    this.#learned.markAll(now);
    this.lateAll(Math.max(lateUntil, now + this.#limits.lateWriteMs));
  }

  /** Whether a read that begins now must be consistent. */
  mustReadConsistently(key: Uint8Array, keyText: string, now: number): boolean {
    return this.#lateUntil(keyText) + this.#limits.tableLagMs > now || this.#learned.has(key, now);
  }

  /** A write of this key may reach the table late. */
  late(keyText: string, now: number): void {
    const until = now + this.#limits.lateWriteMs;
    if (this.#late.size >= this.#limits.lateKeysMax) this.#forgetOver(now);
    if (this.#late.size >= this.#limits.lateKeysMax) this.lateAll(until);
    else this.#late.set(keyText, until);
  }

  /** Writes of any key may reach the table until then. */
  lateAll(until: number): void {
    this.#allLateUntil = Math.max(this.#allLateUntil, until);
  }

  /** When the last of all late writes that are expected has arrived; -Infinity: there are none. */
  get end(): number {
    return Math.max(this.#allLateUntil, ...this.#late.values());
  }

  /** How long what a read or write that begins now finds may be kept; Infinity where there is no doubt. */
  keepUntil(keyText: string, now: number): number {
    const until = this.#lateUntil(keyText);
    return until > now ? until : Number.POSITIVE_INFINITY;
  }

  #lateUntil(keyText: string): number {
    const ofKey = this.#late.size === 0 ? undefined : this.#late.get(keyText);
    return Math.max(this.#allLateUntil, ofKey ?? Number.NEGATIVE_INFINITY);
  }

  #forgetOver(now: number): void {
    const over = now - this.#limits.tableLagMs;
    for (const [keyText, until] of this.#late) if (until <= over) this.#late.delete(keyText);
  }
}
