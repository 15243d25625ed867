import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import type { PolicyPrincipals } from "../resource-policies/policy-principals.js";
import { createBackup, deleteBackup, describeBackupOperation, listBackups, restoreTableFromBackup } from "./backups.js";
import { batchExecuteStatement } from "./batch-execute-statement.js";
import { batchGetItem } from "./batch-get-item.js";
import { batchWriteItem } from "./batch-write-item.js";
import { createTable } from "./create-table.js";
import { deleteItem } from "./delete-item.js";
import { deleteTable } from "./delete-table.js";
import { describeEndpoints } from "./describe-endpoints.js";
import { describeLimits } from "./describe-limits.js";
import { describeTable } from "./describe-table.js";
import { durableAnswers } from "./durable-answers.js";
import { executeStatement } from "./execute-statement.js";
import { executeTransaction } from "./execute-transaction.js";
import { getItem } from "./get-item.js";
import { listTables } from "./list-tables.js";
import { putItem } from "./put-item.js";
import { query } from "./query.js";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./resource-policies.js";
import { scan } from "./scan.js";
import {
  describeContinuousBackups,
  describeContributorInsights,
  describeKinesisStreamingDestination,
  updateContinuousBackups,
} from "./table-extras.js";
import { listTagsOfResource, tagResource, untagResource } from "./tags.js";
import { describeTimeToLive, updateTimeToLive } from "./time-to-live.js";
import { transactGetItems } from "./transact-get-items.js";
import { transactWriteItems } from "./transact-write-items.js";
import { updateItem } from "./update-item.js";
import { updateTable } from "./update-table.js";

/** What some operations need besides the engine, as in `TablesOptions`. */
export interface OperationParts {
  readonly endpointAddress?: (() => string) | undefined;
  readonly policyPrincipals?: PolicyPrincipals | undefined;
}

/** All operations there are. */
export function dynamoDbOperations(engine: Engine, parts: OperationParts = {}): readonly NamedOperation[] {
  const { endpointAddress, policyPrincipals: principals } = parts;
  const operations = [
    batchExecuteStatement(engine),
    batchGetItem(engine),
    batchWriteItem(engine),
    createBackup(engine),
    createTable(engine, principals),
    deleteBackup(engine),
    describeBackupOperation(engine),
    listBackups(engine),
    restoreTableFromBackup(engine),
    deleteItem(engine),
    deleteTable(engine),
    describeContinuousBackups(engine),
    describeContributorInsights(engine),
    describeKinesisStreamingDestination(engine),
    describeLimits(),
    describeTable(engine),
    describeTimeToLive(engine),
    executeStatement(engine),
    executeTransaction(engine),
    getItem(engine),
    listTables(engine),
    listTagsOfResource(engine),
    putItem(engine),
    query(engine),
    scan(engine),
    tagResource(engine),
    transactGetItems(engine),
    transactWriteItems(engine),
    untagResource(engine),
    updateContinuousBackups(engine),
    updateItem(engine),
    updateTable(engine),
    updateTimeToLive(engine),
  ];
  if (principals !== undefined) {
    operations.push(
      deleteResourcePolicy(engine),
      getResourcePolicy(engine, principals),
      putResourcePolicy(engine, principals),
    );
  }
  if (endpointAddress !== undefined) operations.push(describeEndpoints(endpointAddress));
  return durableAnswers(engine.storage, operations);
}
