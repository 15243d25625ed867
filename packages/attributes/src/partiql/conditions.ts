import type { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import type { Comparator, Condition, Operand } from "../expression.js";
import { validateCondition } from "../expressions/validate.js";
import { partiqlOperatorsMax } from "../limits.js";
import type { typeOf } from "../values/attribute-type.js";
import type { Binding } from "./binding.js";
import { withoutParameterName } from "./complaints.js";
import { literalValue } from "./literals.js";
import type { Expression } from "./syntax.js";

/** DynamoDB's types by the names that IS knows. */
const testableTypes: ReadonlyMap<string, string> = new Map([
  ["null", "NULL"],
  ["boolean", "BOOL"],
  ["blob", "B"],
  ["string", "S"],
  ["numeric", "N"],
  ["struct", "M"],
  ["tuple", "M"],
  ["list", "L"],
]);

const operandCounts: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
  ["size", 1],
]);

/** Functions of conditions, by their names in lower case. */
export function isConditionFunction(name: string): boolean {
  return operandCounts.has(name);
}

/** Something between two operators: an operand, or a condition that is compared with one. */
type Side = { readonly operand: Operand } | { readonly condition: Condition };

/**
 * Turns a WHERE clause into a condition and checks it as far as it can be without the table.
 * @throws AwsError ValidationException
 */
export function whereCondition(where: Expression, binding: Binding): Condition {
  checkOperators(where);
  const side = new ConditionBuilder(binding).side(where);
  if (!("condition" in side)) throw invalid("WHERE clause must contain an expression that resolves to a boolean");
  withoutParameterName(() => validateCondition(side.condition, "ConditionExpression"));
  return side.condition;
}

/** Bounds a clause before anything recurses into it. */
function checkOperators(where: Expression): void {
  const waiting: Expression[] = [where];
  let operators = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === "operator" || next.kind === "call") {
      operators++;
      waiting.push(...next.operands);
    } else if (next.kind === "is") {
      operators++;
      waiting.push(next.operand);
    } else if (next.kind === "list" || next.kind === "bag") {
      waiting.push(...next.elements);
    }
    if (operators > partiqlOperatorsMax) {
      throw invalid(`The expression contains too many operators; operator count: ${partiqlOperatorsMax + 1}`);
    }
  }
}

class ConditionBuilder {
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  side(expression: Expression): Side {
    switch (expression.kind) {
      case "path":
        return { operand: { kind: "path", path: this.#binding.path(expression) } };
      case "operator":
        return { condition: this.#operator(expression.operator, expression.operands) };
      case "is":
        return { condition: this.#typeTest(expression) };
      case "call":
        return this.#call(expression);
      case "missing":
        throw invalid("MISSING must be compared using IS operator");
      case "unsupported":
        throw invalid(`Unsupported token in expression: ${expression.word}${this.#binding.at(expression)}`);
      default:
        return { operand: { kind: "value", value: literalValue(expression, this.#binding) } };
    }
  }

  #operator(operator: string, operands: readonly Expression[]): Condition {
    switch (operator) {
      case "and":
      case "or":
        return { kind: operator, left: this.#condition(operands[0]!), right: this.#condition(operands[1]!) };
      case "not":
        return { kind: "not", condition: this.#condition(operands[0]!) };
      case "=":
        return equality(this.side(operands[0]!), this.side(operands[1]!));
      case "<>": {
        const [left, right] = [this.side(operands[0]!), this.side(operands[1]!)];
        if ("operand" in left && "operand" in right) return compare("<>", left.operand, right.operand);
        return { kind: "not", condition: equality(left, right) };
      }
      case "<":
      case "<=":
      case ">":
      case ">=":
        return compare(operator, this.#operand(operands[0]!, operator), this.#operand(operands[1]!, operator));
      case "between": {
        const [operand, low, high] = operands.map((each) => this.#operand(each, "BETWEEN"));
        return { kind: "between", operand: operand!, low: low!, high: high! };
      }
      case "in":
        return this.#membership(operands[0]!, operands[1]!);
      default:
        throw invalid(`Unsupported operator in Condition Expression. Operator: ${operator}`);
    }
  }

  #condition(expression: Expression): Condition {
    const side = this.side(expression);
    if ("condition" in side) return side.condition;
    throw invalid("WHERE clause must contain an expression that resolves to a boolean");
  }

  #operand(expression: Expression, operator: string): Operand {
    const side = this.side(expression);
    if ("operand" in side) return side.operand;
    throw wrongType(operator, "BOOL");
  }

  #membership(member: Expression, list: Expression): Condition {
    if ((list.kind !== "list" && list.kind !== "bag") || list.elements.length === 0) {
      throw invalid(
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq " +
          "with at least one member",
      );
    }
    const left = this.side(member);
    const sides = list.elements.map((element) => this.side(element));
    const operands = sides.flatMap((side) => ("operand" in side ? [side.operand] : []));
    if ("operand" in left && operands.length === sides.length) {
      return { kind: "in", operand: left.operand, list: operands };
    }
    return sides.map((side) => equality(left, side)).reduce((all, each) => ({ kind: "or", left: all, right: each }));
  }

  #typeTest(test: Extract<Expression, { readonly kind: "is" }>): Condition {
    const { operand, type } = test;
    const name = type === "missing" ? "missing" : testableTypes.get(type);
    if (name === undefined) {
      throw invalid(
        `Unsupported data type for IS operator: ${type.toUpperCase()}. Supported data types are ` +
          "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]" +
          this.#binding.at(test),
      );
    }
    const side = this.side(operand);
    if (!("operand" in side) || side.operand.kind !== "path") throw pathRequired("IS");
    const { path } = side.operand;
    return name === "missing"
      ? { kind: "attribute_not_exists", path }
      : { kind: "attribute_type", path, type: { kind: "value", value: { S: name } } };
  }

  #call(call: Extract<Expression, { readonly kind: "call" }>): Side {
    const name = call.name.toLowerCase();
    const count = operandCounts.get(name);
    if (count === undefined) throw unknownFunction(call, this.#binding);
    const sides = call.operands.map((operand) => this.#operand(operand, name));
    if (sides.length !== count) throw wrongCount(name, sides.length);
    const [first, second] = sides as [Operand, Operand];
    switch (name) {
      case "size":
        return { operand: { kind: "size", operand: first } };
      case "begins_with":
      case "contains":
        return { condition: { kind: name, operand: first, argument: second } };
      default: {
        if (first.kind !== "path") throw pathRequired(name);
        const { path } = first;
        if (name === "attribute_type") return { condition: { kind: name, path, type: second } };
        return { condition: { kind: name as "attribute_exists" | "attribute_not_exists", path } };
      }
    }
  }
}

function compare(operator: Comparator, left: Operand, right: Operand): Condition {
  return { kind: "compare", operator, left, right };
}

const yes: Operand = { kind: "value", value: { BOOL: true } };
const no: Operand = { kind: "value", value: { BOOL: false } };

/** `=`. A condition is a boolean that other booleans can be compared with (observed). */
function equality(left: Side, right: Side): Condition {
  if ("operand" in left) {
    return "operand" in right ? compare("=", left.operand, right.operand) : equality(right, left);
  }
  const holds = left.condition;
  const fails: Condition = { kind: "not", condition: holds };
  if ("condition" in right) {
    return either(holds, right.condition, fails, { kind: "not", condition: right.condition });
  }
  const { operand } = right;
  if (operand.kind === "path") return either(holds, compare("=", operand, yes), fails, compare("=", operand, no));
  if (operand.kind === "value" && "BOOL" in operand.value) return operand.value.BOOL ? holds : fails;
  // Never equal, whatever the item holds.
  return { kind: "and", left: holds, right: fails };
}

/** `(a AND b) OR (c AND d)` */
function either(a: Condition, b: Condition, c: Condition, d: Condition): Condition {
  return { kind: "or", left: { kind: "and", left: a, right: b }, right: { kind: "and", left: c, right: d } };
}

/** `Unrecognized function: …`, or for functions of SQL that the parser knows, that DynamoDB does not have them. */
export function unknownFunction(call: Extract<Expression, { readonly kind: "call" }>, binding: Binding): AwsError {
  return /^(?:exists|count|avg|max|min|sum|lower|upper|coalesce|nullif)$/i.test(call.name)
    ? invalid(`Unsupported token in expression: ${call.name}${binding.at(call)}`)
    : invalid(`Unrecognized function: ${call.name}`);
}

/** `Incorrect number of operands for operator or function; …` */
export function wrongCount(name: string, operands: number): AwsError {
  return invalid(
    "Incorrect number of operands for operator or function; " +
      `operator or function: ${name}, number of operands: ${operands}`,
  );
}

/** `Operator or function requires a document path; …` */
export function pathRequired(name: string): AwsError {
  return invalid(`Operator or function requires a document path; operator or function: ${name}`);
}

/** `Incorrect operand type for operator or function; …` */
export function wrongType(name: string, type: ReturnType<typeof typeOf>): AwsError {
  return invalid(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );
}
