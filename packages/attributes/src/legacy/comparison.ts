import type { AwsError } from "@hotkeep/core";
import { invalid, invalidParameter } from "../errors.js";
import type { Comparator, Condition, DocumentPath, Operand } from "../expression.js";
import type { AttributeValue } from "../value.js";
import { type AttributeType, typeOf } from "../values/attribute-type.js";
import { compareValues } from "../values/compare.js";

const comparators = { EQ: "=", NE: "<>", LT: "<", LE: "<=", GT: ">", GE: ">=" } as const satisfies Record<
  string,
  Comparator
>;

/** A `ComparisonOperator`. */
export type ComparisonOperator =
  | keyof typeof comparators
  | "NULL"
  | "NOT_NULL"
  | "IN"
  | "BETWEEN"
  | "BEGINS_WITH"
  | "CONTAINS"
  | "NOT_CONTAINS";

const scalars: readonly AttributeType[] = ["S", "N", "B"];

/** How many values each operator takes, and of which types; undefined for any. */
const rules: Readonly<
  Record<ComparisonOperator, readonly [least: number, most: number, types: readonly AttributeType[] | undefined]>
> = {
  EQ: [1, 1, undefined],
  NE: [1, 1, undefined],
  LT: [1, 1, scalars],
  LE: [1, 1, scalars],
  GT: [1, 1, scalars],
  GE: [1, 1, scalars],
  NULL: [0, 0, undefined],
  NOT_NULL: [0, 0, undefined],
  IN: [1, Number.POSITIVE_INFINITY, scalars],
  BETWEEN: [2, 2, scalars],
  BEGINS_WITH: [1, 1, ["S", "B"]],
  CONTAINS: [1, 1, scalars],
  NOT_CONTAINS: [1, 1, scalars],
};

/**
 * Checks an operator of the parameters that expressions replaced, and its values.
 * @throws AwsError ValidationException
 */
export function checkComparison(operator: string, values: readonly AttributeValue[]): ComparisonOperator {
  if (!Object.hasOwn(rules, operator)) throw invalid(`Unsupported operator on ComparisonOperator: ${operator}`);
  const known = operator as ComparisonOperator;
  const [least, most, types] = rules[known];
  if (values.length < least || values.length > most) {
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const [first] = values;
  if (first === undefined) return known;
  const type = typeOf(first);
  if (values.some((value) => typeOf(value) !== type)) {
    throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  }
  if (types !== undefined && !types.includes(type)) throw unfit(operator, type);
  if (known === "BETWEEN" && compareValues(first, values[1]!)! > 0) {
    throw invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  }
  return known;
}

function unfit(operator: string, type: AttributeType): AwsError {
  return invalidParameter(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`);
}

/** The condition that an attribute's operator and checked values mean. */
export function comparisonOf(name: string, operator: ComparisonOperator, values: readonly AttributeValue[]): Condition {
  const path: DocumentPath = [name];
  const operand: Operand = { kind: "path", path };
  const [first, second] = values.map((value): Operand => ({ kind: "value", value }));
  switch (operator) {
    case "NULL":
      return { kind: "attribute_not_exists", path };
    case "NOT_NULL":
      return { kind: "attribute_exists", path };
    case "IN":
      return { kind: "in", operand, list: values.map((value) => ({ kind: "value", value })) };
    case "BETWEEN":
      return { kind: "between", operand, low: first!, high: second! };
    case "BEGINS_WITH":
      return { kind: "begins_with", operand, argument: first! };
    case "CONTAINS":
      return { kind: "contains", operand, argument: first! };
    case "NOT_CONTAINS":
      // Unlike NOT contains(…) it does not hold where the attribute is missing.
      return {
        kind: "and",
        left: { kind: "attribute_exists", path },
        right: { kind: "not", condition: { kind: "contains", operand, argument: first! } },
      };
    default:
      return { kind: "compare", operator: comparators[operator], left: operand, right: first! };
  }
}
