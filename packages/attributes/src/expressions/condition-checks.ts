import type { AwsError } from "@hotkeep/core";
import type { Condition, DocumentPath, Operand } from "../expression.js";
import { inOperandsMax, pathElementsMax } from "../limits.js";
import type { AttributeValue } from "../value.js";
import { type AttributeType, typeOf } from "../values/attribute-type.js";
import { compareValues } from "../values/compare.js";
import { type ExpressionKind, invalidExpression } from "./token-stream.js";

/** The names attribute_type knows, in the order in which the service prints them. */
const typeNames = ["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"];

/** The conditions without further conditions inside. */
export type Comparison = Exclude<Condition, { readonly kind: "and" | "or" | "not" }>;

/**
 * Checks what one comparison or function means: paths, operand types, distinct operands, bounds, counts.
 * @throws AwsError ValidationException
 */
export function checkComparison(kind: ExpressionKind, condition: Comparison): void {
  switch (condition.kind) {
    case "compare": {
      const { operator, left, right } = condition;
      checkOperands(kind, [left, right]);
      requireDistinct(kind, operator, left, [right]);
      if (operator !== "=" && operator !== "<>") requireOrdered(kind, operator, [left, right]);
      return;
    }
    case "between": {
      const { operand, low, high } = condition;
      checkOperands(kind, [operand, low, high]);
      requireDistinct(kind, "BETWEEN", operand, [low, high]);
      requireOrdered(kind, "BETWEEN", [operand, low, high]);
      checkBounds(kind, low, high);
      return;
    }
    case "in": {
      const { operand, list } = condition;
      if (list.length > inOperandsMax) {
        throw invalidExpression(
          kind,
          `The IN operator is provided with too many operands; number of operands: ${list.length}`,
        );
      }
      checkOperands(kind, [operand, ...list]);
      requireDistinct(kind, "IN", operand, list);
      return;
    }
    case "attribute_exists":
    case "attribute_not_exists":
      checkPath(kind, condition.path);
      return;
    case "attribute_type":
      checkPath(kind, condition.path);
      checkOperands(kind, [condition.type]);
      requireDistinct(kind, "attribute_type", { kind: "path", path: condition.path }, [condition.type]);
      checkTypeName(kind, condition.type);
      return;
    case "begins_with":
    case "contains": {
      const operands = [condition.operand, condition.argument];
      checkOperands(kind, operands);
      requireDistinct(kind, condition.kind, condition.operand, [condition.argument]);
      if (condition.kind === "begins_with") {
        requireTypes(kind, "begins_with", operands, (type) => type === "S" || type === "B");
      }
      return;
    }
  }
}

/** @throws AwsError ValidationException for a path deeper than 32 */
export function checkPath(kind: ExpressionKind, path: DocumentPath): void {
  if (path.length > pathElementsMax) {
    throw invalidExpression(kind, `The document path has too many nesting levels; nesting levels: ${path.length}`);
  }
}

function checkOperands(kind: ExpressionKind, operands: readonly Operand[]): void {
  for (const operand of operands) checkOperand(kind, operand);
}

/** Checks an operand by itself: its path, and what `size` is asked of. */
export function checkOperand(kind: ExpressionKind, operand: Operand): void {
  if (operand.kind === "path") checkPath(kind, operand.path);
  if (operand.kind !== "size") return;
  const type = knownType(operand.operand);
  if (type === "N" || type === "BOOL" || type === "NULL") throw wrongType(kind, "size", type);
  checkOperand(kind, operand.operand);
}

/** The type an operand has whatever the item holds; undefined for paths. */
function knownType(operand: Operand): AttributeType | undefined {
  if (operand.kind === "path") return undefined;
  return operand.kind === "size" ? "N" : typeOf(operand.value);
}

function requireOrdered(kind: ExpressionKind, operator: string, operands: readonly Operand[]): void {
  requireTypes(kind, operator, operands, (type) => type === "S" || type === "N" || type === "B");
}

function requireTypes(
  kind: ExpressionKind,
  operator: string,
  operands: readonly Operand[],
  allowed: (type: AttributeType) => boolean,
): void {
  for (const operand of operands) {
    const type = knownType(operand);
    if (type !== undefined && !allowed(type)) throw wrongType(kind, operator, type);
  }
}

/** `Incorrect operand type for operator or function; …` */
export function wrongType(kind: ExpressionKind, operator: string, type: string): AwsError {
  return invalidExpression(
    kind,
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );
}

/** @throws AwsError ValidationException when the first operand is a path that comes again */
export function requireDistinct(
  kind: ExpressionKind,
  operator: string,
  first: Operand,
  others: readonly Operand[],
): void {
  if (first.kind !== "path") return;
  for (const other of others) {
    if (other.kind !== "path" || !samePath(first.path, other.path)) continue;
    throw invalidExpression(
      kind,
      "The first operand must be distinct from the remaining operands for this operator or function; " +
        `operator: ${operator}, first operand: ${showPath(first.path)}`,
    );
  }
}

function samePath(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && a.every((element, index) => element === b[index]);
}

/** A path as the service's messages show it: `[a, [1], b]`. */
export function showPath(path: DocumentPath): string {
  return `[${path.map((element) => (typeof element === "number" ? `[${element}]` : element)).join(", ")}]`;
}

function checkTypeName(kind: ExpressionKind, operand: Operand): void {
  if (operand.kind !== "value") {
    const type = knownType(operand) ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
    throw wrongType(kind, "attribute_type", type);
  }
  if (!("S" in operand.value)) throw wrongType(kind, "attribute_type", typeOf(operand.value));
  if (!typeNames.includes(operand.value.S)) {
    throw invalidExpression(
      kind,
      `Invalid attribute type name found; type: ${operand.value.S}, valid types: {${typeNames.join(",")}}`,
    );
  }
}

function checkBounds(kind: ExpressionKind, low: Operand, high: Operand): void {
  if (low.kind !== "value" || high.kind !== "value") return;
  const order = compareValues(low.value, high.value);
  if (order !== undefined && order <= 0) return;
  const rule =
    order === undefined
      ? "requires same data type for lower and upper bounds"
      : "requires upper bound to be greater than or equal to lower bound";
  throw invalidExpression(
    kind,
    `The BETWEEN operator ${rule}; lower bound operand: AttributeValue: ${showValue(low.value)}, ` +
      `upper bound operand: AttributeValue: ${showValue(high.value)}`,
  );
}

function showValue(value: AttributeValue): string {
  const type = typeOf(value);
  return `{${type}:${String((value as Readonly<Record<string, unknown>>)[type])}}`;
}
