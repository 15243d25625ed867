import type { CallContext } from "@hotkeep/protocols";
import { readBilling, refuseKeys } from "../catalog/create-rules.js";
import type { IndexDefinition, NewTable } from "../catalog/definition.js";
import { unitsOf } from "../catalog/description.js";
import { type GivenIndex, readIndexes } from "../catalog/index-rules.js";
import { tableArn } from "../catalog/table.js";
import { readOnDemand } from "../catalog/throughput-rules.js";
import { invalidParameters } from "../errors.js";
import type { InputOf } from "../operations/operation.js";
import { type BackupDefinition, backupArn } from "./backup-definition.js";

type Input = InputOf<"RestoreTableFromBackup">;
type NewIndex = Omit<IndexDefinition, "space">;

/**
 * The table that a request makes of a backup: keys, indexes and billing are the backup's where nothing else is asked
 * for. Tags, expiry, streams, policies and protection do not come along (documented).
 *
 * @throws AwsError `ValidationException`
 */
export function restoredTable(backup: BackupDefinition, input: Input, name: string, call: CallContext): NewTable {
  refuseKeys(input.SSESpecificationOverride);
  const { source } = backup;
  const { account, region, key, tableClass } = source;
  const { BillingModeOverride: mode, ProvisionedThroughputOverride: throughput } = input;
  const asked = mode === undefined && throughput === undefined;
  const billing = asked ? source.billing : readBilling({ BillingMode: mode, ProvisionedThroughput: throughput });
  const isOnDemand = billing.mode === "PAY_PER_REQUEST";
  const onDemandThroughput = readOnDemand(input.OnDemandThroughputOverride, source.onDemandThroughput, billing.mode);
  const indexes = restoredIndexes(backup, input, isOnDemand);
  const used = new Set([key, ...indexes.map((index) => index.key)].flatMap(({ hash, range }) => [hash, range]));
  const names = new Set([...used].map((attribute) => attribute?.name));
  return {
    ...{ account, region, name, key, indexes, billing },
    attributes: source.attributes.filter((attribute) => names.has(attribute.name)),
    ...(isOnDemand ? { onDemandSince: call.now } : {}),
    ...(onDemandThroughput && { onDemandThroughput }),
    ...(tableClass === undefined ? {} : { tableClass }),
    deletionProtection: false,
    tags: [],
    restore: { backupArn: backupArn(backup), sourceTableArn: tableArn(source), at: call.now, inProgress: true },
  };
}

function restoredIndexes({ source }: BackupDefinition, input: Input, onDemand: boolean): readonly NewIndex[] {
  const { LocalSecondaryIndexOverride: local, GlobalSecondaryIndexOverride: global } = input;
  const around = { attributes: source.attributes, key: source.key, onDemand };
  // An empty list stands for no index, where CreateTable does not take one.
  const given = readIndexes(nonEmpty(local), nonEmpty(global), around);
  for (const index of given) {
    const known = source.indexes.find(({ name, kind }) => name === index.name && kind === index.kind);
    if (known !== undefined && shapeOf(known) === shapeOf(index)) continue;
    throw invalidParameters(`Index ${index.name} is not one of the backup's, or not as it was there`);
  }
  const kept = (kind: IndexDefinition["kind"]) => source.indexes.filter((index) => index.kind === kind).map(plain);
  const units = source.billing.mode === "PROVISIONED" && !onDemand;
  const globals = global === undefined ? kept("global") : given.filter(({ kind }) => kind === "global");
  return [
    ...(local === undefined ? kept("local") : given.filter(({ kind }) => kind === "local")),
    ...globals.map((index) => withUnits(index, onDemand, units, input)),
  ];
}

function withUnits(index: NewIndex, onDemand: boolean, keepsUnits: boolean, input: Input): NewIndex {
  const { throughput, onDemandThroughput, ...rest } = index;
  if (onDemand) return { ...rest, ...(onDemandThroughput && { onDemandThroughput }) };
  if (throughput !== undefined && (keepsUnits || input.GlobalSecondaryIndexOverride !== undefined)) {
    return { ...rest, throughput };
  }
  const units = unitsOf(readBilling({ ProvisionedThroughput: input.ProvisionedThroughputOverride }))!;
  return { ...rest, throughput: { read: units.read, write: units.write } };
}

/** Without what belongs to the index that was backed up only. */
function plain({ space: _, building: __, throughputChanges: ___, ...index }: IndexDefinition): NewIndex {
  return index;
}

function shapeOf({ key, projection }: NewIndex): string {
  const { type, nonKeyAttributes = [] } = projection;
  return JSON.stringify([key.hash, key.range, type, [...nonKeyAttributes].sort()]);
}

function nonEmpty(indexes: readonly GivenIndex[] | undefined): readonly GivenIndex[] | undefined {
  return indexes?.length === 0 ? undefined : indexes;
}
