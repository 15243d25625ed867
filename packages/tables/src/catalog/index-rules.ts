import type { KeyAttribute, KeySchema } from "@hotkeep/attributes";
import { invalidParameters } from "../errors.js";
import type { IndexDefinition, IndexProjection } from "./definition.js";
import { type GivenKeySchema, readKeySchema } from "./key-schema-rules.js";
import { type GivenOnDemand, type GivenWarm, readOnDemand, readWarm, warmOf } from "./throughput-rules.js";

/** A secondary index as CreateTable has it. */
export interface GivenIndex {
  readonly IndexName: string;
  readonly KeySchema: GivenKeySchema;
  readonly Projection: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
  readonly ProvisionedThroughput?: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
  readonly OnDemandThroughput?: GivenOnDemand;
  readonly WarmThroughput?: GivenWarm;
}

const localIndexesMax = 5;
const globalIndexesMax = 20;
const projectedNamesMax = 100;

/** What index rules look at besides the indexes. */
export interface IndexSurroundings {
  readonly attributes: readonly KeyAttribute[];
  readonly key: KeySchema;
  readonly onDemand: boolean;
}

/** Reads a table's indexes, local ones first. @throws AwsError `ValidationException` with the service's words (observed). */
export function readIndexes(
  local: readonly GivenIndex[] | undefined,
  global: readonly GivenIndex[] | undefined,
  around: IndexSurroundings,
): readonly Omit<IndexDefinition, "space">[] {
  const indexes = [...readLocalIndexes(local, around), ...readGlobalIndexes(global, around)];
  const names = new Set<string>();
  let projected = 0;
  for (const { name, projection } of indexes) {
    if (names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    names.add(name);
    projected += projection.nonKeyAttributes?.length ?? 0;
  }
  if (projected > projectedNamesMax) {
    throw invalidParameters(`Number of projected attributes of all indexes exceeds the limit of ${projectedNamesMax}`);
  }
  return indexes;
}

function readLocalIndexes(given: readonly GivenIndex[] | undefined, around: IndexSurroundings) {
  if (given === undefined) return [];
  if (given.length === 0) throw invalidParameters("List of LocalSecondaryIndexes is empty");
  if (around.key.range === undefined) {
    throw invalidParameters(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  const indexes = given.map((index) => {
    const key = readKeySchema(index.KeySchema, around.attributes);
    if (key.range === undefined) {
      throw invalidParameters(`Index KeySchema does not have a range key for index: ${index.IndexName}`);
    }
    if (key.hash.name !== around.key.hash.name) {
      throw invalidParameters(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.IndexName}. ` +
          `index hash key: ${key.hash.name}, table hash key: ${around.key.hash.name}`,
      );
    }
    return { name: index.IndexName, kind: "local" as const, key, projection: readProjection(index) };
  });
  if (given.length > localIndexesMax) {
    throw invalidParameters(`Number of LocalSecondaryIndexes exceeds per-table limit of ${localIndexesMax}`);
  }
  return indexes;
}

function readGlobalIndexes(given: readonly GivenIndex[] | undefined, around: IndexSurroundings) {
  if (given === undefined) return [];
  if (given.length === 0) throw invalidParameters("List of GlobalSecondaryIndexes is empty");
  const indexes = given.map((index) => {
    const key = readKeySchema(index.KeySchema, around.attributes);
    const projection = readProjection(index);
    const { ProvisionedThroughput: throughput } = index;
    if (around.onDemand && throughput !== undefined) {
      throw invalidParameters(
        `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
      );
    }
    if (!around.onDemand && throughput === undefined) {
      throw invalidParameters(`ProvisionedThroughput must be specified for index: ${index.IndexName}`);
    }
    const units = throughput && { read: throughput.ReadCapacityUnits, write: throughput.WriteCapacityUnits };
    const mode = around.onDemand ? "PAY_PER_REQUEST" : "PROVISIONED";
    const onDemandThroughput = readOnDemand(index.OnDemandThroughput, undefined, mode);
    const what = `global secondary index: ${index.IndexName}`;
    const warmThroughput = readWarm(index.WarmThroughput, warmOf(units, undefined), what);
    return {
      ...{ name: index.IndexName, kind: "global" as const, key, projection },
      ...(units && { throughput: units }),
      ...(onDemandThroughput && { onDemandThroughput }),
      ...(warmThroughput && { warmThroughput }),
    };
  });
  if (given.length > globalIndexesMax) {
    throw invalidParameters(`GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`);
  }
  return indexes;
}

function readProjection(index: GivenIndex): IndexProjection {
  const { ProjectionType: type, NonKeyAttributes: names } = index.Projection;
  if (type === undefined) throw invalidParameters("Unknown ProjectionType: null");
  if (type !== "INCLUDE") {
    if (names !== undefined) {
      throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
    }
    return { type: type as IndexProjection["type"] };
  }
  if (names === undefined || names.length === 0) {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is not specified`);
  }
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw invalidParameters(`Duplicate value in NonKeyAttributes of index ${index.IndexName}: ${repeated}`);
  }
  return { type, nonKeyAttributes: names };
}
