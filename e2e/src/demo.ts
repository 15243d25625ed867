import { parseArgs, styleText } from "node:util";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { startHotkeep } from "hotkeep/testing";
import { decidedBy } from "./case-study/deciding.js";
import { type Cell, playScenario } from "./case-study/matrix.js";
import { operations } from "./case-study/operations.js";
import { columns, scenarios } from "./case-study/scenarios.js";
import { createWorld, type World, type WorldNames } from "./case-study/world.js";
import type { Endpoint, Keys } from "./clients.js";

const help = `Plays the case study of DAX access control and prints what really happened.

  npm run demo                       with a Hotkeep of its own
  npm run demo -- --endpoint URL     with one that runs, as the administrator whose keys this shell has, e.g. after
                                     eval "$(npx hotkeep env)"; everything it makes is called Demo… and removed
                                     afterwards
  --account DIGITS   --region NAME   of the running Hotkeep (123456789012, us-west-2)
`;

type Style = "green" | "red" | "yellow" | "dim" | "bold";
const paint = (style: Style, text: string): string =>
  process.stdout.isTTY && process.env.NO_COLOR === undefined ? styleText(style, text) : text;

/** A cell three characters wide: a tick or the hop that refused; a cross in front of what should be otherwise. */
function mark(cell: Cell): string {
  const { result } = cell.outcome;
  const text = (cell.asExpected ? "" : "!") + (result === "A" ? "✓" : result === "error" ? "?" : result);
  const style: Style = !cell.asExpected ? "red" : result === "A" ? "green" : result === "d2" ? "yellow" : "dim";
  return paint(style, text.padEnd(4));
}

function printRows(cells: readonly Cell[]): void {
  for (const row of new Set(cells.map((cell) => cell.row))) {
    const line = columns.map((column) => {
      const cell = cells.find((candidate) => candidate.row === row && candidate.operation.column === column);
      return cell === undefined ? paint("dim", "·   ") : mark(cell);
    });
    process.stdout.write(`  ${(row.path === "dax" ? "via DAX" : "direct").padEnd(8)} ${line.join(" ")}\n`);
  }
}

/** For each row, the cells that came out alike for the same reason: their columns, and the deciding statements. */
async function printReasons(world: World, cells: readonly Cell[]): Promise<void> {
  const groups = new Map<string, { readonly cell: Cell; readonly columns: string[] }>();
  for (const cell of cells) {
    const reason = await decidedBy(world, cell);
    const key = [cell.row.path === "dax" ? "via DAX" : "direct", mark(cell), reason].join("\0");
    const group = groups.get(key) ?? { cell, columns: [] };
    group.columns.push(cell.operation.column);
    groups.set(key, group);
  }
  for (const [key, { cell, columns: alike }] of groups) {
    const [path = "", result = "", reason = ""] = key.split("\0");
    process.stdout.write(`  ${paint("dim", path.padEnd(8))} ${result} ${alike.join(" ")}: ${paint("dim", reason)}\n`);
    if (!cell.asExpected) process.stdout.write(`           ${paint("red", cell.outcome.message ?? "")}\n`);
  }
}

interface Target extends Endpoint {
  readonly account: string;
  readonly root: Keys;
  readonly names: WorldNames | undefined;
  stop(): Promise<unknown>;
}

async function target(): Promise<Target> {
  const { values } = parseArgs({
    options: {
      endpoint: { type: "string" },
      account: { type: "string", default: "123456789012" },
      region: { type: "string", default: "us-west-2" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  if (values.endpoint === undefined) {
    process.stderr.write("starting a Hotkeep for the demonstration …\n");
    const hotkeep = await startHotkeep({ empty: true });
    return { ...hotkeep, root: hotkeep.credentials.root!, names: undefined, stop: () => hotkeep.stop() };
  }
  const { accessKeyId, secretAccessKey, sessionToken } = await fromNodeProviderChain()();
  return {
    endpoint: values.endpoint,
    account: values.account,
    region: values.region,
    root: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    names: {
      table: "DemoBooks",
      cluster: "DemoCluster",
      serviceRole: "DemoServiceRole",
      user: "DemoBob",
      userRole: "DemoBobUserRole",
    },
    stop: async () => {},
  };
}

async function main(): Promise<void> {
  const at = await target();
  let wrong = 0;
  let played = 0;
  try {
    process.stdout.write(`\n${" ".repeat(11)}${paint("bold", columns.map((column) => column.padEnd(5)).join(""))}\n`);
    for (const scenario of scenarios) {
      const world = await createWorld(at, at.root, at.account, scenario, at.names);
      try {
        const cells = await playScenario(at, world, scenario);
        process.stdout.write(`\n${paint("bold", scenario.id)} ${scenario.title}\n`);
        printRows(cells);
        await printReasons(world, cells);
        played += cells.length;
        wrong += cells.filter((cell) => !cell.asExpected).length;
      } finally {
        await world.remove();
      }
    }
  } finally {
    await at.stop();
  }
  const names = operations.map(({ column, title }) => `${column} ${title}`);
  process.stdout.write(`\n${paint("dim", names.join(", "))}`);
  const legend =
    "✓ allowed   d denied at DynamoDB   d1 caller denied at the cluster   d2 service role denied at the table   · not of DAX";
  process.stdout.write(`\n${paint("dim", legend)}\n`);
  const verdict = wrong === 0 ? paint("green", "as documented") : paint("red", `${wrong} not as documented`);
  process.stdout.write(`${played} cells, ${verdict}\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
