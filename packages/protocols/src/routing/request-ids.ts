import { type Random, uuid } from "@hotkeep/core";

const poolBytes = 4096;

/** Makes request ids: version-4 UUIDs. Random bytes are fetched in bulk, since fetching costs more than using them. */
export class RequestIds {
  readonly #random: Random;
  #pool: Uint8Array = new Uint8Array(0);
  #used = 0;

  constructor(random: Random) {
    this.#random = { bytes: (count) => this.#take(random, count) };
  }

  next(): string {
    return uuid(this.#random);
  }

  #take(random: Random, count: number): Uint8Array {
    if (this.#used + count > this.#pool.length) {
      this.#pool = random.bytes(poolBytes);
      this.#used = 0;
    }
    const taken = this.#pool.subarray(this.#used, this.#used + count);
    this.#used += count;
    return taken;
  }
}
