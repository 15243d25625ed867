import type { DenialRecord } from "@hotkeep/control-feed";

/** The last denials that nodes reported; the oldest give way. */
export class DenialLog {
  readonly #denialsMax: number;
  readonly #byId = new Map<string, DenialRecord>();

  constructor(denialsMax: number) {
    this.#denialsMax = denialsMax;
  }

  add(denial: DenialRecord): void {
    this.#byId.delete(denial.id);
    if (this.#byId.size >= this.#denialsMax) this.#byId.delete(this.#byId.keys().next().value!);
    this.#byId.set(denial.id, denial);
  }

  /** undefined: never reported, or too long ago. */
  find(id: string): DenialRecord | undefined {
    return this.#byId.get(id);
  }

  /** The newest first, at most `countMax`. */
  latest(countMax: number): readonly DenialRecord[] {
    return [...this.#byId.values()].slice(-countMax).reverse();
  }
}
