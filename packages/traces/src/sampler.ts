/** Lets an even share of requests through: at 0.1 every tenth. */
export class EvenSampler {
  readonly #ratio: number;
  #owed = 0;

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  next(): boolean {
    this.#owed += this.#ratio;
    if (this.#owed < 1) return false;
    this.#owed -= 1;
    return true;
  }
}
