import type { BackupDefinition } from "../backups/backup-definition.js";
import { itemRange } from "../items/row-keys.js";
import { recordSize } from "../items/stored-item.js";
import type { StoredRows } from "../storage/stored-rows.js";
import type { Faults } from "./faults.js";

/** Checks that a finished backup has as many items and bytes as it says. */
export function checkBackup(rows: StoredRows, backup: BackupDefinition, faults: Faults): void {
  if (backup.copying === true) return;
  let items = 0;
  let bytes = 0;
  for (const { value } of rows.items.range(itemRange(backup.space))) {
    items++;
    bytes += faults.attempt(`an item of backup ${backup.id}`, () => recordSize(value)) ?? 0;
  }
  if (items !== backup.items || bytes !== backup.bytes) {
    faults.add(`backup ${backup.id} says ${backup.items} items, ${backup.bytes} bytes; it has ${items}, ${bytes}`);
  }
}
