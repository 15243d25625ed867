import type { NodeLimits } from "../limits.js";
import { RecentKeys } from "./recent-keys.js";

/** What bounds a node's doubts. */
export type DoubtLimits = Pick<NodeLimits, "tableLagMs" | "lateWriteMs" | "lateKeysMax">;

/**
 * When a read of the table cannot be relied on as it is. Two reasons:
 *
 * - An eventually consistent read may be as old as `tableLagMs`. If this node has learned something of a key within that
 *   time, such a read could take it back: so the next one must be a consistent one.
 * - A write whose outcome is unknown may reach the table up to `lateWriteMs` later, and nobody will tell. Until then
 *   what is read may be cached, but not beyond that time.
 */
export class Doubts {
  readonly #limits: DoubtLimits;
  readonly #learned: RecentKeys;
  readonly #late = new Map<string, number>();
  #allLateUntil = Number.NEGATIVE_INFINITY;

  constructor(limits: DoubtLimits, seed: number) {
    this.#limits = limits;
    this.#learned = new RecentKeys(limits.tableLagMs, seed);
  }

  /** The node has learned a value of the key, or that there is a new one. */
  learned(key: Uint8Array, now: number): void {
    this.#learned.mark(key, now);
  }

  /** The same for every key. */
  learnedAll(now: number): void {
    this.#learned.markAll(now);
  }

  /** Whether a read that begins now must be consistent. */
  mustReadConsistently(key: Uint8Array, now: number): boolean {
    return this.#learned.has(key, now);
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

  /** How long what is stored now may be kept; Infinity where there is no doubt. */
  keepUntil(keyText: string, now: number): number {
    const ofKey = this.#late.size === 0 ? undefined : this.#late.get(keyText);
    const until = Math.max(this.#allLateUntil, ofKey ?? Number.NEGATIVE_INFINITY);
    if (until > now) return until;
    if (ofKey !== undefined) this.#late.delete(keyText);
    return Number.POSITIVE_INFINITY;
  }

  #forgetOver(now: number): void {
    for (const [keyText, until] of this.#late) if (until <= now) this.#late.delete(keyText);
  }
}
