import { type PermissionRequest, permission } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { invalid, invalidParameters } from "../errors.js";
import type { InputOf } from "../operations/operation.js";
import { backupReference } from "../request/backup-reference.js";
import { tableReference } from "../request/table-reference.js";
import type { Needs } from "./embedded-needs.js";

function backup(arn: string, call: CallContext, action: string): PermissionRequest {
  return permission(action, backupReference(arn, call, action));
}

function onTable(name: string, call: CallContext, action: string): PermissionRequest {
  return permission(action, tableReference(name, call, action).arn);
}

/** What reaches other Regions or accounts needs permissions that no policy here can speak of. */
function refuse(input: object, members: readonly string[]): void {
  for (const member of members) {
    if (Object.hasOwn(input, member)) throw invalidParameters(`${member} is not available through this endpoint`);
  }
}

function createTable(input: InputOf<"CreateTable">, call: CallContext): readonly PermissionRequest[] {
  refuse(input, ["GlobalTableSourceArn", "GlobalTableSettingsReplicationMode"]);
  const { arn } = tableReference(input.TableName, call, "dynamodb:CreateTable");
  const requests = [permission("dynamodb:CreateTable", arn)];
  if (input.Tags !== undefined && input.Tags.length > 0) requests.push(permission("dynamodb:TagResource", arn));
  if (input.ResourcePolicy !== undefined) requests.push(permission("dynamodb:PutResourcePolicy", arn));
  return requests;
}

function updateTable(input: InputOf<"UpdateTable">, call: CallContext): readonly PermissionRequest[] {
  refuse(input, [
    "ReplicaUpdates",
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "MultiRegionConsistency",
  ]);
  return [onTable(input.TableName, call, "dynamodb:UpdateTable")];
}

function restoreToPointInTime(
  input: InputOf<"RestoreTableToPointInTime">,
  call: CallContext,
): readonly PermissionRequest[] {
  const action = "dynamodb:RestoreTableToPointInTime";
  const source = input.SourceTableArn ?? input.SourceTableName;
  if (source === undefined) throw invalid("Either SourceTableArn or SourceTableName must be given");
  return [onTable(source, call, action), onTable(input.TargetTableName, call, action)];
}

function restoreFromBackup(input: InputOf<"RestoreTableFromBackup">, call: CallContext): readonly PermissionRequest[] {
  const action = "dynamodb:RestoreTableFromBackup";
  return [backup(input.BackupArn, call, action), onTable(input.TargetTableName, call, action)];
}

/** The endpoint writes to the bucket as this gateway, so that the caller must be asked about the bucket, too. */
function exportTable(input: InputOf<"ExportTableToPointInTime">, call: CallContext): readonly PermissionRequest[] {
  const objects = `arn:aws:s3:::${input.S3Bucket}/${input.S3Prefix === undefined ? "" : `${input.S3Prefix}/`}*`;
  return [
    onTable(input.TableArn, call, "dynamodb:ExportTableToPointInTime"),
    ...["AbortMultipartUpload", "PutObject", "PutObjectAcl"].map((action) => permission(`s3:${action}`, objects)),
  ];
}

/** As with exports: the caller must be allowed to fill the stream. */
function enableStreaming(
  input: InputOf<"EnableKinesisStreamingDestination">,
  call: CallContext,
): readonly PermissionRequest[] {
  return [
    onTable(input.TableName, call, "dynamodb:EnableKinesisStreamingDestination"),
    ...["DescribeStream", "PutRecord", "PutRecords"].map((action) => permission(`kinesis:${action}`, input.StreamArn)),
  ];
}

function listExports(input: InputOf<"ListExports">, call: CallContext): readonly PermissionRequest[] {
  const action = "dynamodb:ListExports";
  return [input.TableArn === undefined ? permission(action, "*") : onTable(input.TableArn, call, action)];
}

const needsTable = (operation: string): [string, Needs] => [
  operation,
  (input, call) => [onTable((input as { readonly TableName: string }).TableName, call, `dynamodb:${operation}`)],
];

const needsBackup = (operation: string): [string, Needs] => [
  operation,
  (input, call) => [backup((input as { readonly BackupArn: string }).BackupArn, call, `dynamodb:${operation}`)],
];

const needsAll = (operation: string): [string, Needs] => [operation, () => [permission(`dynamodb:${operation}`, "*")]];

/**
 * The permissions of operations that the embedded tables do not have, or in which they refuse what an endpoint may know
 * (documented: "Actions, resources, and condition keys for Amazon DynamoDB").
 */
export const ownNeeds: ReadonlyMap<string, Needs> = new Map([
  ["CreateTable", createTable as Needs],
  ["UpdateTable", updateTable as Needs],
  needsTable("CreateBackup"),
  needsTable("DescribeContinuousBackups"),
  needsTable("UpdateContinuousBackups"),
  needsTable("DescribeKinesisStreamingDestination"),
  needsTable("DisableKinesisStreamingDestination"),
  needsTable("UpdateKinesisStreamingDestination"),
  ["EnableKinesisStreamingDestination", enableStreaming as Needs],
  ["ExportTableToPointInTime", exportTable as Needs],
  ["RestoreTableToPointInTime", restoreToPointInTime as Needs],
  ["RestoreTableFromBackup", restoreFromBackup as Needs],
  needsBackup("DescribeBackup"),
  needsBackup("DeleteBackup"),
  needsAll("ListBackups"),
  ["ListExports", listExports as Needs],
  needsAll("ListGlobalTables"),
  needsAll("ListImports"),
]);
