import { AwsError, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { BackupDefinition } from "../backups/backup-definition.js";
import { backupArn } from "../backups/backup-definition.js";
import { describeBackup, describeDetails, describeSummary } from "../backups/backup-description.js";
import { restoredTable } from "../backups/restore-rules.js";
import { describe } from "../catalog/description.js";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { backupReference } from "../request/backup-reference.js";
import { isTableName, tableReference } from "../request/table-reference.js";
import { type InputOf, operation } from "./operation.js";
import { backedUpTable } from "./table-extras.js";

/** Backups of one answer (documented). */
const pageBackupsMax = 100;

/** CreateBackup: the table's items as they are now, copied beside other calls. */
export function createBackup(engine: Engine): NamedOperation {
  const action = "dynamodb:CreateBackup";
  return operation("CreateBackup", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    async handle(input, call) {
      const table = backedUpTable(engine, tableReference(input.TableName, call, action));
      if (table.isRestoring) {
        throw new AwsError("TableInUseException", `Table is being created: ${table.name}`);
      }
      const backup = await engine.backups.create(table, input.BackupName);
      engine.copier.backUp(backup);
      return { BackupDetails: describeDetails(backup) };
    },
  });
}

/** DescribeBackup. */
export function describeBackupOperation(engine: Engine): NamedOperation {
  const action = "dynamodb:DescribeBackup";
  return operation("DescribeBackup", {
    needs: (input, call) => [permission(action, backupReference(input.BackupArn, call, action))],
    handle: (input) => ({ BackupDescription: describeBackup(engine.backups.get(input.BackupArn)) }),
  });
}

/** DeleteBackup: it is gone at once, its items are removed little by little. */
export function deleteBackup(engine: Engine): NamedOperation {
  const action = "dynamodb:DeleteBackup";
  return operation("DeleteBackup", {
    needs: (input, call) => [permission(action, backupReference(input.BackupArn, call, action))],
    async handle(input) {
      const backup = await engine.backups.delete(input.BackupArn);
      engine.reaper.wake();
      return { BackupDescription: describeBackup(backup, "DELETED") };
    },
  });
}

/** ListBackups: oldest first; permitted on all of them or on none (documented). */
export function listBackups(engine: Engine): NamedOperation {
  const action = "dynamodb:ListBackups";
  return operation("ListBackups", {
    needs: () => [permission(action, "*")],
    handle(input, call) {
      const { Limit: limit = pageBackupsMax } = input;
      const table = input.TableName === undefined ? undefined : tableReference(input.TableName, call, action).name;
      const found = engine.backups.list(call).filter((backup) => isAskedFor(backup, input, table));
      const page = found.slice(0, limit);
      return {
        BackupSummaries: page.map(describeSummary),
        ...(page.length < found.length ? { LastEvaluatedBackupArn: backupArn(page.at(-1)!) } : {}),
      };
    },
  });
}

function isAskedFor(backup: BackupDefinition, input: InputOf<"ListBackups">, table: string | undefined): boolean {
  const { TimeRangeLowerBound: from, TimeRangeUpperBound: to, ExclusiveStartBackupArn: start, BackupType } = input;
  if (table !== undefined && backup.source.name !== table) return false;
  if (BackupType !== undefined && BackupType !== "ALL" && BackupType !== "USER") return false;
  if (from !== undefined && backup.createdAt < from.getTime()) return false;
  if (to !== undefined && backup.createdAt >= to.getTime()) return false;
  // Ids begin with the time, so that a backup which is gone still marks a place.
  return start === undefined || backup.id > start.slice(start.lastIndexOf("/") + 1);
}

/** RestoreTableFromBackup: a new table that can be used once the backup's items are in it. */
export function restoreTableFromBackup(engine: Engine): NamedOperation {
  const action = "dynamodb:RestoreTableFromBackup";
  return operation("RestoreTableFromBackup", {
    needs: (input, call) => [
      permission(action, backupReference(input.BackupArn, call, action)),
      permission(action, tableReference(input.TargetTableName, call, action).arn),
    ],
    handle: (input, call) =>
      engine.backups.holding(input.BackupArn, async (backup) => {
        const { BackupArn: arn, TargetTableName: name } = input;
        if (backup.copying === true) throw new AwsError("BackupInUseException", `Backup is being created: ${arn}`);
        if (!isTableName(name)) throw invalid(`Invalid table name: ${name}`);
        const requested = restoredTable(backup, input, name, call);
        const table = await engine.catalog.create(requested).catch((error: unknown) => {
          if (!(error instanceof AwsError) || error.code !== "ResourceInUseException") throw error;
          throw new AwsError("TableAlreadyExistsException", `Table already exists: ${name}`);
        });
        engine.copier.restore(table);
        return { TableDescription: describe(table, "CREATING", call.now) };
      }),
  });
}
