import { canonical, isList, isObject, type Json, type JsonObject } from "./json.js";

/** What no two servers share, or what the service may leave out, in descriptions of tables. */
const unshared: ReadonlySet<string> = new Set([
  ...["CreationDateTime", "TableArn", "TableId", "IndexArn", "LatestStreamArn", "LatestStreamLabel"],
  ...["TableSizeBytes", "IndexSizeBytes", "ItemCount", "TableStatus", "IndexStatus", "NumberOfDecreasesToday"],
  ...["LastIncreaseDateTime", "LastDecreaseDateTime", "LastUpdateToPayPerRequestDateTime", "SizeEstimateRangeGB"],
  ...["WarmThroughput", "TableClassSummary", "TableThroughputModeSummary", "OnDemandThroughput"],
]);

const unordered: ReadonlySet<string> = new Set([
  ...["AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "NonKeyAttributes"],
]);

const sets: ReadonlySet<string> = new Set(["SS", "NS", "BS"]);

/** An answer's body without what two right servers may do differently. */
export function comparable(operation: string, body: Json): Json {
  if (!isObject(body)) return body;
  const members = Object.entries(body)
    .filter(([name]) => name !== "__type" && name !== "message" && name !== "Message")
    .map(([name, value]) => [name, comparableMember(operation, name, value, body)] as const);
  return Object.fromEntries(members);
}

function comparableMember(operation: string, name: string, value: Json, body: JsonObject): Json {
  switch (name) {
    case "Table":
    case "TableDescription":
      return description(value);
    case "ItemCollectionMetrics":
      return description(value);
    case "Items":
      // Which items come first is each server's own business, and so is which fit a page that is not the last one.
      if (operation !== "Scan" || !isList(value)) return withSortedSets(value);
      return "LastEvaluatedKey" in body ? value.length : sorted(value.map(withSortedSets));
    case "LastEvaluatedKey":
      return operation === "Scan" ? true : value;
    case "Responses":
      if (!isObject(value)) return withSortedSets(value);
      return Object.fromEntries(
        Object.entries(value).map(([table, items]) => [
          table,
          sorted((items as readonly Json[]).map((item) => withSortedSets(item))),
        ]),
      );
    case "ConsumedCapacity":
      return isList(value) ? sorted(value) : value;
    default:
      return withSortedSets(value);
  }
}

const sorted = (values: readonly Json[]): Json =>
  [...values].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) as Json;

/** Sets have no order. */
export function withSortedSets(value: Json): Json {
  if (isList(value)) return value.map(withSortedSets);
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, inner]) => [
      name,
      members.length === 1 && sets.has(name) && isList(inner) ? sorted(inner) : withSortedSets(inner),
    ]),
  );
}

function description(value: Json): Json {
  if (isList(value)) return value.map(description);
  if (!isObject(value)) return value;
  const onDemand = isObject(value.BillingModeSummary) && value.BillingModeSummary.BillingMode === "PAY_PER_REQUEST";
  const members = Object.entries(value).filter(([name, inner]) => {
    if (unshared.has(name) || (name === "DeletionProtectionEnabled" && inner === false)) return false;
    return !(onDemand && name === "ProvisionedThroughput");
  });
  return Object.fromEntries(
    members.map(([name, inner]) => {
      const kept = onDemand && name === "GlobalSecondaryIndexes" ? withoutThroughput(inner) : inner;
      const described = description(kept);
      return [name, unordered.has(name) && isList(described) ? sorted(described) : described];
    }),
  );
}

function withoutThroughput(indexes: Json): Json {
  if (!isList(indexes)) return indexes;
  return indexes.map((index) => {
    const { ProvisionedThroughput: _, ...rest } = index as JsonObject;
    return rest;
  });
}

/**
 * The reference's body with every number as the service writes it: DynamoDB Local repeats numbers inside lists and
 * maps as they were sent. Only for the reference: ours has to write them so itself.
 */
export function withPlainNumbers(value: Json): Json {
  if (isList(value)) return value.map(withPlainNumbers);
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, inner]) => {
      if (members.length === 1 && name === "N" && typeof inner === "string") return [name, plainNumber(inner)];
      if (members.length === 1 && name === "NS" && isList(inner)) {
        return [name, inner.map((one) => (typeof one === "string" ? plainNumber(one) : one))];
      }
      return [name, withPlainNumbers(inner)];
    }),
  );
}

/** A decimal number without exponent and needless zeroes; other text as it is. */
export function plainNumber(text: string): string {
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null || `${parts[2]}${parts[3]}` === "") return text;
  const [, sign, whole, fraction, exponent] = parts;
  const digits = `${whole}${fraction}`;
  const point = whole!.length + Number(exponent ?? 0);
  const before = point <= 0 ? "" : digits.slice(0, point).padEnd(point, "0");
  const after = point <= 0 ? digits.padStart(digits.length - point, "0") : digits.slice(point);
  const left = before.replace(/^0+/, "") || "0";
  const right = after.replace(/0+$/, "");
  const plain = right === "" ? left : `${left}.${right}`;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}
