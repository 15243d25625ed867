import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cell, playScenario } from "../src/case-study/matrix.js";
import { operations } from "../src/case-study/operations.js";
import { scenarios } from "../src/case-study/scenarios.js";
import { createWorld, type World } from "../src/case-study/world.js";
import { daxClient, daxClientV2 } from "../src/clients.js";

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
});
afterAll(() => hotkeep?.stop());

const clients = { "client-dax for SDK v3": daxClient, "amazon-dax-client for SDK v2": daxClientV2 };

describe.each(Object.entries(clients))("the case study through %s", (_, makeDax) => {
  describe.each(scenarios)("$id, $title", (scenario) => {
    let world: World;
    let cells: readonly Cell[];
    beforeAll(async () => {
      world = await createWorld(hotkeep, hotkeep.credentials.root!, hotkeep.account, scenario);
      cells = await playScenario(hotkeep, world, scenario, makeDax);
    });
    afterAll(() => world?.remove());

    const rows = scenario.rows.flatMap((row) =>
      operations
        .filter(({ column }) => row.cells[column] !== "n/a")
        .map((operation) => ({
          path: row.path,
          title: operation.title,
          expected: row.cells[operation.column],
          operation,
        })),
    );
    it.each(rows)("$path $title: $expected", ({ path, operation }) => {
      const cell = cells.find((found) => found.row.path === path && found.operation === operation)!;
      expect(cell.outcome, cell.outcome.message).toSatisfy(() => cell.asExpected);
    });
  });
});
