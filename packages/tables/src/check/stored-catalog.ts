import { parsePolicy } from "@hotkeep/policy";
import type { BackupDefinition } from "../backups/backup-definition.js";
import {
  backupKey,
  counterKey,
  definitionKey,
  formatKey,
  nextSpaceKey,
  reapSpace,
  streamKey,
} from "../catalog/catalog-keys.js";
import type { TableDefinition } from "../catalog/definition.js";
import { Table } from "../catalog/table.js";
import { PolicyBook } from "../resource-policies/policy-book.js";
import type { StoredPolicy } from "../resource-policies/policy-slot.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { StreamDefinition } from "../streams/stream-definition.js";
import type { Faults } from "./faults.js";

/** What the catalog's rows say there is. */
export interface StoredCatalog {
  readonly tables: readonly Table[];
  readonly streams: readonly StreamDefinition[];
  readonly backups: readonly BackupDefinition[];
  /** Numbers of rows that wait to be removed. */
  readonly reaped: ReadonlySet<number>;
}

const everything = { from: Buffer.from([0x20]), to: Buffer.from([0xff]) };

/** Reads the catalog and checks that its rows agree with each other. */
export function readStoredCatalog(rows: StoredRows, faults: Faults): StoredCatalog {
  const definitions: TableDefinition[] = [];
  const streams: StreamDefinition[] = [];
  const backups: BackupDefinition[] = [];
  const reaped = new Set<number>();
  const counters = new Set<string>();
  for (const { key, value } of rows.catalog.range(everything)) {
    const name = key.toString("utf8");
    const json = <T>() => faults.attempt(`catalog row ${name}`, () => JSON.parse(value.toString("utf8")) as T);
    if (name.startsWith("t/")) {
      const definition = json<TableDefinition>();
      if (definition === undefined) continue;
      definitions.push(definition);
      const { account, region, name: table } = definition;
      if (!definitionKey(account, region, table).equals(key)) faults.add(`catalog row ${name} defines ${table}`);
    } else if (name.startsWith("s/")) {
      const stream = json<StreamDefinition>();
      if (stream === undefined) continue;
      streams.push(stream);
      const { account, region, tableName, label } = stream;
      if (!streamKey(account, region, tableName, label).equals(key)) faults.add(`catalog row ${name} defines ${label}`);
    } else if (name.startsWith("b/")) {
      const backup = json<BackupDefinition>();
      if (backup === undefined) continue;
      backups.push(backup);
      const { id, source } = backup;
      if (!backupKey(source.account, source.region, source.name, id).equals(key)) {
        faults.add(`catalog row ${name} defines backup ${id}`);
      }
    } else if (name.startsWith("r/")) reaped.add(reapSpace(key));
    else if (name.startsWith("c/")) counters.add(name);
    else if (!key.equals(formatKey) && !key.equals(nextSpaceKey)) faults.add(`catalog row ${name} is of no known kind`);
  }
  checkSpaces(rows, definitions, streams, backups, reaped, counters, faults);
  checkStreams(definitions, streams, faults);
  for (const { name, policy } of definitions) checkPolicy(`table ${name}`, policy, faults);
  for (const { tableName, label, policy } of streams) checkPolicy(`stream ${tableName}/${label}`, policy, faults);
  const book = new PolicyBook();
  return { tables: definitions.map((definition) => new Table(definition, rows, book)), streams, backups, reaped };
}

/** Every number is one thing's alone and below the next free one; every counter belongs to something. */
function checkSpaces(
  rows: StoredRows,
  definitions: readonly TableDefinition[],
  streams: readonly StreamDefinition[],
  backups: readonly BackupDefinition[],
  reaped: ReadonlySet<number>,
  counters: ReadonlySet<string>,
  faults: Faults,
): void {
  const owners = new Map<number, string>();
  const own = (space: number, owner: string) => {
    const other = owners.get(space);
    if (other !== undefined) faults.add(`${owner} and ${other} have the same number ${space}`);
    owners.set(space, owner);
  };
  for (const { name, space, indexes } of definitions) {
    own(space, `table ${name}`);
    for (const index of indexes) own(index.space, `index ${name}/${index.name}`);
  }
  for (const { tableName, label, space } of streams) own(space, `stream ${tableName}/${label}`);
  for (const { id, space } of backups) own(space, `backup ${id}`);
  for (const space of reaped) own(space, "something deleted");
  const next = rows.catalog.get(nextSpaceKey)?.readUInt32BE(0) ?? 1;
  for (const [space, owner] of owners)
    if (space >= next) faults.add(`${owner} has number ${space}, the next is ${next}`);
  const known = new Set([...owners.keys()].map((space) => counterKey(space).toString("utf8")));
  for (const counter of counters) if (!known.has(counter)) faults.add(`counter ${counter} counts nothing`);
}

/** A table's stream is there under the same number, and is open just when the table says that it is on. */
function checkStreams(
  definitions: readonly TableDefinition[],
  streams: readonly StreamDefinition[],
  faults: Faults,
): void {
  const bySpace = new Map(streams.map((stream) => [stream.space, stream]));
  const enabled = new Set<number>();
  for (const { name, stream } of definitions) {
    if (stream === undefined) continue;
    const found = bySpace.get(stream.space);
    if (stream.isEnabled) enabled.add(stream.space);
    if (found === undefined) {
      if (stream.isEnabled) faults.add(`table ${name} records in a stream that is not there`);
    } else if (found.tableName !== name || found.label !== stream.label) {
      faults.add(`table ${name} has the stream of ${found.tableName}/${found.label}`);
    }
  }
  for (const { tableName, label, space, shards } of streams) {
    const isOpen = shards.length > 0 && shards.at(-1)!.last === undefined;
    if (isOpen !== enabled.has(space))
      faults.add(`stream ${tableName}/${label} is ${isOpen ? "open" : "closed"}, its table says otherwise`);
    for (const [at, shard] of shards.entries()) {
      const before = shards[at - 1];
      if (before !== undefined && (before.last === undefined || shard.first !== before.last + 1)) {
        faults.add(`shard ${shard.id} of stream ${tableName}/${label} does not go on from the one before it`);
      }
    }
  }
}

function checkPolicy(carrier: string, policy: StoredPolicy | undefined, faults: Faults): void {
  const { document } = policy ?? {};
  if (document !== undefined) faults.attempt(`policy of ${carrier}`, () => parsePolicy(document, "resource"));
}
