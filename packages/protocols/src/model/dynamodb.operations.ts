// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-dynamodb";
import type { DataPlaneTyped } from "./data-plane-typed.js";

/** The operations of dynamodb with the types of their inputs and outputs, for `operationsOf`. */
export type DynamoDbOperations = {
  BatchExecuteStatement: DataPlaneTyped<sdk.BatchExecuteStatementCommandInput, sdk.BatchExecuteStatementCommandOutput>;
  BatchGetItem: DataPlaneTyped<sdk.BatchGetItemCommandInput, sdk.BatchGetItemCommandOutput>;
  BatchWriteItem: DataPlaneTyped<sdk.BatchWriteItemCommandInput, sdk.BatchWriteItemCommandOutput>;
  CancelBulkOperation: DataPlaneTyped<sdk.CancelBulkOperationCommandInput, sdk.CancelBulkOperationCommandOutput>;
  CreateBackup: DataPlaneTyped<sdk.CreateBackupCommandInput, sdk.CreateBackupCommandOutput>;
  CreateGlobalTable: DataPlaneTyped<sdk.CreateGlobalTableCommandInput, sdk.CreateGlobalTableCommandOutput>;
  CreateTable: DataPlaneTyped<sdk.CreateTableCommandInput, sdk.CreateTableCommandOutput>;
  DeleteBackup: DataPlaneTyped<sdk.DeleteBackupCommandInput, sdk.DeleteBackupCommandOutput>;
  DeleteItem: DataPlaneTyped<sdk.DeleteItemCommandInput, sdk.DeleteItemCommandOutput>;
  DeleteResourcePolicy: DataPlaneTyped<sdk.DeleteResourcePolicyCommandInput, sdk.DeleteResourcePolicyCommandOutput>;
  DeleteTable: DataPlaneTyped<sdk.DeleteTableCommandInput, sdk.DeleteTableCommandOutput>;
  DescribeBackup: DataPlaneTyped<sdk.DescribeBackupCommandInput, sdk.DescribeBackupCommandOutput>;
  DescribeBulkOperation: DataPlaneTyped<sdk.DescribeBulkOperationCommandInput, sdk.DescribeBulkOperationCommandOutput>;
  DescribeContinuousBackups: DataPlaneTyped<
    sdk.DescribeContinuousBackupsCommandInput,
    sdk.DescribeContinuousBackupsCommandOutput
  >;
  DescribeContributorInsights: DataPlaneTyped<
    sdk.DescribeContributorInsightsCommandInput,
    sdk.DescribeContributorInsightsCommandOutput
  >;
  DescribeEndpoints: DataPlaneTyped<sdk.DescribeEndpointsCommandInput, sdk.DescribeEndpointsCommandOutput>;
  DescribeExport: DataPlaneTyped<sdk.DescribeExportCommandInput, sdk.DescribeExportCommandOutput>;
  DescribeGlobalTable: DataPlaneTyped<sdk.DescribeGlobalTableCommandInput, sdk.DescribeGlobalTableCommandOutput>;
  DescribeGlobalTableSettings: DataPlaneTyped<
    sdk.DescribeGlobalTableSettingsCommandInput,
    sdk.DescribeGlobalTableSettingsCommandOutput
  >;
  DescribeImport: DataPlaneTyped<sdk.DescribeImportCommandInput, sdk.DescribeImportCommandOutput>;
  DescribeKinesisStreamingDestination: DataPlaneTyped<
    sdk.DescribeKinesisStreamingDestinationCommandInput,
    sdk.DescribeKinesisStreamingDestinationCommandOutput
  >;
  DescribeLimits: DataPlaneTyped<sdk.DescribeLimitsCommandInput, sdk.DescribeLimitsCommandOutput>;
  DescribeTable: DataPlaneTyped<sdk.DescribeTableCommandInput, sdk.DescribeTableCommandOutput>;
  DescribeTableReplicaAutoScaling: DataPlaneTyped<
    sdk.DescribeTableReplicaAutoScalingCommandInput,
    sdk.DescribeTableReplicaAutoScalingCommandOutput
  >;
  DescribeTimeToLive: DataPlaneTyped<sdk.DescribeTimeToLiveCommandInput, sdk.DescribeTimeToLiveCommandOutput>;
  DisableKinesisStreamingDestination: DataPlaneTyped<
    sdk.DisableKinesisStreamingDestinationCommandInput,
    sdk.DisableKinesisStreamingDestinationCommandOutput
  >;
  EnableKinesisStreamingDestination: DataPlaneTyped<
    sdk.EnableKinesisStreamingDestinationCommandInput,
    sdk.EnableKinesisStreamingDestinationCommandOutput
  >;
  ExecuteStatement: DataPlaneTyped<sdk.ExecuteStatementCommandInput, sdk.ExecuteStatementCommandOutput>;
  ExecuteTransaction: DataPlaneTyped<sdk.ExecuteTransactionCommandInput, sdk.ExecuteTransactionCommandOutput>;
  ExportTableToPointInTime: DataPlaneTyped<
    sdk.ExportTableToPointInTimeCommandInput,
    sdk.ExportTableToPointInTimeCommandOutput
  >;
  GetItem: DataPlaneTyped<sdk.GetItemCommandInput, sdk.GetItemCommandOutput>;
  GetResourcePolicy: DataPlaneTyped<sdk.GetResourcePolicyCommandInput, sdk.GetResourcePolicyCommandOutput>;
  ImportTable: DataPlaneTyped<sdk.ImportTableCommandInput, sdk.ImportTableCommandOutput>;
  ListBackups: DataPlaneTyped<sdk.ListBackupsCommandInput, sdk.ListBackupsCommandOutput>;
  ListBulkOperations: DataPlaneTyped<sdk.ListBulkOperationsCommandInput, sdk.ListBulkOperationsCommandOutput>;
  ListContributorInsights: DataPlaneTyped<
    sdk.ListContributorInsightsCommandInput,
    sdk.ListContributorInsightsCommandOutput
  >;
  ListExports: DataPlaneTyped<sdk.ListExportsCommandInput, sdk.ListExportsCommandOutput>;
  ListGlobalTables: DataPlaneTyped<sdk.ListGlobalTablesCommandInput, sdk.ListGlobalTablesCommandOutput>;
  ListImports: DataPlaneTyped<sdk.ListImportsCommandInput, sdk.ListImportsCommandOutput>;
  ListTables: DataPlaneTyped<sdk.ListTablesCommandInput, sdk.ListTablesCommandOutput>;
  ListTagsOfResource: DataPlaneTyped<sdk.ListTagsOfResourceCommandInput, sdk.ListTagsOfResourceCommandOutput>;
  PutItem: DataPlaneTyped<sdk.PutItemCommandInput, sdk.PutItemCommandOutput>;
  PutResourcePolicy: DataPlaneTyped<sdk.PutResourcePolicyCommandInput, sdk.PutResourcePolicyCommandOutput>;
  Query: DataPlaneTyped<sdk.QueryCommandInput, sdk.QueryCommandOutput>;
  RestoreTableFromBackup: DataPlaneTyped<
    sdk.RestoreTableFromBackupCommandInput,
    sdk.RestoreTableFromBackupCommandOutput
  >;
  RestoreTableToPointInTime: DataPlaneTyped<
    sdk.RestoreTableToPointInTimeCommandInput,
    sdk.RestoreTableToPointInTimeCommandOutput
  >;
  Scan: DataPlaneTyped<sdk.ScanCommandInput, sdk.ScanCommandOutput>;
  SearchVectors: DataPlaneTyped<sdk.SearchVectorsCommandInput, sdk.SearchVectorsCommandOutput>;
  StartBulkPutItems: DataPlaneTyped<sdk.StartBulkPutItemsCommandInput, sdk.StartBulkPutItemsCommandOutput>;
  TagResource: DataPlaneTyped<sdk.TagResourceCommandInput, sdk.TagResourceCommandOutput>;
  TransactGetItems: DataPlaneTyped<sdk.TransactGetItemsCommandInput, sdk.TransactGetItemsCommandOutput>;
  TransactWriteItems: DataPlaneTyped<sdk.TransactWriteItemsCommandInput, sdk.TransactWriteItemsCommandOutput>;
  UntagResource: DataPlaneTyped<sdk.UntagResourceCommandInput, sdk.UntagResourceCommandOutput>;
  UpdateContinuousBackups: DataPlaneTyped<
    sdk.UpdateContinuousBackupsCommandInput,
    sdk.UpdateContinuousBackupsCommandOutput
  >;
  UpdateContributorInsights: DataPlaneTyped<
    sdk.UpdateContributorInsightsCommandInput,
    sdk.UpdateContributorInsightsCommandOutput
  >;
  UpdateGlobalTable: DataPlaneTyped<sdk.UpdateGlobalTableCommandInput, sdk.UpdateGlobalTableCommandOutput>;
  UpdateGlobalTableSettings: DataPlaneTyped<
    sdk.UpdateGlobalTableSettingsCommandInput,
    sdk.UpdateGlobalTableSettingsCommandOutput
  >;
  UpdateItem: DataPlaneTyped<sdk.UpdateItemCommandInput, sdk.UpdateItemCommandOutput>;
  UpdateKinesisStreamingDestination: DataPlaneTyped<
    sdk.UpdateKinesisStreamingDestinationCommandInput,
    sdk.UpdateKinesisStreamingDestinationCommandOutput
  >;
  UpdateTable: DataPlaneTyped<sdk.UpdateTableCommandInput, sdk.UpdateTableCommandOutput>;
  UpdateTableReplicaAutoScaling: DataPlaneTyped<
    sdk.UpdateTableReplicaAutoScalingCommandInput,
    sdk.UpdateTableReplicaAutoScalingCommandOutput
  >;
  UpdateTimeToLive: DataPlaneTyped<sdk.UpdateTimeToLiveCommandInput, sdk.UpdateTimeToLiveCommandOutput>;
};
