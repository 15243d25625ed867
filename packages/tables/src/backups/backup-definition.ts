import { formatArn } from "@hotkeep/core";
import type { TableDefinition } from "../catalog/definition.js";

/** A backup of a table as it is stored. Its items lie under a number of its own, keyed as in the table. */
export interface BackupDefinition {
  /** `01489602797149-73d8d5bc`: the time in milliseconds, then something random. */
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The number that its items' row keys begin with; never used again. */
  readonly space: number;
  /** Set while items are being copied. */
  readonly copying?: true;
  /** The table when the backup was made. */
  readonly source: TableDefinition;
  /** Items and their bytes, known when they are copied. */
  readonly items: number;
  readonly bytes: number;
}

/** Where a table came from that was made from a backup. */
export interface RestoreOrigin {
  readonly backupArn: string;
  readonly sourceTableArn: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set while items are being copied. */
  readonly inProgress?: true;
}

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/backup/ID` */
export function backupArn({ id, source }: Pick<BackupDefinition, "id" | "source">): string {
  const { account, region, name } = source;
  return formatArn({ service: "dynamodb", account, region, resource: `table/${name}/backup/${id}` });
}
