/** Actions that a stream's policy can name (documented: "Actions, resources, and condition keys for Amazon DynamoDB"). */
const streamActions = ["DescribeStream", "GetRecords", "GetShardIterator"];

/** Actions on policies themselves, for tables and streams alike. */
const policyActions = ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"];

/** Actions that a table's policy can name, for the table and its indexes (documented, as above). */
const tableActions = [
  "BatchGetItem",
  "BatchWriteItem",
  "ConditionCheckItem",
  "CreateBackup",
  "CreateTable",
  "CreateTableReplica",
  "DeleteItem",
  "DeleteTable",
  "DeleteTableReplica",
  "DescribeContinuousBackups",
  "DescribeContributorInsights",
  "DescribeExport",
  "DescribeKinesisStreamingDestination",
  "DescribeTable",
  "DescribeTableReplicaAutoScaling",
  "DescribeTimeToLive",
  "DisableKinesisStreamingDestination",
  "EnableKinesisStreamingDestination",
  "ExportTableToPointInTime",
  "GetItem",
  "ListTagsOfResource",
  "PartiQLDelete",
  "PartiQLInsert",
  "PartiQLSelect",
  "PartiQLUpdate",
  "PutItem",
  "Query",
  "ReadDataForReplication",
  "ReplicateSettings",
  "RestoreTableFromBackup",
  "RestoreTableToPointInTime",
  "Scan",
  "StartAwsBackupJob",
  "TagResource",
  "UntagResource",
  "UpdateContinuousBackups",
  "UpdateContributorInsights",
  "UpdateItem",
  "UpdateKinesisStreamingDestination",
  "UpdateTable",
  "UpdateTableReplicaAutoScaling",
  "UpdateTimeToLive",
  "WriteDataForReplication",
];

const known = {
  table: new Set([...tableActions, ...policyActions].map((name) => `dynamodb:${name}`.toLowerCase())),
  stream: new Set([...streamActions, ...policyActions].map((name) => `dynamodb:${name}`.toLowerCase())),
};

/** Whether a policy on a table or stream may name an action; patterns with wildcards are taken as they are. */
export function isPolicyAction(action: string, kind: "table" | "stream"): boolean {
  return /[*?]/.test(action) || known[kind].has(action.toLowerCase());
}
