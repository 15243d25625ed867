import type { KeySchema } from "@hotkeep/attributes";
import { AwsError, type Clock } from "@hotkeep/core";
import type { BackupCopier } from "./backups/backup-copier.js";
import type { Backups } from "./backups/backups.js";
import type { Catalog } from "./catalog/catalog.js";
import type { Reaper } from "./catalog/reaper.js";
import type { Table } from "./catalog/table.js";
import { namedTableNotFound, tableNotFound } from "./errors.js";
import type { IndexBuilder } from "./items/index-builder.js";
import type { TablesLimits } from "./limits.js";
import type { TableReference } from "./request/table-reference.js";
import type { Storage } from "./storage/storage.js";

/** What the operations' `needs` ask about tables, here or elsewhere: which values of a request are partition keys. */
export interface KeyFacts {
  readonly limits: TablesLimits;
  /** The key schema of a table, or of an index of it, for condition keys; undefined when there is none of that name. */
  schemaOf(reference: TableReference, indexName?: string): KeySchema | undefined;
}

/** What the operations work with. */
export class Engine implements KeyFacts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly reaper: Reaper;
  readonly builder: IndexBuilder;
  readonly backups: Backups;
  readonly copier: BackupCopier;
  readonly clock: Clock;
  readonly limits: TablesLimits;

  constructor(
    parts: Pick<Engine, "storage" | "catalog" | "reaper" | "builder" | "backups" | "copier" | "clock" | "limits">,
  ) {
    this.storage = parts.storage;
    this.catalog = parts.catalog;
    this.reaper = parts.reaper;
    this.builder = parts.builder;
    this.backups = parts.backups;
    this.copier = parts.copier;
    this.clock = parts.clock;
    this.limits = parts.limits;
  }

  /** The table that an item operation names. @throws AwsError `ResourceNotFoundException`. */
  itemTable(reference: TableReference): Table {
    const table = this.#find(reference);
    if (table === undefined || table.isRestoring) throw tableNotFound();
    return table;
  }

  /** The table that a table operation names. @throws AwsError `ResourceNotFoundException` with the name. */
  namedTable(reference: TableReference): Table {
    const table = this.#find(reference);
    if (table === undefined) throw namedTableNotFound(reference.name);
    return table;
  }

  schemaOf(reference: TableReference, indexName?: string): KeySchema | undefined {
    const table = this.#find(reference);
    return indexName === undefined ? table?.key : table?.index(indexName)?.key;
  }

  /** The table that a change names. @throws AwsError also `ResourceInUseException` while the table is being restored. */
  changeableTable(reference: TableReference): Table {
    const table = this.namedTable(reference);
    if (!table.isRestoring) return table;
    throw new AwsError(
      "ResourceInUseException",
      `Attempt to change a resource which is still in use: Table is being created: ${table.name}`,
    );
  }

  #find(reference: TableReference): Table | undefined {
    const table = this.catalog.find(reference, reference.name);
    return table === undefined || table.isDeleted ? undefined : table;
  }
}
