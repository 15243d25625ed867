import { existsSync } from "node:fs";
import { HotkeepError } from "@hotkeep/core";
import { checkTables } from "@hotkeep/tables";
import type { Finding } from "./finding.js";

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const noTablesHelp =
  "name a data directory in which a gateway has run; with --table-endpoint the tables are at that endpoint";

/**
 * Walks the tables in a directory. Their faults, each a finding of its own.
 *
 * @param endpoint where the tables are instead, as far as that is known
 */
export async function checkStoredTables(path: string, endpoint?: string): Promise<readonly Finding[]> {
  const subject = "tables";
  if (!existsSync(path)) {
    return endpoint === undefined
      ? [{ subject, state: "bad", text: `there are none in ${path}`, help: noTablesHelp }]
      : [{ subject, state: "note", text: `they are at ${endpoint} (--table-endpoint), none are in ${path}` }];
  }
  try {
    const { tables, items, itemBytes, entries, streamRecords, faults, faultCount } = await checkTables(path);
    const what = `${tables} tables, ${items} items (${megabytes(itemBytes)}), ${entries} index entries, ${streamRecords} stream records`;
    if (faultCount === 0) return [{ subject, state: "good", text: `${what}: all of it belongs together` }];
    const help = "keep a copy of the data directory and report this; `hotkeep export` saves what can be read";
    return [
      { subject, state: "bad", text: `${what}: ${faultCount} faults`, help },
      ...faults.map((text): Finding => ({ subject, state: "bad", text })),
    ];
  } catch (error) {
    if (!(error instanceof HotkeepError)) throw error;
    return [{ subject, state: "note", text: error.message, ...(error.help === undefined ? {} : { help: error.help }) }];
  }
}
