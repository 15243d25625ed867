import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type DaxClient, daxClient } from "../src/clients.js";
import { TwoWays } from "../src/dax-differential/two-ways.js";
import { clusterWithoutQueryCache } from "../src/dax-differential/world.js";
import { describeDifference } from "../src/differential/compare.js";
import { Chance } from "../src/differential/walk/random.js";
import { RequestMaker } from "../src/differential/walk/requests.js";
import { makeTable } from "../src/differential/walk/world.js";

/** `HOTKEEP_WALK_SEED=7 HOTKEEP_WALKS=1` repeats one walk. */
const first = Number(process.env.HOTKEEP_WALK_SEED ?? 1);
const seeds = Array.from({ length: Number(process.env.HOTKEEP_WALKS ?? 20) }, (_, at) => first + at);
const stepsOfWalk = 250;

describe("5,000 random operations through the official DAX client and through the DynamoDB client", () => {
  let hotkeep: RunningHotkeep;
  let dax: DaxClient;
  let ways: TwoWays;
  beforeAll(async () => {
    hotkeep = await startHotkeep();
    const root = hotkeep.credentials.root!;
    const aws = awsClients(hotkeep, root);
    dax = daxClient(await clusterWithoutQueryCache(aws), hotkeep.region, root);
    ways = new TwoWays(dax, aws.dynamodb);
  });
  afterAll(async () => {
    dax?.close();
    await hotkeep?.stop();
  });

  it.each(seeds)("are answered alike, seed %i", async (seed) => {
    const chance = new Chance(seed);
    const table = makeTable(chance, `Walk${seed}`);
    const maker = new RequestMaker(chance, table);
    await ways.createTable(table.input);
    const found: string[] = [];
    for (let at = 0; at < stepsOfWalk && found.length < 3; at++) {
      const step =
        at < 12 ? { operation: "PutItem", input: { TableName: table.name, Item: maker.item() } } : maker.next();
      for (const difference of await ways.compare(table.name, step)) {
        found.push(`${describeDifference(difference)}\n${JSON.stringify(table.input)}\n${JSON.stringify(step.input)}`);
      }
    }
    await ways.deleteTable(table.name);
    expect(found.join("\n")).toBe("");
  });
});
