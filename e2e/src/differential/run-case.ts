import type { Case, Content, Family } from "./case.js";
import { type Difference, describeDifference } from "./compare.js";
import type { KnownDifferences } from "./known-difference.js";
import { isWrite, type Pair } from "./pair.js";

/** Runs a family's cases on its tables, one after the other. */
export class FamilyRun {
  readonly #pair: Pair;
  readonly #tables: readonly string[];
  readonly #known: KnownDifferences;
  /** What the tables hold, as far as that is certain. */
  #content: Content | undefined;

  constructor(pair: Pair, family: Family, known: KnownDifferences) {
    this.#pair = pair;
    this.#tables = family.tables.map(({ TableName }) => TableName as string);
    this.#known = known;
  }

  /** The unknown differences, each with the request that shows it. */
  async run({ given, steps }: Case): Promise<readonly string[]> {
    if (this.#content !== given) await this.#pair.fill(this.#tables, given);
    this.#content = given;
    const writes = steps.some(isWrite);
    if (writes) await this.#pair.skipRecords(this.#tables);
    const problems: string[] = [];
    let agreed = true;
    const note = (found: readonly Difference[], request: string) => {
      // After an error on one side only, the sides hold different things, and that says nothing new.
      if (!agreed) return;
      agreed = !found.some(({ kind }) => kind === "outcome");
      for (const difference of found) {
        if (!this.#known.isKnown(difference)) problems.push(`${describeDifference(difference)}\n  ${request}`);
      }
    };
    for (const step of steps) {
      note(await this.#pair.compare(step), shortened(`${step.operation} ${JSON.stringify(step.input)}`));
    }
    if (writes) {
      this.#content = undefined;
      note(await this.#pair.compareRecords(this.#tables), "what the streams say of it");
      note(await this.#pair.compareContents(this.#tables), "what the tables hold afterwards");
    }
    return problems;
  }
}

const shortened = (text: string): string => (text.length <= 1_500 ? text : `${text.slice(0, 1_500)}…`);
