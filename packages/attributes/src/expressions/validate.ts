import { invalid, invalidParameter } from "../errors.js";
import type { Condition, DocumentPath, Operand, Projection, SetValue, Update } from "../expression.js";
import { expressionOperatorsMax } from "../limits.js";
import type { KeySchema } from "../value.js";
import { type Comparison, checkComparison, checkPath } from "./condition-checks.js";
import type { ConditionKind } from "./parse.js";
import { checkOverlap } from "./path-overlap.js";
import { type ExpressionKind, invalidExpression } from "./token-stream.js";
import { checkAction, checkActionType } from "./update-checks.js";

/**
 * The checks on meaning that the parsers make, for a tree from elsewhere. Also bounds the tree's size, so that what is
 * done with it afterwards may recurse.
 * @throws AwsError ValidationException
 */
export function validateCondition(condition: Condition, kind: ConditionKind): void {
  const waiting: Condition[] = [condition];
  let operators = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++operators > expressionOperatorsMax) throw tooManyOperators(kind);
    switch (next.kind) {
      case "and":
      case "or":
        waiting.push(next.right, next.left);
        break;
      case "not":
        waiting.push(next.condition);
        break;
      default:
        checkComparison(kind, next);
    }
  }
}

function tooManyOperators(kind: ExpressionKind): Error {
  return invalidExpression(
    kind,
    `The expression contains too many operators; operator count: ${expressionOperatorsMax + 1}`,
  );
}

/** See {@link validateCondition}; updates of key attributes are for {@link checkUpdateKeys}. */
export function validateUpdate(update: Update): void {
  const kind = "UpdateExpression";
  let operators = 0;
  for (const action of update) {
    if (action.kind === "set") operators += countOperators(action.value, expressionOperatorsMax - operators);
    if (operators > expressionOperatorsMax) throw tooManyOperators(kind);
  }
  checkOverlap(
    kind,
    update.map(({ path }) => path),
  );
  for (const action of update) checkActionType(action);
  for (const action of update) checkAction(action);
}

/** The functions and operators in a SET value; stops above `most`. */
function countOperators(value: SetValue, most: number): number {
  const waiting: SetValue[] = [value];
  let operators = 0;
  for (let next = waiting.pop(); next !== undefined && operators <= most; next = waiting.pop()) {
    if (next.kind === "path" || next.kind === "value") continue;
    operators++;
    if (next.kind === "if_not_exists") waiting.push(next.otherwise);
    else waiting.push(next.right, next.left);
  }
  return operators;
}

/** See {@link validateCondition}. */
export function validateProjection(projection: Projection): void {
  for (const path of projection) checkPath("ProjectionExpression", path);
  checkOverlap("ProjectionExpression", projection);
}

/**
 * Refuses a filter of a query that looks at the queried key's attributes.
 * @param parameter what the service calls the filter
 * @throws AwsError ValidationException
 */
export function checkFilterKeys(
  filter: Condition,
  schema: KeySchema,
  parameter: "Filter Expression" | "QueryFilter" = "Filter Expression",
): void {
  const heads = new Set<string>();
  collectHeads(filter, heads);
  for (const attribute of [schema.hash, schema.range]) {
    if (attribute !== undefined && heads.has(attribute.name)) {
      throw invalid(
        `${parameter} can only contain non-primary key attributes: Primary key attribute: ${attribute.name}`,
      );
    }
  }
}

function collectHeads(condition: Condition, heads: Set<string>): void {
  switch (condition.kind) {
    case "and":
    case "or":
      collectHeads(condition.left, heads);
      collectHeads(condition.right, heads);
      return;
    case "not":
      collectHeads(condition.condition, heads);
      return;
    default:
      for (const path of pathsOf(condition)) heads.add(path[0]);
  }
}

/** The paths that a comparison looks at. */
function pathsOf(condition: Comparison): readonly DocumentPath[] {
  switch (condition.kind) {
    case "compare":
      return operandPaths([condition.left, condition.right]);
    case "between":
      return operandPaths([condition.operand, condition.low, condition.high]);
    case "in":
      return operandPaths([condition.operand, ...condition.list]);
    case "attribute_exists":
    case "attribute_not_exists":
    case "attribute_type":
      return [condition.path];
    case "begins_with":
    case "contains":
      return operandPaths([condition.operand, condition.argument]);
  }
}

function operandPaths(operands: readonly Operand[]): readonly DocumentPath[] {
  return operands.flatMap((operand): readonly DocumentPath[] => {
    if (operand.kind === "value") return [];
    return operand.kind === "path" ? [operand.path] : operandPaths([operand.operand]);
  });
}

/**
 * Refuses an update of a key attribute.
 * @throws AwsError ValidationException
 */
export function checkUpdateKeys(update: Update, schema: KeySchema): void {
  for (const attribute of [schema.hash, schema.range]) {
    if (attribute !== undefined && update.some(({ path }) => path[0] === attribute.name)) {
      throw invalidParameter(`Cannot update attribute ${attribute.name}. This attribute is part of the key`);
    }
  }
}
