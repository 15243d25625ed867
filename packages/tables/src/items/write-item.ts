import {
  applyUpdate,
  checkItemSize,
  checkKey,
  checkUpdateKeys,
  type DocumentPath,
  evaluateCondition,
  type Item,
  keyOf,
} from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { Table } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { tableNotFound } from "../errors.js";
import { type Capacity, writeUnits } from "../request/capacity.js";
import type { WriteAction } from "../request/write-action.js";
import type { WriteTransaction } from "../storage/write-transaction.js";
import { checkIndexKeys } from "./index-keys.js";
import { readItemRow, replaceItemRow, type SizedItem } from "./item-rows.js";
import { checkKeyPaths } from "./key-paths.js";
import { checkSizeWithLocalIndexes } from "./local-index-size.js";
import { itemKey } from "./row-keys.js";
import type { StoredItem } from "./stored-item.js";

/** A write that its table has accepted: only the stored item is not known yet. */
export interface PreparedWrite {
  readonly action: WriteAction;
  readonly table: Table;
  readonly key: Item;
  readonly rowKey: Buffer;
}

/** What a write found and what it leaves. */
export interface WriteOutcome {
  readonly before: StoredItem | undefined;
  readonly after: SizedItem | undefined;
  /** Paths an update wrote. */
  readonly touched: readonly DocumentPath[];
}

/** @throws AwsError `ValidationException` for keys or updates that the table's schema forbids. */
export function prepareWrite(action: WriteAction, table: Table): PreparedWrite {
  if (action.kind === "put") {
    const key = keyOf(action.item, table.key);
    checkIndexKeys(table, action.item, "put");
    checkSizeWithLocalIndexes(table, action, "put");
    checkKeyPaths(table, action.names.nested());
    return { action, table, key, rowKey: itemKey(table, key) };
  }
  const key = checkKey(action.item, table.key);
  if (action.kind !== "check") checkKeyPaths(table, action.names.nested());
  if (action.kind === "update") checkUpdateKeys(action.update, table.key);
  return { action, table, key, rowKey: itemKey(table, key) };
}

/**
 * Finds out what a write does, inside the transaction that will carry it out; writes nothing.
 *
 * @throws AwsError `ConditionalCheckFailedException`, `ValidationException` for an update that does not fit the item,
 * `ItemCollectionSizeLimitExceededException`
 */
export function decideWrite(engine: Engine, write: PreparedWrite): WriteOutcome {
  const outcome = outcomeOf(engine, write);
  const { table, key } = write;
  table.collections.check(engine.storage, table, key, outcome, engine.limits.collectionBytesMax);
  return outcome;
}

function outcomeOf(engine: Engine, write: PreparedWrite): WriteOutcome {
  const { action, table, key, rowKey } = write;
  if (table.isDeleted) throw tableNotFound();
  const before = readItemRow(engine.storage, rowKey);
  if (action.condition !== undefined && !evaluateCondition(action.condition, before?.item)) {
    throw conditionFailed(action.showOnFailure ? before : undefined);
  }
  switch (action.kind) {
    case "put":
      return { before, after: { item: action.item, sizeBytes: action.sizeBytes }, touched: [] };
    case "delete":
      return { before, after: undefined, touched: [] };
    case "check":
      return { before, after: before, touched: [] };
    case "update": {
      const { item, touched } = applyUpdate(
        action.update,
        before?.item,
        key,
        action.isLegacy ? "legacy" : "expression",
      );
      if (item === undefined) return { before, after: undefined, touched };
      const sizeBytes = checkItemSize(item, "update");
      checkIndexKeys(table, item, action.isLegacy ? "put" : "update");
      const after = { item, sizeBytes };
      checkSizeWithLocalIndexes(table, after, "update");
      return { before, after, touched };
    }
  }
}

/** Carries out what {@link decideWrite} found. */
export function carryOut(
  engine: Engine,
  transaction: WriteTransaction,
  write: PreparedWrite,
  outcome: WriteOutcome,
  capacity: Capacity,
): void {
  const { before, after } = outcome;
  capacity.add(writeUnits(Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0)));
  if (write.action.kind === "check") return;
  replaceItemRow(transaction, engine.storage, write.table, write.rowKey, before, after, capacity);
}

function conditionFailed(shown: StoredItem | undefined): AwsError {
  return new AwsError(
    "ConditionalCheckFailedException",
    "The conditional request failed",
    shown === undefined ? {} : { members: { Item: shown.item } },
  );
}
