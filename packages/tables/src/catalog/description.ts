import type { KeySchema } from "@hotkeep/attributes";
import { streamArn } from "../streams/stream.js";
import type { Billing, IndexProjection, TableDefinition, UnitPair } from "./definition.js";
import type { Index, Table } from "./table.js";
import { decreasesToday, type ThroughputChanges, warmOf } from "./throughput-rules.js";

/** Status of a table in an answer. */
export type TableStatus = "CREATING" | "ACTIVE" | "DELETING";

/**
 * The `TableDescription` of a table at a time, in milliseconds since the epoch. Item counts and sizes are exact, where
 * the service's lag by hours.
 */
export function describe(table: Table, status: TableStatus, now: number) {
  const { definition, counter } = table;
  const { billing } = definition;
  const local = table.indexes.filter((index) => !index.isGlobal);
  const global = table.indexes.filter((index) => index.isGlobal);
  return {
    AttributeDefinitions: definition.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    TableName: table.name,
    KeySchema: describeKey(table.key),
    TableStatus: status,
    CreationDateTime: new Date(definition.createdAt),
    ProvisionedThroughput: describeThroughput(unitsOf(billing), definition.throughputChanges, now),
    TableSizeBytes: counter.bytes,
    ItemCount: counter.items,
    TableArn: table.arn,
    TableId: definition.id,
    ...describeBilling(definition),
    ...describeOnDemand(definition.onDemandThroughput),
    WarmThroughput: describeWarm(unitsOf(billing), definition.warmThroughput),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local.map(describeIndex) }),
    ...(global.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: global.map((index) => ({
            ...describeIndex(index),
            IndexStatus: index.isBuilding ? ("CREATING" as const) : status,
            ...(index.isBuilding ? { Backfilling: true } : {}),
            ProvisionedThroughput: describeThroughput(
              index.definition.throughput,
              index.definition.throughputChanges,
              now,
            ),
            ...describeOnDemand(index.definition.onDemandThroughput),
            WarmThroughput: describeWarm(index.definition.throughput, index.definition.warmThroughput),
          })),
        }),
    ...describeStream(table),
    ...describeRestore(definition),
    ...describeClass(definition),
    DeletionProtectionEnabled: definition.deletionProtection,
  };
}

/** A stream that is off is still named here, but not specified (observed). */
function describeStream({ definition: { stream, ...table } }: Table) {
  if (stream === undefined) return {};
  const { label, view, isEnabled } = stream;
  return {
    ...(isEnabled ? { StreamSpecification: { StreamEnabled: true, StreamViewType: view } } : {}),
    LatestStreamLabel: label,
    LatestStreamArn: streamArn({ ...table, tableName: table.name, label }),
  };
}

function describeRestore({ restore }: TableDefinition) {
  if (restore === undefined) return {};
  return {
    RestoreSummary: {
      SourceBackupArn: restore.backupArn,
      SourceTableArn: restore.sourceTableArn,
      RestoreDateTime: new Date(restore.at),
      RestoreInProgress: restore.inProgress === true,
    },
  };
}

/** The class is told once it was said, as the service does (observed). */
function describeClass({ tableClass, tableClassSince }: TableDefinition) {
  if (tableClass === undefined) return {};
  const TableClass: "STANDARD" | "STANDARD_INFREQUENT_ACCESS" =
    tableClass === "STANDARD_INFREQUENT_ACCESS" ? tableClass : "STANDARD";
  const since = tableClassSince === undefined ? {} : { LastUpdateDateTime: new Date(tableClassSince) };
  return { TableClassSummary: { TableClass, ...since } };
}

/** A key schema as answers have it. */
export function describeKey({ hash, range }: KeySchema) {
  const elements: { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[] = [
    { AttributeName: hash.name, KeyType: "HASH" },
  ];
  if (range !== undefined) elements.push({ AttributeName: range.name, KeyType: "RANGE" });
  return elements;
}

/** A table that was never on demand has no summary (observed). */
export function describeBilling({ billing, onDemandSince, createdAt }: TableDefinition) {
  if (billing.mode === "PROVISIONED" && onDemandSince === undefined) return {};
  const since = new Date(onDemandSince ?? createdAt);
  return { BillingModeSummary: { BillingMode: billing.mode, LastUpdateToPayPerRequestDateTime: since } };
}

/** The units that a table is provisioned with; undefined when it is on demand. */
export function unitsOf(billing: Billing): UnitPair | undefined {
  return billing.mode === "PROVISIONED" ? billing : undefined;
}

function describeThroughput(units: UnitPair | undefined, changes: ThroughputChanges | undefined, now: number) {
  const { increasedAt, decreasedAt } = changes ?? {};
  return {
    ...(increasedAt === undefined ? {} : { LastIncreaseDateTime: new Date(increasedAt) }),
    ...(decreasedAt === undefined ? {} : { LastDecreaseDateTime: new Date(decreasedAt) }),
    NumberOfDecreasesToday: decreasesToday(changes, now),
    ReadCapacityUnits: units?.read ?? 0,
    WriteCapacityUnits: units?.write ?? 0,
  };
}

function describeOnDemand(bounds: Partial<UnitPair> | undefined) {
  if (bounds === undefined) return {};
  const { read = -1, write = -1 } = bounds;
  return { OnDemandThroughput: { MaxReadRequestUnits: read, MaxWriteRequestUnits: write } };
}

function describeWarm(units: UnitPair | undefined, asked: UnitPair | undefined) {
  const { read, write } = warmOf(units, asked);
  return { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write, Status: "ACTIVE" as const };
}

function describeIndex(index: Index) {
  return {
    IndexName: index.name,
    KeySchema: describeKey(index.key),
    Projection: describeProjection(index.definition.projection),
    IndexSizeBytes: index.counter.bytes,
    ItemCount: index.counter.items,
    IndexArn: index.arn,
  };
}

/** A projection as answers have it. */
export function describeProjection({ type, nonKeyAttributes }: IndexProjection) {
  return nonKeyAttributes === undefined
    ? { ProjectionType: type }
    : { ProjectionType: type, NonKeyAttributes: [...nonKeyAttributes] };
}
