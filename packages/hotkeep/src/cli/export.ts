import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { HotkeepError, systemClock, systemRandom } from "@hotkeep/core";
import { exportTable } from "../table-files/export-table.js";
import { tableFileLimits as limits } from "../table-files/limits.js";
import { outputFile, standardOutput } from "../table-files/output-file.js";
import { Progress } from "../table-files/progress.js";
import { TableClient } from "../table-files/table-client.js";
import { readTablePlace, type TablePlaceInput } from "../table-files/table-place.js";
import { creationOf, describeTable } from "../table-files/table-shape.js";
import { wholeNumber } from "./whole-number.js";

/** Flags of `hotkeep export`. */
export interface ExportFlags extends TablePlaceInput {
  readonly table: string;
  readonly output: string;
  readonly schema?: string;
  readonly segments: string;
}

/** Writes a table as lines of DynamoDB JSON. */
export async function exportCommand(flags: ExportFlags): Promise<void> {
  const { table, output } = flags;
  const segments = wholeNumber("--segments", flags.segments, 1, 1_000_000);
  const place = readTablePlace(flags, process.env);
  const client = new TableClient({ place, clock: systemClock, random: systemRandom, limits });
  const creation = creationOf(await describeTable(client, table));
  if (flags.schema !== undefined) {
    await writeFile(flags.schema, `${JSON.stringify(creation, undefined, 2)}\n`).catch((cause: Error) => {
      throw new HotkeepError("UnwritableFile", `${flags.schema} cannot be written: ${cause.message}`, {
        help: "give another file with --schema",
        cause,
      });
    });
  }
  const sink = output === "-" ? standardOutput() : await outputFile(output);
  const progress = new Progress("exported", process.stderr, systemClock, limits);
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(() => {
    throw new HotkeepError("Interrupted", "the export was interrupted", { help: "nothing was left behind" });
  });
  try {
    const write = (lines: string) => sink.write(lines);
    await Promise.race([exportTable(client, { table, segments }, write, progress), interrupted]);
    await sink.finish();
  } catch (error) {
    progress.clear();
    await sink.abandon();
    throw error;
  }
  progress.done(`of ${table}${output === "-" ? "" : ` to ${output}`}`);
}
