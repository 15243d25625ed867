import type { KeySchema } from "@hotkeep/attributes";
import { streamArn } from "../streams/stream.js";
import type { Billing, IndexProjection } from "./definition.js";
import type { Index, Table } from "./table.js";

/** Status of a table in an answer. */
export type TableStatus = "CREATING" | "ACTIVE" | "DELETING";

/** The `TableDescription` of a table. Item counts and sizes are exact, where the service's lag by hours. */
export function describe(table: Table, status: TableStatus) {
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
    ProvisionedThroughput: describeThroughput(billing.mode === "PROVISIONED" ? billing : undefined),
    TableSizeBytes: counter.bytes,
    ItemCount: counter.items,
    TableArn: table.arn,
    TableId: definition.id,
    ...describeBilling(billing, definition.createdAt),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local.map(describeIndex) }),
    ...(global.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: global.map((index) => ({
            ...describeIndex(index),
            IndexStatus: index.isBuilding ? ("CREATING" as const) : status,
            ...(index.isBuilding ? { Backfilling: true } : {}),
            ProvisionedThroughput: describeThroughput(index.definition.throughput),
          })),
        }),
    ...describeStream(table),
    ...(definition.tableClass === undefined
      ? {}
      : { TableClassSummary: { TableClass: tableClass(definition.tableClass) } }),
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

function tableClass(stored: string): "STANDARD" | "STANDARD_INFREQUENT_ACCESS" {
  return stored === "STANDARD_INFREQUENT_ACCESS" ? stored : "STANDARD";
}

/** A key schema as answers have it. */
export function describeKey({ hash, range }: KeySchema) {
  const elements: { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[] = [
    { AttributeName: hash.name, KeyType: "HASH" },
  ];
  if (range !== undefined) elements.push({ AttributeName: range.name, KeyType: "RANGE" });
  return elements;
}

function describeBilling(billing: Billing, since: number) {
  if (billing.mode === "PROVISIONED") return {};
  const mode = "PAY_PER_REQUEST" as const;
  return { BillingModeSummary: { BillingMode: mode, LastUpdateToPayPerRequestDateTime: new Date(since) } };
}

function describeThroughput(units: { readonly read: number; readonly write: number } | undefined) {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: units?.read ?? 0,
    WriteCapacityUnits: units?.write ?? 0,
  };
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

function describeProjection({ type, nonKeyAttributes }: IndexProjection) {
  return nonKeyAttributes === undefined
    ? { ProjectionType: type }
    : { ProjectionType: type, NonKeyAttributes: [...nonKeyAttributes] };
}
