import { itemRange } from "../items/row-keys.js";
import type { Rows } from "../storage/rows.js";
import { openStoredRows, type StoredRows } from "../storage/stored-rows.js";
import { tokenFaults } from "../storage/tokens.js";
import { Faults } from "./faults.js";
import { checkBackup } from "./stored-backups.js";
import { readStoredCatalog } from "./stored-catalog.js";
import { checkStream } from "./stored-streams.js";
import { checkTable } from "./stored-table.js";

/** What a walk over the tables' files has found. */
export interface TablesReport {
  readonly tables: number;
  readonly items: number;
  /** As DynamoDB counts them. */
  readonly itemBytes: number;
  /** Entries of all indexes. */
  readonly entries: number;
  readonly streamRecords: number;
  readonly tokens: number;
  /** Rows of deleted tables and indexes that are still to be removed. */
  readonly reapedRows: number;
  /** How many faults there are, and the first hundred of them in words. */
  readonly faultCount: number;
  readonly faults: readonly string[];
}

/**
 * Walks everything that is stored about tables and says what does not belong together: items and index entries in both
 * directions, sizes, totals, stream records, tokens. Reads one commit, also beside a gateway that runs, and changes
 * nothing. Takes a second for some hundred thousand items, in which nothing else happens in this process.
 *
 * @throws HotkeepError `TablesUnusable` when there are no tables of this version in the directory.
 */
export async function checkTables(path: string): Promise<TablesReport> {
  const rows = openStoredRows(path);
  try {
    return walk(rows);
  } finally {
    await rows.close();
  }
}

function walk(rows: StoredRows): TablesReport {
  const faults = new Faults();
  const { tables, streams, backups, reaped } = readStoredCatalog(rows, faults);
  const total = { items: 0, itemBytes: 0, entries: 0, streamRecords: 0, reapedRows: 0 };
  for (const table of tables) {
    const tally = checkTable(rows, table, faults);
    total.items += tally.items;
    total.itemBytes += tally.itemBytes;
    total.entries += tally.entries;
  }
  for (const stream of streams) total.streamRecords += checkStream(rows, stream, faults);
  for (const backup of backups) checkBackup(rows, backup, faults);
  const inUse = [
    ...backups.map(({ space }) => space),
    ...tables.flatMap(({ space, indexes }) => [space, ...indexes.map((index) => index.space)]),
  ];
  for (const [space, count] of othersIn(rows.items, new Set(inUse))) {
    if (reaped.has(space)) total.reapedRows += count;
    else faults.add(`${count} rows of number ${space} belong to nothing`);
  }
  for (const [space, count] of othersIn(rows.streams, new Set(streams.map((stream) => stream.space)))) {
    faults.add(`${count} stream records of number ${space} belong to nothing`);
  }
  const tokens = tokenFaults(rows.tokens, (fault) => faults.add(fault));
  return { tables: tables.length, ...total, tokens, faultCount: faults.count, faults: faults.told };
}

/** How many rows there are under numbers other than the known ones. */
function othersIn(rows: Rows, known: ReadonlySet<number>): ReadonlyMap<number, number> {
  const others = new Map<number, number>();
  const lastSpace = 0xffff_fffe;
  let next = 0;
  while (next <= lastSpace) {
    let space: number | undefined;
    for (const { key } of rows.range({ from: itemRange(next).from, to: itemRange(lastSpace).to })) {
      space = key.readUInt32BE(0);
      break;
    }
    if (space === undefined) break;
    if (!known.has(space)) others.set(space, rows.count(itemRange(space)));
    next = space + 1;
  }
  return others;
}
