import { hashBytes } from "./hash-bytes.js";

/**
 * Which keys were marked within the last `spanMs`, in a fixed amount of memory. Never forgets a key too early; may take
 * an unmarked one for marked, and keeps some up to twice as long. Two bitmaps take turns.
 */
export class RecentKeys {
  readonly #spanMs: number;
  readonly #seed: number;
  readonly #mask: number;
  #young: Uint32Array;
  #old: Uint32Array;
  #turnedAt = Number.NEGATIVE_INFINITY;
  #allUntil = Number.NEGATIVE_INFINITY;

  /** @param bits of one bitmap, a power of two: with a tenth as many keys marked, one key in ten is taken for marked */
  constructor(spanMs: number, bits: number, seed: number) {
    this.#mask = bits - 1;
    this.#young = new Uint32Array(bits >>> 5);
    this.#old = new Uint32Array(bits >>> 5);
    this.#spanMs = spanMs;
    this.#seed = seed;
  }

  mark(key: Uint8Array, now: number): void {
    this.#turn(now);
    const bit = this.#bitOf(key);
    this.#young[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Marks every key there is. */
  markAll(now: number): void {
    this.#allUntil = now + this.#spanMs;
  }

  has(key: Uint8Array, now: number): boolean {
    if (now < this.#allUntil) return true;
    this.#turn(now);
    const bit = this.#bitOf(key);
    const word = bit >>> 5;
    return ((this.#young[word]! | this.#old[word]!) & (1 << (bit & 31))) !== 0;
  }

  #bitOf(key: Uint8Array): number {
    return hashBytes(key, 0, key.length, this.#seed) & this.#mask;
  }

  #turn(now: number): void {
    const ageMs = now - this.#turnedAt;
    if (ageMs < this.#spanMs) return;
    const empty = this.#old.fill(0);
    this.#old = ageMs < 2 * this.#spanMs ? this.#young : this.#young.fill(0);
    this.#young = empty;
    this.#turnedAt = now;
  }
}
