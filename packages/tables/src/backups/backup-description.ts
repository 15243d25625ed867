import type { IndexDefinition, UnitPair } from "../catalog/definition.js";
import { describeBilling, describeKey, describeProjection, unitsOf } from "../catalog/description.js";
import { tableArn } from "../catalog/table.js";
import { type BackupDefinition, backupArn } from "./backup-definition.js";

/** Status of a backup in an answer. */
export type BackupStatus = "CREATING" | "AVAILABLE" | "DELETED";

/** The `BackupDetails` of a backup. */
export function describeDetails(backup: BackupDefinition, status: BackupStatus = statusOf(backup)) {
  return {
    BackupArn: backupArn(backup),
    BackupName: backup.name,
    BackupSizeBytes: backup.bytes,
    BackupStatus: status,
    BackupType: "USER" as const,
    BackupCreationDateTime: new Date(backup.createdAt),
  };
}

/** A line of ListBackups. */
export function describeSummary(backup: BackupDefinition) {
  const { source } = backup;
  return { TableName: source.name, TableId: source.id, TableArn: tableArn(source), ...describeDetails(backup) };
}

/** The `BackupDescription` of a backup, with its table as it was. */
export function describeBackup(backup: BackupDefinition, status?: BackupStatus) {
  const { source } = backup;
  const { BillingModeSummary: billing } = describeBilling(source);
  const local = source.indexes.filter(({ kind }) => kind === "local");
  const global = source.indexes.filter(({ kind }) => kind === "global");
  const { stream, timeToLive } = source;
  return {
    BackupDetails: describeDetails(backup, status),
    SourceTableDetails: {
      TableName: source.name,
      TableId: source.id,
      TableArn: tableArn(source),
      TableSizeBytes: backup.bytes,
      KeySchema: describeKey(source.key),
      TableCreationDateTime: new Date(source.createdAt),
      ProvisionedThroughput: describeUnits(unitsOf(source.billing)),
      ItemCount: backup.items,
      BillingMode: billing?.BillingMode ?? ("PROVISIONED" as const),
    },
    SourceTableFeatureDetails: {
      ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local.map(describeIndex) }),
      ...(global.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: global.map((index) => ({
              ...describeIndex(index),
              ProvisionedThroughput: describeUnits(index.throughput),
            })),
          }),
      ...(stream?.isEnabled ? { StreamDescription: { StreamEnabled: true, StreamViewType: stream.view } } : {}),
      TimeToLiveDescription:
        timeToLive === undefined
          ? { TimeToLiveStatus: "DISABLED" as const }
          : { TimeToLiveStatus: "ENABLED" as const, AttributeName: timeToLive.attribute },
    },
  };
}

function statusOf({ copying }: BackupDefinition): BackupStatus {
  return copying === true ? "CREATING" : "AVAILABLE";
}

function describeIndex({ name, key, projection }: IndexDefinition) {
  return { IndexName: name, KeySchema: describeKey(key), Projection: describeProjection(projection) };
}

function describeUnits(units: UnitPair | undefined) {
  return { ReadCapacityUnits: units?.read ?? 0, WriteCapacityUnits: units?.write ?? 0 };
}
