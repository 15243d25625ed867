import {
  type ByteRange,
  checkKey,
  type Item,
  type KeyCondition,
  type KeySchema,
  matchesKeyCondition,
} from "@hotkeep/attributes";
import type { RawJson } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid, invalidParameters, isInvalid } from "../errors.js";
import { AttributeNames } from "../request/attribute-names.js";
import { Capacity, readUnits } from "../request/capacity.js";
import { JsonBody } from "../request/json-body.js";
import { checkSelect, type PageRequest, viewOf } from "../request/page-request.js";
import { projectedNames } from "./index-projection.js";
import { fillPage, type PagePlan } from "./page.js";
import { Source } from "./source.js";

/** Finds the table and the index of a request. @throws AwsError for unknown ones and for indexes that cannot be read so. */
export function openSource(engine: Engine, request: PageRequest): Source {
  const table = engine.itemTable(request.table);
  if (request.indexName === undefined) return new Source(engine.storage, table);
  const index = table.index(request.indexName);
  if (index === undefined) {
    throw invalid(`The table does not have the specified index: ${request.indexName}`);
  }
  if (index.isBuilding) throw invalid(`Cannot read from backfilling global secondary index: ${index.name}`);
  return new Source(engine.storage, table, index);
}

/** A global index cannot be read consistently. */
export function checkConsistency({ index }: Source, request: PageRequest): void {
  if (index?.isGlobal === true && request.consistent) {
    throw invalid("Consistent reads are not supported on global secondary indexes");
  }
}

/** Checks what a request wants to see. A global index has only what is projected into it. */
export function checkShown({ table, index }: Source, request: PageRequest): void {
  checkSelect(request);
  const names = index?.isGlobal === true ? projectedNames(table, index) : undefined;
  if (index === undefined || names === undefined) return;
  if (request.select === "ALL_ATTRIBUTES") {
    throw invalidParameters(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} ` +
        "because its projection type is not ALL",
    );
  }
  const missing = new AttributeNames()
    .projection(request.projection)
    .list()
    .filter((name) => !names.has(name))
    .sort();
  if (missing.length > 0) {
    throw invalidParameters(`Global secondary index ${index.name} does not project [${missing.join(", ")}]`);
  }
}

/** A Query's filter may only speak of what its index shows (observed; a Scan's may speak of all attributes). */
export function checkFilterShown({ table, index }: Source, request: PageRequest): void {
  const names = index && projectedNames(table, index);
  if (index === undefined || names === undefined) return;
  const wanted = new AttributeNames().condition(request.filter).list();
  const missing = wanted.filter((name) => !names.has(name)).sort();
  if (missing.length > 0) {
    const what = `does not project one or more filter attributes: [${missing.join(", ")}]`;
    throw invalidParameters(`Secondary index ${index.name} ${what}`);
  }
}

/** Checks ExclusiveStartKey: exactly the attributes that identify a place in the source. */
export function checkStartPlace(source: Source, place: Item): void {
  const names = source.placeNames;
  const given = Object.keys(place);
  if (given.length !== names.length || !names.every((name) => Object.hasOwn(place, name))) {
    throw invalid(
      source.index === undefined
        ? "The provided starting key is invalid: The provided key element does not match the schema"
        : "The provided starting key is invalid",
    );
  }
  for (const schema of source.index === undefined ? [source.table.key] : [source.table.key, source.index.key]) {
    checkPlacePart(schema, source.placeOf(place));
  }
}

function checkPlacePart(schema: KeySchema, place: Item): void {
  const names = schema.range === undefined ? [schema.hash.name] : [schema.hash.name, schema.range.name];
  const part: Record<string, Item[string]> = Object.create(null);
  for (const name of names) part[name] = place[name]!;
  try {
    checkKey(part, schema);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    throw invalid(`The provided starting key is invalid: ${error.message}`);
  }
}

/** A Query's start key must lie where the key condition looks. */
export function checkStartInCondition(source: Source, place: Item, condition: KeyCondition): void {
  const { hash, range } = condition;
  const inPartition = matchesKeyCondition(place, { hash }, source.key);
  if (range === undefined) {
    if (inPartition) return;
    throw invalid("The provided starting key is outside query boundaries based on provided conditions");
  }
  if (!matchesKeyCondition(place, { hash: place[source.key.hash.name]!, range }, source.key)) {
    throw invalid("The provided starting key does not match the range key predicate");
  }
  if (!inPartition) throw invalid("The query can return at most one row and cannot be restarted");
}

/** Whether a request wants attributes that its local index does not show: those are fetched from the table. */
function fetches({ table, index }: Source, request: PageRequest): boolean {
  const names = index?.isGlobal === false ? projectedNames(table, index) : undefined;
  if (names === undefined || request.select === "COUNT") return false;
  if (request.select === "ALL_ATTRIBUTES") return true;
  const wanted = new AttributeNames().projection(request.projection).condition(request.filter).list();
  return wanted.some((name) => !names.has(name));
}

/** Reads one page and makes the answer of Query or Scan. */
export function answerPage(
  engine: Engine,
  source: Source,
  request: PageRequest,
  range: ByteRange,
  reverse = false,
): RawJson {
  const plan: PagePlan = {
    rows: source.rows(source.bounds(range, reverse, request.startPlace), reverse),
    filter: request.filter,
    view: viewOf(request),
    fetches: fetches(source, request),
    itemsMax: request.itemsMax,
    bytesMax: engine.limits.pageBytesMax,
  };
  const body = new JsonBody();
  const page = fillPage(source, plan, body);
  const capacity = new Capacity(request.table.given);
  capacity.add(readUnits(page.bytes, request.consistent), source.index);
  if (page.fetchedUnits > 0) capacity.add(request.consistent ? page.fetchedUnits : page.fetchedUnits / 2);
  return body
    .member("Count", page.count)
    .member("ScannedCount", page.scannedCount)
    .member("LastEvaluatedKey", page.lastPlace)
    .member("ConsumedCapacity", capacity.describe(request.detail))
    .done();
}
