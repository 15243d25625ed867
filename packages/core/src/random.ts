import { randomFillSync } from "node:crypto";

/** A source of random bytes. Secrets and ids come from here, so that tests can make them repeatable. */
export interface Random {
  /** Fresh random bytes, `count` of them. */
  bytes(count: number): Uint8Array;
}

/** The operating system's cryptographic source. */
export const systemRandom: Random = {
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};

/** Repeatable bytes from a seed (xorshift32). For tests and simulations only: never for secrets. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 0x9e3779b9;
  }

  /** The next unsigned 32-bit number. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return this.next() % limit;
  }

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = this.next() >>> 11;
    return out;
  }
}
