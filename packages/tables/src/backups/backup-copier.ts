import type { Logger } from "@hotkeep/core";
import type { Catalog } from "../catalog/catalog.js";
import { reapKey } from "../catalog/catalog-keys.js";
import type { Table } from "../catalog/table.js";
import { replaceItemRow } from "../items/item-rows.js";
import { itemRange, justAfter, placed, withoutSpace } from "../items/row-keys.js";
import { recordSize, StoredItem } from "../items/stored-item.js";
import type { TablesLimits } from "../limits.js";
import { Capacity } from "../request/capacity.js";
import type { Row } from "../storage/rows.js";
import type { Storage } from "../storage/storage.js";
import { type BackupDefinition, backupArn } from "./backup-definition.js";
import type { Backups } from "./backups.js";

/** What a {@link BackupCopier} needs from outside. */
export interface CopierParts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly backups: Backups;
  readonly logger: Logger;
  readonly limits: Pick<TablesLimits, "copiedRowsPerCommitMax">;
}

/**
 * Copies items from tables to backups and from backups to tables, some at a time between other writes. A backup has
 * what its table had at one moment: it is read from a snapshot.
 */
export class BackupCopier {
  readonly #parts: CopierParts;
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(parts: CopierParts) {
    this.#parts = parts;
  }

  /** Goes on with what the last process left. A backup that was not finished is copied anew, as of now. */
  resume(): void {
    for (const backup of this.#parts.backups.unfinished()) this.#run(() => this.#copyAnew(backup));
    for (const table of this.#parts.catalog.all()) if (table.isRestoring) this.restore(table);
  }

  /** Copies the items of a new backup, as they are now. */
  backUp(backup: BackupDefinition): void {
    this.#run(() => this.#copy(backup));
  }

  /** Fills a table that was made from a backup. */
  restore(table: Table): void {
    this.#run(() => this.#fill(table));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  #run(work: () => Promise<void>): void {
    const running = work()
      // Nobody waits for this work, and the next start goes on with it.
      .catch((error) => this.#parts.logger.error("a backup could not be copied", { error: String(error) }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #copyAnew(backup: BackupDefinition): Promise<void> {
    const { storage, catalog, backups, logger } = this.#parts;
    const { source } = backup;
    const table = catalog.find(source, source.name);
    const isThere = table !== undefined && table.definition.id === source.id;
    if (!isThere) logger.warn("an unfinished backup has lost its table", { backup: backupArn(backup) });
    const fresh = await storage.transact((transaction) => {
      if (!isThere) {
        backups.remove(transaction, backup);
        return undefined;
      }
      transaction.put(storage.catalog, reapKey(backup.space), Buffer.from([1]));
      const again = { ...backup, space: catalog.takeSpaces(transaction, 1) };
      backups.put(transaction, again);
      return again;
    });
    if (fresh !== undefined) await this.#copy(fresh);
  }

  async #copy(backup: BackupDefinition): Promise<void> {
    const { storage, backups } = this.#parts;
    const snapshot = await storage.snapshot();
    let items = 0;
    let bytes = 0;
    try {
      for (const rows of this.#chunks(backup.source.space, (bounds) => storage.items.range(bounds, snapshot))) {
        if (this.#stopped) return;
        await storage.transact((transaction) => {
          for (const { key, value } of rows) {
            transaction.put(storage.items, placed(backup.space, withoutSpace(key)), value);
            bytes += recordSize(value);
          }
        });
        items += rows.length;
      }
    } finally {
      snapshot.done();
    }
    const { copying: _, ...finished } = backup;
    await storage.transact((transaction) => backups.put(transaction, { ...finished, items, bytes }));
  }

  /** Goes on after the last item that is there: they come in order. */
  async #fill(table: Table): Promise<void> {
    const { storage, catalog, backups } = this.#parts;
    const { restore } = table.definition;
    const backup = backups.get(restore!.backupArn);
    let last: Buffer | undefined;
    for (const { key } of storage.items.range({ ...itemRange(table.space), reverse: true })) {
      last = withoutSpace(key);
      break;
    }
    for (const rows of this.#chunks(backup.space, (bounds) => storage.items.range(bounds), last)) {
      if (this.#stopped) return;
      await storage.transact((transaction) => {
        const capacity = new Capacity(table.name);
        for (const { key, value } of rows) {
          const place = placed(table.space, withoutSpace(key));
          replaceItemRow(transaction, storage, table, place, undefined, new StoredItem(value), capacity);
        }
      });
    }
    await catalog.update(table, ({ restore: origin, ...definition }) => {
      const { inProgress: _, ...done } = origin!;
      return { ...definition, restore: done };
    });
  }

  /** Rows of a number in order, so many at a time; `after` is the key of the last one that is done. */
  *#chunks(
    space: number,
    range: (bounds: ReturnType<typeof itemRange>) => Iterable<Row>,
    after?: Buffer,
  ): Generator<readonly Row[], void, undefined> {
    const { from, to } = itemRange(space);
    let next = after === undefined ? from : justAfter(placed(space, after));
    for (;;) {
      const rows: Row[] = [];
      for (const { key, value } of range({ from: next, to })) {
        rows.push({ key, value });
        if (rows.length === this.#parts.limits.copiedRowsPerCommitMax) break;
      }
      if (rows.length === 0) return;
      yield rows;
      next = justAfter(rows.at(-1)!.key);
    }
  }
}
