/** Where lines of a log go. */
export interface LineTarget {
  write(line: string): void;
}

/** Enough for any start; what comes beyond is let through with all before it. */
const heldLinesMax = 1_000;

/** Keeps lines back until it is known whether they are of use: a start that says itself why it failed needs no log. */
export class HeldLines implements LineTarget {
  readonly #target: LineTarget;
  #held: string[] | undefined = [];

  constructor(target: LineTarget) {
    this.#target = target;
  }

  write(line: string): void {
    if (this.#held !== undefined && this.#held.length >= heldLinesMax) this.release();
    if (this.#held === undefined) this.#target.write(line);
    else this.#held.push(line);
  }

  /** Writes what was kept back; from now on every line goes straight through. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#target.write(line);
  }

  /** Forgets what was kept back. */
  drop(): void {
    if (this.#held !== undefined) this.#held = [];
  }
}
