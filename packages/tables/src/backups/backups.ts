import { AwsError, type Clock, type Random } from "@hotkeep/core";
import type { Catalog, TableScope } from "../catalog/catalog.js";
import { backupKey, backupKeyRange, reapKey } from "../catalog/catalog-keys.js";
import type { Table } from "../catalog/table.js";
import type { TablesLimits } from "../limits.js";
import type { Storage } from "../storage/storage.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import { type BackupDefinition, backupArn } from "./backup-definition.js";

/** What {@link Backups.load} needs from outside. */
export interface BackupsParts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Pick<TablesLimits, "backupsPerRegionMax" | "backupsInProgressMax">;
}

/** All backups of all tables: on disk, and in memory for look-ups. */
export class Backups {
  readonly #parts: BackupsParts;
  readonly #byArn = new Map<string, BackupDefinition>();
  /** How many calls are about to make a table of a backup. */
  readonly #held = new Map<string, number>();

  private constructor(parts: BackupsParts) {
    this.#parts = parts;
  }

  static load(parts: BackupsParts): Backups {
    const backups = new Backups(parts);
    for (const { value } of parts.storage.catalog.range(backupKeyRange)) {
      const backup = JSON.parse(value.toString("utf8")) as BackupDefinition;
      backups.#byArn.set(backupArn(backup), backup);
    }
    return backups;
  }

  /** @throws AwsError `BackupNotFoundException`. */
  get(arn: string): BackupDefinition {
    const backup = this.#byArn.get(arn);
    if (backup === undefined) throw new AwsError("BackupNotFoundException", `Backup not found: ${arn}`);
    return backup;
  }

  find(arn: string): BackupDefinition | undefined {
    return this.#byArn.get(arn);
  }

  /** Those of an account and Region, oldest first. */
  list({ account, region }: TableScope): readonly BackupDefinition[] {
    return [...this.#byArn.values()]
      .filter(({ source }) => source.account === account && source.region === region)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Those whose items are still being copied. */
  unfinished(): readonly BackupDefinition[] {
    return [...this.#byArn.values()].filter(({ copying }) => copying === true);
  }

  /** Notes a new backup of a table, of which nothing is copied yet. @throws AwsError `LimitExceededException`. */
  create(table: Table, name: string): Promise<BackupDefinition> {
    const { storage, catalog, clock, random, limits } = this.#parts;
    const { account, region } = table.definition;
    return storage.transact((transaction) => {
      if (table.isDeleted) throw new AwsError("TableNotFoundException", `Table not found: ${table.name}`);
      if (this.list({ account, region }).length >= limits.backupsPerRegionMax) {
        throw limitExceeded(`There is a limit of ${limits.backupsPerRegionMax} backups per subscriber`);
      }
      if (this.unfinished().length >= limits.backupsInProgressMax) {
        throw limitExceeded(`Only ${limits.backupsInProgressMax} backups can be created simultaneously`);
      }
      const createdAt = clock.now();
      const id = `${String(createdAt).padStart(14, "0")}-${Buffer.from(random.bytes(4)).toString("hex")}`;
      const space = catalog.takeSpaces(transaction, 1);
      const source = table.definition;
      const backup = { id, name, createdAt, space, copying: true as const, source, items: 0, bytes: 0 };
      this.put(transaction, backup);
      return backup;
    });
  }

  /** Does something with a backup, which cannot be deleted meanwhile. @throws AwsError `BackupNotFoundException`. */
  async holding<Result>(arn: string, work: (backup: BackupDefinition) => Promise<Result>): Promise<Result> {
    const backup = this.get(arn);
    this.#held.set(arn, (this.#held.get(arn) ?? 0) + 1);
    try {
      return await work(backup);
    } finally {
      const left = this.#held.get(arn)! - 1;
      if (left === 0) this.#held.delete(arn);
      else this.#held.set(arn, left);
    }
  }

  /** Puts a changed or new backup. */
  put(transaction: WriteTransaction, backup: BackupDefinition): void {
    const arn = backupArn(backup);
    const before = this.#byArn.get(arn);
    transaction.put(this.#parts.storage.catalog, keyOf(backup), Buffer.from(JSON.stringify(backup), "utf8"));
    this.#byArn.set(arn, backup);
    transaction.onRollback(() => {
      if (before === undefined) this.#byArn.delete(arn);
      else this.#byArn.set(arn, before);
    });
  }

  /**
   * Removes a backup; its items are left to the reaper.
   *
   * @throws AwsError `BackupNotFoundException`, `BackupInUseException` while it is made or a table is made from it.
   */
  delete(arn: string): Promise<BackupDefinition> {
    const { storage, catalog } = this.#parts;
    return storage.transact((transaction) => {
      const backup = this.get(arn);
      const inUse = catalog
        .all()
        .some(({ definition: { restore } }) => restore?.inProgress && restore.backupArn === arn);
      if (backup.copying === true || inUse || this.#held.has(arn))
        throw new AwsError("BackupInUseException", `Backup is in use: ${arn}`);
      this.remove(transaction, backup);
      return backup;
    });
  }

  remove(transaction: WriteTransaction, backup: BackupDefinition): void {
    const arn = backupArn(backup);
    transaction.remove(this.#parts.storage.catalog, keyOf(backup));
    transaction.put(this.#parts.storage.catalog, reapKey(backup.space), Buffer.from([1]));
    this.#byArn.delete(arn);
    transaction.onRollback(() => void this.#byArn.set(arn, backup));
  }

  /** @throws AwsError `ResourceInUseException` while a backup of the table is made. */
  checkDeletable(table: Table): void {
    if (!this.unfinished().some(({ source }) => source.id === table.definition.id)) return;
    throw new AwsError(
      "ResourceInUseException",
      `Attempt to change a resource which is still in use: Backup is being created for the table: ${table.name}`,
    );
  }
}

function keyOf({ id, source: { account, region, name } }: BackupDefinition): Buffer {
  return backupKey(account, region, name, id);
}

function limitExceeded(what: string): AwsError {
  return new AwsError("LimitExceededException", `Subscriber limit exceeded: ${what}`);
}
