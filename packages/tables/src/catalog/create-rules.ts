import type { CallContext } from "@hotkeep/protocols";
import { invalid, invalidParameters } from "../errors.js";
import type { InputOf } from "../operations/operation.js";
import { isTableName } from "../request/table-reference.js";
import type { Billing, NewTable } from "./definition.js";
import { unitsOf } from "./description.js";
import { readIndexes } from "./index-rules.js";
import { readAttributeDefinitions, readKeySchema } from "./key-schema-rules.js";
import { readStream } from "./stream-rules.js";
import { checkTags, readTags } from "./tag-rules.js";
import { readOnDemand, readWarm, warmOf } from "./throughput-rules.js";

type Input = InputOf<"CreateTable">;

/** Members of requests that say how a table is paid for. */
export interface BillingParameters {
  readonly BillingMode?: string | undefined;
  readonly ProvisionedThroughput?: Input["ProvisionedThroughput"] | undefined;
}

const capacityUnitsMax = 1_000_000_000_000;

/** Reads a CreateTable request. @throws AwsError `ValidationException` with the service's words (observed). */
export function readNewTable(input: Input, call: CallContext): NewTable {
  const name = input.TableName;
  checkName(name);
  refuseAbsentFeatures(input);
  const streamView = readStream(input.StreamSpecification);
  const billing = readBilling(input);
  const attributes = readAttributeDefinitions(input.AttributeDefinitions ?? []);
  const key = readKeySchema(input.KeySchema ?? [], attributes);
  const { LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global } = input;
  if (local === undefined && global === undefined && input.KeySchema?.length !== attributes.length) {
    throw invalidParameters(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
  }
  const onDemandThroughput = readOnDemand(input.OnDemandThroughput, undefined, billing.mode);
  const warmThroughput = readWarm(input.WarmThroughput, warmOf(unitsOf(billing), undefined), "table");
  const indexes = readIndexes(local, global, { attributes, key, onDemand: billing.mode === "PAY_PER_REQUEST" });
  const used = new Set<string>();
  for (const schema of [key, ...indexes.map((index) => index.key)]) {
    used.add(schema.hash.name);
    if (schema.range !== undefined) used.add(schema.range.name);
  }
  if (attributes.some((attribute) => !used.has(attribute.name))) {
    const defined = attributes.map((attribute) => attribute.name).join(", ");
    throw invalidParameters(
      `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined}], keys used: [${[...used].join(", ")}]`,
    );
  }
  const tags = readTags(input.Tags ?? []);
  checkTags(tags);
  return {
    account: call.account,
    region: call.region,
    name,
    key,
    attributes,
    indexes,
    billing,
    ...(billing.mode === "PAY_PER_REQUEST" ? { onDemandSince: call.now } : {}),
    ...(onDemandThroughput && { onDemandThroughput }),
    ...(warmThroughput && { warmThroughput }),
    deletionProtection: input.DeletionProtectionEnabled === true,
    tags,
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    ...(streamView === undefined ? {} : { stream: { view: streamView } }),
  };
}

function checkName(name: string): void {
  if (isTableName(name)) return;
  if (name.length < 3 || name.length > 255) {
    throw invalid("TableName must be at least 3 characters long and at most 255 characters long");
  }
  throw invalid(
    `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: ` +
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  );
}

/** Refuses what a table would be expected to do and these tables do not. */
function refuseAbsentFeatures(input: Input): void {
  refuseKeys(input.SSESpecification);
  if (Object.hasOwn(input, "GlobalTableSourceArn")) {
    throw invalidParameters("GlobalTableSourceArn is not available on these tables");
  }
}

/** @throws AwsError `ValidationException` for a table to be encrypted with a key of KMS, which is not there. */
export function refuseKeys(given: Input["SSESpecification"]): void {
  if (given?.Enabled === true || given?.SSEType !== undefined || given?.KMSMasterKeyId !== undefined) {
    throw invalidParameters("SSESpecification: keys of AWS KMS are not available on these tables");
  }
}

/** How a new table is paid for. @throws AwsError `ValidationException` */
export function readBilling(input: BillingParameters): Billing {
  const { ProvisionedThroughput: throughput } = input;
  if (input.BillingMode === "PAY_PER_REQUEST") {
    if (throughput !== undefined) {
      throw invalidParameters(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    return { mode: "PAY_PER_REQUEST" };
  }
  if (throughput?.ReadCapacityUnits === undefined || throughput.WriteCapacityUnits === undefined) {
    throw invalidParameters(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  for (const member of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    const units = throughput[member];
    if (units > capacityUnitsMax) throw invalid(`Given value ${units} for ${member} is out of bounds`);
  }
  return { mode: "PROVISIONED", read: throughput.ReadCapacityUnits, write: throughput.WriteCapacityUnits };
}
