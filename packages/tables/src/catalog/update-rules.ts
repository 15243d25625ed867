import type { KeyAttribute } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { invalid, invalidParameters } from "../errors.js";
import type { InputOf } from "../operations/operation.js";
import type { ChangedTable } from "./catalog.js";
import type { Billing, TableDefinition } from "./definition.js";
import { type GivenIndex, readIndexes } from "./index-rules.js";
import { readAttributeDefinitions } from "./key-schema-rules.js";
import { changeStream, readStream } from "./stream-rules.js";

type Input = InputOf<"UpdateTable">;

const changeable = [
  "ProvisionedThroughput",
  "BillingMode",
  "GlobalSecondaryIndexUpdates",
  "TableClass",
  "DeletionProtectionEnabled",
  "StreamSpecification",
] as const;

/** Checks an UpdateTable request as far as it can be without the table. */
export function checkTableUpdate(input: Input): void {
  readStream(input.StreamSpecification);
  for (const member of ["SSESpecification", "ReplicaUpdates", "OnDemandThroughput", "WarmThroughput"] as const) {
    if (Object.hasOwn(input, member)) throw invalidParameters(`${member} is not available on these tables`);
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
export function changeTable(definition: TableDefinition, input: Input): ChangedTable {
  const billing = changeBilling(definition.billing, input);
  const onDemand = billing.mode === "PAY_PER_REQUEST";
  const indexes = definition.indexes.map(({ throughput, ...index }) =>
    onDemand || throughput === undefined ? index : { ...index, throughput },
  );
  const indexed = changeIndexes({ ...definition, billing, indexes }, input);
  return {
    ...indexed,
    ...changeStream(definition.stream, input.StreamSpecification),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    deletionProtection: input.DeletionProtectionEnabled ?? definition.deletionProtection,
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

function changeIndexes(definition: TableDefinition, input: Input): ChangedTable {
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
    else changed = alterIndex(changed, altered!.IndexName, altered!.ProvisionedThroughput);
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

function alterIndex(
  definition: ChangedTable,
  name: string,
  units: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number } | undefined,
): ChangedTable {
  if (units === undefined) throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  if (!definition.indexes.some((index) => index.kind === "global" && index.name === name)) throw indexNotFound();
  const throughput = { read: units.ReadCapacityUnits, write: units.WriteCapacityUnits };
  return {
    ...definition,
    indexes: definition.indexes.map((index) => (index.name === name ? { ...index, throughput } : index)),
  };
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
