import type { AwsError } from "@hotkeep/core";
import { invalid, invalidParameter } from "../errors.js";
import type { Condition, DocumentPath, Operand } from "../expression.js";
import { checkKeyValue } from "../keys/check-key.js";
import type { AttributeValue, Item, KeyAttribute, KeySchema } from "../value.js";
import { typeOf } from "../values/attribute-type.js";
import { compareValues, equalValues } from "../values/compare.js";
import { startsWith } from "../values/containment.js";
import { wrongType } from "./condition-checks.js";

/** What a key condition selects: one partition, and of it a range of sort keys. */
export interface KeyCondition {
  readonly hash: AttributeValue;
  readonly range?: KeyRangeCondition;
}

/** A comparison of the sort key with values of its type. */
export type KeyRangeCondition =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "between"; readonly low: AttributeValue; readonly high: AttributeValue };

/** One condition on one attribute, before it is known whether that is a key. */
export interface AttributeCondition {
  readonly name: string;
  readonly range: KeyRangeCondition;
}

/**
 * Turns a key condition expression into what it selects.
 * @param indexName the index whose schema it is, for messages
 * @throws AwsError ValidationException for every other shape, and for values that do not fit the schema
 */
export function keyConditionOf(condition: Condition, schema: KeySchema, indexName?: string): KeyCondition {
  const found: AttributeCondition[] = [];
  collect(condition, schema, found);
  return fitKeyCondition(found, schema, indexName);
}

/** Fits conditions on distinct attributes to a schema; see {@link keyConditionOf}. */
export function fitKeyCondition(
  found: readonly AttributeCondition[],
  schema: KeySchema,
  indexName?: string,
): KeyCondition {
  if (found.length === 0 || found.length > 2) throw invalid("Conditions can be of length 1 or 2 only");
  const { hash: hashKey, range: rangeKey } = schema;
  if (rangeKey === undefined && found.length > 1) throw invalid("Query key condition not supported");
  const hash = found.find(({ name }) => name === hashKey.name)?.range;
  if (hash === undefined) throw missed(hashKey);
  checkValues(hash, hashKey, true, indexName);
  if (hash.operator !== "=") throw invalid("Query key condition not supported");
  if (found.length === 1) return { hash: hash.value };
  const range = found.find(({ name }) => name === rangeKey!.name)?.range;
  if (range === undefined) throw missed(rangeKey!);
  checkValues(range, rangeKey!, false, indexName);
  return { hash: hash.value, range };
}

function missed(attribute: KeyAttribute): AwsError {
  return invalid(`Query condition missed key schema element: ${attribute.name}`);
}

function checkValues(
  condition: KeyRangeCondition,
  attribute: KeyAttribute,
  isHash: boolean,
  indexName: string | undefined,
): void {
  const values = condition.operator === "between" ? [condition.low, condition.high] : [condition.value];
  for (const value of values) {
    if (typeOf(value) !== attribute.type) {
      throw invalidParameter("Condition parameter type does not match schema type");
    }
    if (condition.operator === "begins_with" && attribute.type === "N") {
      throw wrongType("KeyConditionExpression", "begins_with", "N");
    }
    checkKeyValue(value, attribute, isHash, indexName);
  }
}

function collect(condition: Condition, schema: KeySchema, into: AttributeCondition[]): void {
  if (condition.kind === "and") {
    collect(condition.left, schema, into);
    collect(condition.right, schema, into);
    return;
  }
  const read = readCondition(condition, schema);
  if (into.some(({ name }) => name === read.name)) {
    throw invalid("KeyConditionExpressions must only contain one condition per key");
  }
  into.push(read);
}

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

function readCondition(condition: Condition, schema: KeySchema): AttributeCondition {
  switch (condition.kind) {
    case "compare": {
      const { operator, left, right } = condition;
      if (operator === "<>") throw misplaced(operator);
      const name = keyName([left, right], schema);
      if (left.kind === "value") return { name, range: { operator: mirrored[operator], value: left.value } };
      return { name, range: { operator, value: literalOf(right) } };
    }
    case "between": {
      const { operand, low, high } = condition;
      requirePathFirst(operand, "BETWEEN");
      const name = keyName([operand, low, high], schema);
      return { name, range: { operator: "between", low: literalOf(low), high: literalOf(high) } };
    }
    case "begins_with": {
      const { operand, argument } = condition;
      requirePathFirst(operand, "begins_with");
      const name = keyName([operand, argument], schema);
      return { name, range: { operator: "begins_with", value: literalOf(argument) } };
    }
    case "or":
    case "not":
    case "in":
      throw misplaced(condition.kind.toUpperCase());
    default:
      throw misplaced(condition.kind);
  }
}

function misplaced(operator: string): AwsError {
  return invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

function requirePathFirst(operand: Operand, operator: string): void {
  if (operand.kind === "size") throw nested();
  if (operand.kind === "value") {
    throw invalid(
      `Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`,
    );
  }
}

function nested(): AwsError {
  return invalid("KeyConditionExpressions cannot contain nested operations");
}

function literalOf(operand: Operand): AttributeValue {
  if (operand.kind === "value") return operand.value;
  throw nested();
}

/** The one attribute that a condition is about. */
function keyName(operands: readonly Operand[], schema: KeySchema): string {
  let path: DocumentPath | undefined;
  for (const operand of operands) {
    if (operand.kind === "size") throw nested();
    if (operand.kind === "value") continue;
    if (path !== undefined) {
      throw invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
    }
    path = operand.path;
  }
  if (path === undefined) throw invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
  const [name] = path;
  if (path.length > 1) {
    if (name === schema.hash.name || name === schema.range?.name) {
      throw invalid(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: ${name}`,
      );
    }
    throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  }
  return name;
}

/** Whether a key of this schema is one of those that a key condition selects. */
export function matchesKeyCondition(key: Item, condition: KeyCondition, schema: KeySchema): boolean {
  const hash = key[schema.hash.name];
  if (hash === undefined || !equalValues(hash, condition.hash)) return false;
  if (condition.range === undefined) return true;
  const value = schema.range === undefined ? undefined : key[schema.range.name];
  return value !== undefined && matchesRange(value, condition.range);
}

function matchesRange(value: AttributeValue, range: KeyRangeCondition): boolean {
  if (range.operator === "between") {
    const low = compareValues(value, range.low);
    const high = compareValues(value, range.high);
    return low !== undefined && high !== undefined && low >= 0 && high <= 0;
  }
  if (range.operator === "begins_with") return startsWith(value, range.value);
  const order = compareValues(value, range.value);
  if (order === undefined) return false;
  switch (range.operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
