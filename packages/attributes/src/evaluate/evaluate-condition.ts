import type { Comparator, Condition, Operand } from "../expression.js";
import type { AttributeValue, Item } from "../value.js";
import { contentOf, typeOf } from "../values/attribute-type.js";
import { base64Bytes } from "../values/base64.js";
import { compareValues, equalValues } from "../values/compare.js";
import { contains, startsWith } from "../values/containment.js";
import { valueAt } from "./document.js";

const noItem: Item = Object.freeze(Object.create(null));

/**
 * Whether a validated condition holds for an item; undefined stands for an item that is not there, which has no
 * attributes. Never throws: types that do not fit, and missing attributes, make a comparison false (and `<>` true).
 */
export function evaluateCondition(condition: Condition, item: Item | undefined): boolean {
  return holds(condition, item ?? noItem);
}

function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, item) && holds(condition.right, item);
    case "or":
      return holds(condition.left, item) || holds(condition.right, item);
    case "not":
      return !holds(condition.condition, item);
    case "compare":
      return compares(condition.operator, operandValue(condition.left, item), operandValue(condition.right, item));
    case "between": {
      const value = operandValue(condition.operand, item);
      return (
        compares(">=", value, operandValue(condition.low, item)) &&
        compares("<=", value, operandValue(condition.high, item))
      );
    }
    case "in": {
      const value = operandValue(condition.operand, item);
      return condition.list.some((operand) => compares("=", value, operandValue(operand, item)));
    }
    case "attribute_exists":
      return valueAt(item, condition.path) !== undefined;
    case "attribute_not_exists":
      return valueAt(item, condition.path) === undefined;
    case "attribute_type": {
      const value = valueAt(item, condition.path);
      const type = operandValue(condition.type, item);
      return value !== undefined && type !== undefined && "S" in type && type.S === typeOf(value);
    }
    case "begins_with":
      return both(condition.operand, condition.argument, item, startsWith);
    case "contains":
      return both(condition.operand, condition.argument, item, contains);
  }
}

function both(
  left: Operand,
  right: Operand,
  item: Item,
  test: (left: AttributeValue, right: AttributeValue) => boolean,
): boolean {
  const value = operandValue(left, item);
  const argument = operandValue(right, item);
  return value !== undefined && argument !== undefined && test(value, argument);
}

function operandValue(operand: Operand, item: Item): AttributeValue | undefined {
  switch (operand.kind) {
    case "value":
      return operand.value;
    case "path":
      return valueAt(item, operand.path);
    case "size": {
      const value = operandValue(operand.operand, item);
      const size = value === undefined ? undefined : sizeOf(value);
      return size === undefined ? undefined : { N: String(size) };
    }
  }
}

/** What `size` gives: characters of a string, bytes of a binary, elements of all else that has some. */
function sizeOf(value: AttributeValue): number | undefined {
  switch (typeOf(value)) {
    case "S":
      return (contentOf(value) as string).length;
    case "B":
      return base64Bytes(contentOf(value) as string);
    case "SS":
    case "NS":
    case "BS":
    case "L":
      return (contentOf(value) as readonly unknown[]).length;
    case "M":
      return Object.keys(contentOf(value) as object).length;
    default:
      return undefined;
  }
}

function compares(operator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (operator === "<>") return left === undefined || right === undefined || !equalValues(left, right);
  if (left === undefined || right === undefined) return false;
  if (operator === "=") return equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (operator) {
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
