import type { AwsError } from "@hotkeep/core";
import type { Condition, DocumentPath, Operand } from "../expression.js";
import { type Comparison, checkComparison, checkOperand } from "./condition-checks.js";
import type { PlaceholderUse } from "./placeholder-use.js";
import { isReservedWord } from "./reserved-words.js";
import type { CallSyntax, ConditionSyntax, OperandSyntax, PathSyntax } from "./syntax.js";
import { type ExpressionKind, invalidExpression } from "./token-stream.js";

type ConditionFunction =
  | "attribute_exists"
  | "attribute_not_exists"
  | "attribute_type"
  | "begins_with"
  | "contains"
  | "size";

/** The functions of conditions and how many operands they take. */
const operandCounts: ReadonlyMap<string, number> = new Map<ConditionFunction, number>([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
  ["size", 1],
]);
const updateFunctions: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);

/** Checks that need no placeholders, over the whole text: functions' names and places, reserved words. */
export function checkConditionWords(kind: ExpressionKind, condition: ConditionSyntax): void {
  switch (condition.kind) {
    case "and":
    case "or":
      checkConditionWords(kind, condition.left);
      checkConditionWords(kind, condition.right);
      return;
    case "not":
      checkConditionWords(kind, condition.condition);
      return;
    case "compare":
      checkOperandWords(kind, [condition.left, condition.right]);
      return;
    case "between":
      checkOperandWords(kind, [condition.operand, condition.low, condition.high]);
      return;
    case "in":
      checkOperandWords(kind, [condition.operand, ...condition.list]);
      return;
    case "call":
      requireConditionFunction(kind, condition);
      if (condition.name === "size") throw misusedFunction(kind, condition);
      checkOperandWords(kind, condition.operands);
      return;
  }
}

function checkOperandWords(kind: ExpressionKind, operands: readonly OperandSyntax[]): void {
  for (const operand of operands) {
    if (operand.kind === "path") checkPathWords(kind, operand);
    if (operand.kind !== "call") continue;
    requireConditionFunction(kind, operand);
    if (operand.name !== "size") throw misusedFunction(kind, operand);
    checkOperandWords(kind, operand.operands);
  }
}

/** @throws AwsError ValidationException when a name in the path is a reserved word */
export function checkPathWords(kind: ExpressionKind, { elements }: PathSyntax): void {
  for (const element of elements) {
    if (typeof element === "string" && isReservedWord(element)) {
      throw invalidExpression(kind, `Attribute name is a reserved keyword; reserved keyword: ${element}`);
    }
  }
}

function requireConditionFunction(kind: ExpressionKind, { name }: CallSyntax): void {
  if (operandCounts.has(name)) return;
  throw updateFunctions.has(name)
    ? invalidExpression(kind, `The function is not allowed in a condition expression; function: ${name}`)
    : unknownFunction(kind, name);
}

/** `Invalid function name; function: …` */
export function unknownFunction(kind: ExpressionKind, name: string): AwsError {
  return invalidExpression(kind, `Invalid function name; function: ${name}`);
}

/** `The function is not allowed to be used this way in an expression; …` */
export function misusedFunction(kind: ExpressionKind, { name }: CallSyntax): AwsError {
  return invalidExpression(kind, `The function is not allowed to be used this way in an expression; function: ${name}`);
}

/**
 * Puts a request's placeholders in. Each comparison is resolved and then checked before the next one, as the service
 * does, so that the first complaint is about the first comparison that is wrong.
 */
export function resolveCondition(
  kind: ExpressionKind,
  condition: ConditionSyntax,
  placeholders: PlaceholderUse,
): Condition {
  switch (condition.kind) {
    case "and":
    case "or":
      return {
        kind: condition.kind,
        left: resolveCondition(kind, condition.left, placeholders),
        right: resolveCondition(kind, condition.right, placeholders),
      };
    case "not":
      return { kind: "not", condition: resolveCondition(kind, condition.condition, placeholders) };
    default: {
      const resolved = new ComparisonResolver(kind, placeholders).comparison(condition);
      checkComparison(kind, resolved);
      return resolved;
    }
  }
}

class ComparisonResolver {
  readonly #kind: ExpressionKind;
  readonly #placeholders: PlaceholderUse;

  constructor(kind: ExpressionKind, placeholders: PlaceholderUse) {
    this.#kind = kind;
    this.#placeholders = placeholders;
  }

  comparison(condition: Exclude<ConditionSyntax, { readonly kind: "and" | "or" | "not" }>): Comparison {
    switch (condition.kind) {
      case "compare": {
        const { operator, left, right } = condition;
        return { kind: "compare", operator, left: this.#operand(left), right: this.#operand(right) };
      }
      case "between": {
        const { operand, low, high } = condition;
        return {
          kind: "between",
          operand: this.#operand(operand),
          low: this.#operand(low),
          high: this.#operand(high),
        };
      }
      case "in": {
        const { operand, list } = condition;
        return { kind: "in", operand: this.#operand(operand), list: list.map((each) => this.#operand(each)) };
      }
      case "call":
        return this.#call(condition);
    }
  }

  #call(call: CallSyntax): Comparison {
    const operands = this.#callOperands(call);
    const name = call.name as Exclude<ConditionFunction, "size">;
    switch (name) {
      case "attribute_exists":
      case "attribute_not_exists":
        return { kind: name, path: this.#pathOf(name, operands[0]!) };
      case "attribute_type":
        return { kind: name, path: this.#pathOf(name, operands[0]!), type: operands[1]! };
      case "begins_with":
      case "contains":
        return { kind: name, operand: operands[0]!, argument: operands[1]! };
    }
  }

  #callOperands(call: CallSyntax): readonly Operand[] {
    const operands = call.operands.map((operand) => this.#operand(operand));
    if (operands.length !== operandCounts.get(call.name)) throw wrongCount(this.#kind, call);
    return operands;
  }

  #operand(operand: OperandSyntax): Operand {
    switch (operand.kind) {
      case "path":
        return { kind: "path", path: this.#placeholders.path(this.#kind, operand) };
      case "value":
        return { kind: "value", value: this.#placeholders.value(this.#kind, operand.placeholder) };
      case "call": {
        const size: Operand = { kind: "size", operand: this.#callOperands(operand)[0]! };
        checkOperand(this.#kind, size);
        return size;
      }
    }
  }

  #pathOf(name: string, operand: Operand): DocumentPath {
    if (operand.kind === "path") return operand.path;
    throw pathRequired(this.#kind, name);
  }
}

/** `Incorrect number of operands for operator or function; …` */
export function wrongCount(kind: ExpressionKind, { name, operands }: CallSyntax): AwsError {
  return invalidExpression(
    kind,
    "Incorrect number of operands for operator or function; " +
      `operator or function: ${name}, number of operands: ${operands.length}`,
  );
}

/** `Operator or function requires a document path; …` */
export function pathRequired(kind: ExpressionKind, name: string): AwsError {
  return invalidExpression(kind, `Operator or function requires a document path; operator or function: ${name}`);
}
