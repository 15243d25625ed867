import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoDynamoDbLocal } from "../src/differential/dynamodb-local.js";
import { KnownDifferences } from "../src/differential/known-difference.js";
import { knownDifferences } from "../src/differential/known-differences.js";
import { type Both, startBoth } from "../src/differential/start-both.js";
import { walk } from "../src/differential/walk/walk.js";

/** `HOTKEEP_WALK_SEED=7 HOTKEEP_WALKS=1` repeats one walk; more walks than these are for a quiet evening. */
const first = Number(process.env.HOTKEEP_WALK_SEED ?? 1);
const seeds = Array.from({ length: Number(process.env.HOTKEEP_WALKS ?? 20) }, (_, at) => first + at);

const why = await whyNoDynamoDbLocal();
if (why !== undefined) process.stderr.write(`skipped: walking beside DynamoDB Local (${why})\n`);

describe.skipIf(why !== undefined)("random requests to DynamoDB Local and to Hotkeep", () => {
  const known = new KnownDifferences(knownDifferences);
  let both: Both;
  beforeAll(async () => {
    both = await startBoth();
  });
  afterAll(async () => both?.stop());

  it.each(seeds)("are answered alike, seed %i", async (seed) => {
    expect((await walk(both.pair, known, seed, { items: 12, steps: 250 })).join("\n")).toBe("");
  });
});
