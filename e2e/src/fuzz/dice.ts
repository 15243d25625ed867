import { SeededRandom } from "@hotkeep/core";

/** Repeatable choices. */
export class Dice {
  readonly #random: SeededRandom;

  /** Every case of a run has dice of its own, so that one case can be made again without those before it. */
  constructor(seed: number, index = 0) {
    this.#random = new SeededRandom(seed ^ Math.imul(index + 1, 0x9e3779b1));
    // The first numbers of neighbouring seeds resemble each other.
    for (let i = 0; i < 4; i++) this.#random.next();
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return this.#random.below(limit);
  }

  /** True once in `of` throws. */
  once(of: number): boolean {
    return this.#random.below(of) === 0;
  }

  /** One of them. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.#random.below(choices.length)];
    if (choice === undefined) throw new Error("there is nothing to choose from");
    return choice;
  }

  bytes(count: number): Buffer {
    return Buffer.from(this.#random.bytes(count));
  }
}
