import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { HotkeepError, systemClock, systemRandom } from "@hotkeep/core";
import { importTable } from "../table-files/import-table.js";
import { tableFileLimits as limits } from "../table-files/limits.js";
import { Progress } from "../table-files/progress.js";
import { type Json, TableClient } from "../table-files/table-client.js";
import { readTablePlace, type TablePlaceInput } from "../table-files/table-place.js";
import { describeTable, ensureTable, keyNames } from "../table-files/table-shape.js";
import { wholeNumber } from "./whole-number.js";

/** Flags of `hotkeep import`. */
export interface ImportFlags extends TablePlaceInput {
  readonly table: string;
  readonly create?: string;
  readonly batches: string;
  readonly fromLine: string;
}

async function readCreation(path: string, table: string): Promise<Json> {
  try {
    return { ...(JSON.parse(await readFile(path, "utf8")) as Json), TableName: table };
  } catch (cause) {
    throw new HotkeepError("UnreadableFile", `${path} is no CreateTable request: ${(cause as Error).message}`, {
      help: "`hotkeep export --schema` writes one",
      cause,
    });
  }
}

/** Puts lines of DynamoDB JSON into a table. */
export async function importCommand(files: readonly string[], flags: ImportFlags): Promise<void> {
  const { table, create } = flags;
  const batches = wholeNumber("--batches", flags.batches, 1, 64);
  const fromLine = wholeNumber("--from-line", flags.fromLine, 1, Number.MAX_SAFE_INTEGER);
  const place = readTablePlace(flags, process.env);
  const client = new TableClient({ place, clock: systemClock, random: systemRandom, limits });
  if (create !== undefined) {
    await ensureTable(client, await readCreation(create, table), limits.tableActiveMs, (ms) => wait(ms));
  }
  const keys = keyNames(await describeTable(client, table));
  const progress = new Progress("imported", process.stderr, systemClock, limits);
  const request = { table, keys, files: files.length === 0 ? ["-"] : files, fromLine, batches };
  await importTable(client, request, limits, progress);
  progress.done(`into ${table}`);
}
