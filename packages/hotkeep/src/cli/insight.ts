import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { type AccountExport, type AccountSnapshot, findings, reachOf, snapshotOf } from "@hotkeep/insight";
import { readServiceControlFiles } from "../gateway/service-control-files.js";
import { renderFindings, renderReach } from "../insight/render.js";
import { readTablePlace, type TablePlaceInput } from "../table-files/table-place.js";

/** Flags of every `hotkeep insight` command. */
export interface InsightFlags extends TablePlaceInput {
  readonly from?: string;
  readonly serviceControlPolicies?: string;
  readonly json?: boolean;
}

async function askApis(flags: InsightFlags): Promise<AccountExport> {
  const place = readTablePlace(flags, process.env);
  // Read by the SDK when it is loaded; which Node.js runs is not this command's concern.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { collectAccount } = await import("../insight/collect-account.js");
  try {
    return await collectAccount(place);
  } catch (cause) {
    const { name, message, code } = cause as Error & { readonly code?: string };
    if (code === "ECONNREFUSED") {
      throw new HotkeepError("AccountCallFailed", `the APIs do not answer: ${message}`, {
        help: "is the gateway running? another address is given with --endpoint, an export with --from",
        cause,
      });
    }
    throw new HotkeepError("AccountCallFailed", `the account could not be read: ${name}: ${message}`, {
      help: "insight needs iam:GetAccountAuthorizationDetails, dax:DescribeClusters, dynamodb:ListTables, DescribeTable and GetResourcePolicy",
      cause,
    });
  }
}

async function readExport(flags: InsightFlags): Promise<AccountExport> {
  if (flags.from === undefined) return askApis(flags);
  try {
    return JSON.parse(readFileSync(flags.from, "utf8")) as AccountExport;
  } catch (cause) {
    throw new HotkeepError("BadExport", `\`${flags.from}\` cannot be read: ${(cause as Error).message}`, {
      help: "give a file that `hotkeep insight export` wrote",
      cause,
    });
  }
}

async function readSnapshot(flags: InsightFlags): Promise<AccountSnapshot> {
  const snapshot = snapshotOf(await readExport(flags));
  const folder = flags.serviceControlPolicies;
  return folder === undefined ? snapshot : { ...snapshot, serviceControl: readServiceControlFiles(resolve(folder)) };
}

/** The table or index that a person means: an ARN, a name, or `Table/index/Index`. */
function findTable({ tables }: AccountSnapshot, wanted: string): string {
  const table = wanted.replace(/\/index\/.*$/, "");
  const known = tables.map(({ arn }) => arn);
  const found = known.find((arn) => arn === table || arn.endsWith(`:table/${table}`));
  if (found !== undefined) return found + wanted.slice(table.length);
  throw new HotkeepError("UnknownTable", `there is no table \`${wanted}\` in this account and Region`, {
    help: known.length === 0 ? "there are no tables at all" : `there are ${known.join(", ")}`,
  });
}

function printText(text: string): void {
  // Whoever reads through `head` has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.stdout.write(text);
}

const print = (value: unknown): void => printText(`${JSON.stringify(value, undefined, 2)}\n`);

/** Prints who can do what with a table, directly and through clusters. */
export async function whoCanReach(flags: InsightFlags & { readonly table: string }): Promise<void> {
  const snapshot = await readSnapshot(flags);
  const table = findTable(snapshot, flags.table);
  const reaches = reachOf(snapshot, table);
  if (flags.json === true) print(reaches);
  else printText(renderReach(table, reaches));
}

/** Prints what the owner of the account should look at. */
export async function printFindings(flags: InsightFlags): Promise<void> {
  const found = findings(await readSnapshot(flags));
  if (flags.json === true) print(found);
  else printText(renderFindings(found));
}

/** Prints the account as the public APIs tell it, for `--from`. */
export async function exportAccount(flags: InsightFlags): Promise<void> {
  print(await readExport(flags));
}
