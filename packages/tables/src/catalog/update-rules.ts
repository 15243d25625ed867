import type { KeyAttribute } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { invalid, invalidParameters } from "../errors.js";
import type { InputOf } from "../operations/operation.js";
import type { ChangedTable } from "./catalog.js";
import { refuseKeys } from "./create-rules.js";
import type { Billing, TableDefinition } from "./definition.js";
import { unitsOf } from "./description.js";
import { type GivenIndex, readIndexes } from "./index-rules.js";
import { readAttributeDefinitions } from "./key-schema-rules.js";
import { changeStream, readStream } from "./stream-rules.js";
import { noteChange, readOnDemand, readWarm, warmOf } from "./throughput-rules.js";

type Input = InputOf<"UpdateTable">;

const changeable = [
  "ProvisionedThroughput",
  "BillingMode",
  "GlobalSecondaryIndexUpdates",
  "TableClass",
  "DeletionProtectionEnabled",
  "StreamSpecification",
  "OnDemandThroughput",
  "WarmThroughput",
] as const;

/** Checks an UpdateTable request as far as it can be without the table. */
export function checkTableUpdate(input: Input): void {
  readStream(input.StreamSpecification);
  if (Object.hasOwn(input, "ReplicaUpdates")) {
    throw invalidParameters("ReplicaUpdates is not available on these tables");
  }
  refuseKeys(input.SSESpecification);
  if (input.SSESpecification !== undefined) throw invalidParameters("Table is already encrypted by default");
  if (input.StreamSpecification !== undefined && input.ProvisionedThroughput !== undefined) {
    throw invalid("Cannot change IOPS and Streams at the same time.");
  }
  const changes = changeable.filter((member) => input[member] !== undefined);
  if (changes.length === 0 || (changes.length === 1 && input.GlobalSecondaryIndexUpdates?.length === 0)) {
    throw invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
        "SSESpecification or ReplicaUpdates is required",
    );
  }
}

/** The definition that a request makes of the present one. @throws AwsError with the service's words (observed). */
export function changeTable(definition: TableDefinition, input: Input, now: number): ChangedTable {
  const billing = changeBilling(definition.billing, input);
  const onDemand = billing.mode === "PAY_PER_REQUEST";
  const indexes = definition.indexes.map(({ throughput, onDemandThroughput, ...index }) => ({
    ...index,
    ...(onDemand || throughput === undefined ? {} : { throughput }),
    ...(onDemand && onDemandThroughput !== undefined ? { onDemandThroughput } : {}),
  }));
  const indexed = changeIndexes({ ...definition, billing, indexes }, input, now);
  return {
    ...changeThroughput(indexed, definition.billing, input, now),
    ...changeStream(definition.stream, input.StreamSpecification),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass, tableClassSince: now }),
    deletionProtection: input.DeletionProtectionEnabled ?? definition.deletionProtection,
  };
}

/** What hangs on the kind of billing; `changed` has the new one. */
function changeThroughput(changed: ChangedTable, before: Billing, input: Input, now: number): ChangedTable {
  const { onDemandThroughput: bounds, warmThroughput: asked, ...rest } = changed;
  const { billing } = changed;
  const units = unitsOf(billing);
  const onDemandThroughput = readOnDemand(input.OnDemandThroughput, bounds, billing.mode);
  const warmThroughput = readWarm(input.WarmThroughput, warmOf(units, asked), "table") ?? asked;
  const unitsBefore = unitsOf(before);
  const changes = units && unitsBefore && noteChange(changed.throughputChanges, unitsBefore, units, now);
  return {
    ...rest,
    ...(onDemandThroughput && { onDemandThroughput }),
    ...(warmThroughput && { warmThroughput }),
    ...(changes && { throughputChanges: changes }),
    ...(billing.mode === "PAY_PER_REQUEST" && before.mode === "PROVISIONED" ? { onDemandSince: now } : {}),
  };
}

function changeBilling(before: Billing, input: Input): Billing {
  const { BillingMode: mode, ProvisionedThroughput: units } = input;
  if (mode === "PAY_PER_REQUEST") {
    if (units !== undefined) {
      throw invalidParameters(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    return { mode };
  }
  if (mode === "PROVISIONED" && units === undefined && before.mode !== "PROVISIONED") {
    throw invalidParameters("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (units === undefined) return before;
  if (mode === undefined && before.mode === "PAY_PER_REQUEST") {
    throw invalidParameters(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = units;
  if (before.mode === "PROVISIONED" && before.read === read && before.write === write) {
    throw invalid(
      "The provisioned throughput for the table will not change. The requested value equals the current value. " +
        `Current ReadCapacityUnits provisioned for the table: ${before.read}. Requested ReadCapacityUnits: ${read}. ` +
        `Current WriteCapacityUnits provisioned for the table: ${before.write}. Requested WriteCapacityUnits: ${write}. ` +
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  }
  return { mode: "PROVISIONED", read, write };
}

function changeIndexes(definition: TableDefinition, input: Input, now: number): ChangedTable {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  const names = updates.map(({ Create, Update, Delete }) => (Create ?? Update ?? Delete)?.IndexName);
  const again = names.find((name, at) => name !== undefined && names.indexOf(name) < at);
  if (again !== undefined) {
    throw invalidParameters(
      `Only one global secondary index update per index is allowed simultaneously. Index: ${again}`,
    );
  }
  if (updates.filter(({ Create, Delete }) => Create !== undefined || Delete !== undefined).length > 1) {
    throw new AwsError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  let changed: ChangedTable = definition;
  for (const { Create: made, Update: altered, Delete: removed } of updates) {
    if ([made, altered, removed].filter((one) => one !== undefined).length !== 1) {
      throw invalidParameters("One of GlobalSecondaryIndexUpdate.Update, Create, Delete must not be null");
    }
    if (made !== undefined) changed = addIndex(changed, made, input);
    else if (removed !== undefined) changed = removeIndex(changed, removed.IndexName);
    else changed = alterIndex(changed, altered!, now);
  }
  return changed;
}

function addIndex(definition: ChangedTable, made: GivenIndex, input: Input): ChangedTable {
  if (definition.indexes.some(({ name }) => name === made.IndexName)) {
    throw invalid(`Attempting to create an index which already exists: ${made.IndexName}`);
  }
  const given = readAttributeDefinitions(input.AttributeDefinitions ?? []);
  for (const attribute of given) {
    const known = definition.attributes.find(({ name }) => name === attribute.name);
    if (known !== undefined && known.type !== attribute.type) {
      throw invalidParameters(`Attribute ${attribute.name} is defined with type ${known.type} already`);
    }
  }
  const attributes = merged(definition.attributes, given);
  const around = { attributes, key: definition.key, onDemand: definition.billing.mode === "PAY_PER_REQUEST" };
  const [index] = readIndexes(undefined, [made], around);
  return pruned({ ...definition, attributes, indexes: [...definition.indexes, { ...index!, building: true }] });
}

function removeIndex(definition: ChangedTable, name: string): ChangedTable {
  if (!definition.indexes.some((index) => index.kind === "global" && index.name === name)) throw indexNotFound();
  return pruned({ ...definition, indexes: definition.indexes.filter((index) => index.name !== name) });
}

type IndexChange = NonNullable<NonNullable<Input["GlobalSecondaryIndexUpdates"]>[number]["Update"]>;

function alterIndex(definition: ChangedTable, change: IndexChange, now: number): ChangedTable {
  const { IndexName: name, ProvisionedThroughput: given, OnDemandThroughput, WarmThroughput } = change;
  if (given === undefined && OnDemandThroughput === undefined && WarmThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  const found = definition.indexes.find((index) => index.kind === "global" && index.name === name);
  if (found === undefined) throw indexNotFound();
  const { throughput: before, onDemandThroughput: bounds, warmThroughput: asked, ...rest } = found;
  const throughput = given ? { read: given.ReadCapacityUnits, write: given.WriteCapacityUnits } : before;
  const onDemandThroughput = readOnDemand(OnDemandThroughput, bounds, definition.billing.mode);
  const what = `global secondary index: ${name}`;
  const warmThroughput = readWarm(WarmThroughput, warmOf(throughput, asked), what) ?? asked;
  const changes = before && throughput && noteChange(rest.throughputChanges, before, throughput, now);
  const altered = {
    ...rest,
    ...(throughput && { throughput }),
    ...(changes && { throughputChanges: changes }),
    ...(onDemandThroughput && { onDemandThroughput }),
    ...(warmThroughput && { warmThroughput }),
  };
  return { ...definition, indexes: definition.indexes.map((index) => (index === found ? altered : index)) };
}

function indexNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "Requested resource not found");
}

function merged(before: readonly KeyAttribute[], given: readonly KeyAttribute[]): readonly KeyAttribute[] {
  return [...before, ...given.filter(({ name }) => !before.some((known) => known.name === name))];
}

/** Without attributes that are no key any more. */
function pruned(definition: ChangedTable): ChangedTable {
  const used = new Set<string | undefined>();
  for (const { hash, range } of [definition.key, ...definition.indexes.map(({ key }) => key)]) {
    used.add(hash.name).add(range?.name);
  }
  return { ...definition, attributes: definition.attributes.filter(({ name }) => used.has(name)) };
}
