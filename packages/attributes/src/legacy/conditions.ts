import { invalid, invalidParameter } from "../errors.js";
import type { Condition } from "../expression.js";
import {
  type AttributeCondition,
  fitKeyCondition,
  type KeyCondition,
  type KeyRangeCondition,
} from "../expressions/key-condition.js";
import type { AttributeValue, KeySchema } from "../value.js";
import { readBoolean, readString } from "../values/json-scalars.js";
import { readValue } from "../values/read-value.js";
import { type ComparisonOperator, checkComparison, comparisonOf } from "./comparison.js";
import { readMembers, readValueList } from "./json-members.js";

/**
 * `Expected` and `ConditionalOperator` (parsed JSON) as a condition; undefined when nothing is expected.
 * @throws AwsError ValidationException in the service's words
 */
export function fromExpected(expected: unknown, conditionalOperator: unknown): Condition | undefined {
  const conditions = entriesOf(expected).map(([name, json]) => expectation(name, readMembers(json)));
  return joined(conditions, conditionalOperator);
}

/** `QueryFilter` or `ScanFilter` and `ConditionalOperator` (parsed JSON) as a condition; see {@link fromExpected}. */
export function fromFilter(
  filter: unknown,
  conditionalOperator: unknown,
  parameter: "QueryFilter" | "ScanFilter",
): Condition | undefined {
  const conditions = entriesOf(filter).map(([name, json]) => {
    const { operator, values } = readComparison(json, parameter, name);
    return comparisonOf(name, operator, values);
  });
  return joined(conditions, conditionalOperator);
}

/**
 * `KeyConditions` (parsed JSON) as what they select.
 * @throws AwsError ValidationException in the service's words
 */
export function fromKeyConditions(conditions: unknown, schema: KeySchema, indexName?: string): KeyCondition {
  const found = entriesOf(conditions).map(([name, json]): AttributeCondition => {
    const { operator, values } = readComparison(json, "KeyConditions", name);
    return { name, range: keyRangeOf(operator, values) };
  });
  return fitKeyCondition(found, schema, indexName);
}

function entriesOf(json: unknown): readonly [string, unknown][] {
  return json === undefined || json === null ? [] : [...readMembers(json)];
}

interface ReadComparison {
  readonly operator: ComparisonOperator;
  readonly values: readonly AttributeValue[];
}

function readComparison(json: unknown, parameter: string, name: string): ReadComparison {
  const members = readMembers(json);
  const values = readValueList(members.get("AttributeValueList"));
  const operator = members.get("ComparisonOperator");
  if (operator === undefined) {
    const member = `${parameter[0]!.toLowerCase()}${parameter.slice(1)}.${name}.member.comparisonOperator`;
    throw invalid(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return { operator: checkComparison(readString(operator), values), values };
}

const keyOperators: Readonly<Partial<Record<ComparisonOperator, "=" | "<" | "<=" | ">" | ">=" | "begins_with">>> = {
  EQ: "=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  BEGINS_WITH: "begins_with",
};

function keyRangeOf(operator: ComparisonOperator, values: readonly AttributeValue[]): KeyRangeCondition {
  if (operator === "BETWEEN") return { operator: "between", low: values[0]!, high: values[1]! };
  const keyOperator = keyOperators[operator];
  if (keyOperator === undefined) throw invalid("Attempted conditional constraint is not an indexable operation");
  return { operator: keyOperator, value: values[0]! };
}

function expectation(name: string, members: ReadonlyMap<string, unknown>): Condition {
  const operator = members.get("ComparisonOperator");
  const value = members.has("Value") ? readValue(members.get("Value")) : undefined;
  if (value !== undefined && members.has("AttributeValueList")) {
    throw invalidParameter(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
  }
  if (operator === undefined) return existence(name, members, value);
  if (members.has("Exists")) {
    throw invalidParameter(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
  }
  const text = readString(operator);
  if (text !== "NULL" && text !== "NOT_NULL" && value === undefined && !members.has("AttributeValueList")) {
    throw invalidParameter(
      `Value or AttributeValueList must be used with ComparisonOperator: ${text} for Attribute: ${name}`,
    );
  }
  const values = value === undefined ? readValueList(members.get("AttributeValueList")) : [value];
  return comparisonOf(name, checkComparison(text, values), values);
}

/** `Exists` and `Value` without an operator. */
function existence(name: string, members: ReadonlyMap<string, unknown>, value: AttributeValue | undefined): Condition {
  if (members.has("AttributeValueList")) {
    throw invalidParameter(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`);
  }
  const exists = members.has("Exists") ? readBoolean(members.get("Exists")) : null;
  if (exists === false) {
    if (value !== undefined) throw invalidParameter(`Value cannot be used when Exists is false for Attribute: ${name}`);
    return comparisonOf(name, "NULL", []);
  }
  if (value === undefined) {
    throw invalidParameter(`Value must be provided when Exists is ${exists} for Attribute: ${name}`);
  }
  return comparisonOf(name, "EQ", [value]);
}

function joined(conditions: readonly Condition[], conditionalOperator: unknown): Condition | undefined {
  if (conditionalOperator !== undefined && conditionalOperator !== null) {
    if (conditions.length === 0) throw invalid("ConditionalOperator cannot be used without Filter or Expected");
    if (conditions.length === 1) {
      throw invalid("ConditionalOperator can only be used when Filter or Expected has two or more elements");
    }
  }
  const [first, ...others] = conditions;
  const kind = conditionalOperator === "OR" ? "or" : "and";
  return first && others.reduce<Condition>((left, right) => ({ kind, left, right }), first);
}
