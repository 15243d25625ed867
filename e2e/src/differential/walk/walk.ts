import type { Step } from "../case.js";
import { type Difference, describeDifference } from "../compare.js";
import type { KnownDifferences } from "../known-difference.js";
import { isWrite, type Pair } from "../pair.js";
import { Chance } from "./random.js";
import { RequestMaker } from "./requests.js";
import { spoil } from "./spoil.js";
import { makeTable } from "./world.js";

const spoiledPercent = 10;
const problemsMax = 5;

/** How far to walk. */
export interface WalkLength {
  readonly items: number;
  readonly steps: number;
}

/**
 * Sends the same random requests to both sides, and looks at tables and indexes afterwards.
 *
 * @returns the unknown differences, each with the table and the request that show it; the same for the same seed
 */
export async function walk(
  pair: Pair,
  known: KnownDifferences,
  seed: number,
  length: WalkLength,
): Promise<readonly string[]> {
  const chance = new Chance(seed);
  const table = makeTable(chance, `Walk${seed}`);
  const maker = new RequestMaker(chance, table);
  const problems: string[] = [];
  await pair.createTable(table.input);

  const note = (found: readonly Difference[], step: Step) => {
    for (const difference of found.filter((one) => !known.isKnown(one))) {
      const request = `${step.operation} ${JSON.stringify(step.input)}`.slice(0, 2_000);
      problems.push(`${describeDifference(difference)}\n  ${JSON.stringify(table.input)}\n  ${request}`);
    }
  };
  const take = async (step: Step) => {
    const found = await pair.compare(step);
    note(found, step);
    // After an error on one side only, both go on from what ours holds.
    if (isWrite(step) && found.some(({ kind }) => kind === "outcome")) await pair.align(table.name);
  };

  for (let at = 0; at < length.items; at++) {
    await take({ operation: "PutItem", input: { TableName: table.name, Item: maker.item() } });
  }
  for (let at = 0; at < length.steps && problems.length < problemsMax; at++) {
    const step = maker.next();
    await take(chance.happens(spoiledPercent) ? spoil(chance, step) : step);
  }
  for (const IndexName of [undefined, ...table.indexes.map(({ name }) => name)]) {
    const input = { TableName: table.name, ...(IndexName === undefined ? {} : { IndexName }) };
    await take({ operation: "Scan", input, allPages: true });
  }
  await pair.deleteTable(table.name);
  return problems;
}
