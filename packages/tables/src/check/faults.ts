/** Faults that are told in words; more are only counted. */
const toldMax = 100;

/** What a walk over the stored rows has found wrong. */
export class Faults {
  readonly told: string[] = [];
  count = 0;

  /** Notes a fault; the text says which row and what is wrong with it. */
  add(text: string): void {
    this.count++;
    if (this.told.length < toldMax) this.told.push(text);
  }

  /** Runs a part of the walk; what it throws is a fault. Undefined then. */
  attempt<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.add(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
