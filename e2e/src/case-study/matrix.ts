import { awsClients, type DaxClient, daxClient, type Endpoint } from "../clients.js";
import { type CaseOperation, operations } from "./operations.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import type { Expected, Row, Scenario } from "./scenarios.js";
import { allow, policy, type World } from "./world.js";

/** One cell of the table: what should happen and what did. */
export interface Cell {
  readonly scenario: Scenario;
  readonly row: Row;
  readonly operation: CaseOperation;
  readonly expected: Expected;
  readonly outcome: Outcome;
  readonly asExpected: boolean;
}

let calls = 0;

function judge(scenario: Scenario, row: Row, operation: CaseOperation, outcome: Outcome): boolean {
  const expected = row.cells[operation.column];
  if (scenario.schemaDenied === true && row.path === "dax") {
    // The client asks for the key schema first, so every call ends at the table's description.
    return outcome.result === "d2" && outcome.message?.includes("dynamodb:DescribeTable") === true;
  }
  if (outcome.result !== expected) return false;
  if (outcome.result === "A") return true;
  const service = expected === "d1" ? "dax" : "dynamodb";
  return operation.actions.some((action) => outcome.message?.includes(`${service}:${action} on resource`));
}

/** Lets the client learn the table's key schema, then puts the policies back. */
async function warmSchema(dax: DaxClient, world: World): Promise<void> {
  await world.setBob(policy(allow("DAXAccessStmt", "dax", ["GetItem"], world.clusterArn)));
  await dax.getItem({ TableName: world.names.table, Key: { Author: { S: "schema" }, Title: { S: "warm" } } });
  await world.applyScenario();
}

/** Plays one scenario's rows with Bob's session, cell by cell. `makeDax` chooses the DAX client. */
export async function playScenario(
  at: Endpoint,
  world: World,
  scenario: Scenario,
  makeDax: typeof daxClient = daxClient,
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const { dynamodb } = awsClients(at, world.bob);
  const dax: DaxClient = makeDax(world.daxEndpoint, at.region, world.bob);
  try {
    if (scenario.warmSchema === true) await warmSchema(dax, world);
    for (const row of scenario.rows) {
      for (const operation of operations) {
        const expected = row.cells[operation.column];
        if (expected === "n/a") continue;
        const client = row.path === "direct" ? dynamodb : dax;
        const tag = `${scenario.id} ${row.path} ${process.pid}.${calls++}`;
        const outcome = await outcomeOf(() => operation.run(client, world.names.table, tag), row.path);
        cells.push({
          scenario,
          row,
          operation,
          expected,
          outcome,
          asExpected: judge(scenario, row, operation, outcome),
        });
      }
    }
  } finally {
    dax.close();
    dynamodb.destroy();
  }
  return cells;
}
