import { AwsError, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalidParameters } from "../errors.js";
import { type TableReference, tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

/** Backups have an error of their own for a table that is not there (documented). */
export function backedUpTable(engine: Engine, reference: TableReference) {
  const table = engine.catalog.find(reference, reference.name);
  if (table !== undefined && !table.isDeleted) return table;
  throw new AwsError("TableNotFoundException", `Table not found: ${reference.name}`);
}

/** As the service describes a table without point-in-time recovery. */
const withoutRecovery = {
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: "ENABLED" as const,
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" as const },
  },
};

/** DescribeContinuousBackups: tables can be backed up at any time, and have no point-in-time recovery. */
export function describeContinuousBackups(engine: Engine): NamedOperation {
  const action = "dynamodb:DescribeContinuousBackups";
  return operation("DescribeContinuousBackups", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    handle(input, call) {
      backedUpTable(engine, tableReference(input.TableName, call, action));
      return withoutRecovery;
    },
  });
}

/** UpdateContinuousBackups: point-in-time recovery can be left off; it cannot be switched on. */
export function updateContinuousBackups(engine: Engine): NamedOperation {
  const action = "dynamodb:UpdateContinuousBackups";
  return operation("UpdateContinuousBackups", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    handle(input, call) {
      backedUpTable(engine, tableReference(input.TableName, call, action));
      if (input.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled) {
        throw invalidParameters("Point-in-time recovery is not available on these tables");
      }
      return withoutRecovery;
    },
  });
}

/** DescribeKinesisStreamingDestination: there are none. */
export function describeKinesisStreamingDestination(engine: Engine): NamedOperation {
  const action = "dynamodb:DescribeKinesisStreamingDestination";
  return operation("DescribeKinesisStreamingDestination", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    handle(input, call) {
      const { name } = engine.namedTable(tableReference(input.TableName, call, action));
      return { TableName: name, KinesisDataStreamDestinations: [] };
    },
  });
}

/** DescribeContributorInsights: they are off, for a table and for each of its indexes. */
export function describeContributorInsights(engine: Engine): NamedOperation {
  const action = "dynamodb:DescribeContributorInsights";
  return operation("DescribeContributorInsights", {
    needs(input, call) {
      const { arn } = tableReference(input.TableName, call, action);
      return [permission(action, input.IndexName === undefined ? arn : `${arn}/index/${input.IndexName}`)];
    },
    handle(input, call) {
      const table = engine.namedTable(tableReference(input.TableName, call, action));
      const { IndexName: index } = input;
      if (index !== undefined && table.index(index) === undefined) {
        throw new AwsError("ResourceNotFoundException", `Requested resource not found: Index: ${index} not found`);
      }
      const named = index === undefined ? {} : { IndexName: index };
      return { TableName: table.name, ...named, ContributorInsightsStatus: "DISABLED" as const };
    },
  });
}
