import { invalid } from "../errors.js";
import type { DocumentPath, SetValue, Update, UpdateAction } from "../expression.js";
import { checkOverlap } from "../expressions/path-overlap.js";
import { partiqlOperatorsMax } from "../limits.js";
import { typeOf } from "../values/attribute-type.js";
import type { Binding } from "./binding.js";
import { withoutParameterName } from "./complaints.js";
import { isConditionFunction, pathRequired, unknownFunction, wrongCount, wrongType } from "./conditions.js";
import { literalValue } from "./literals.js";
import type { ActionSyntax, Expression, PathExpression } from "./syntax.js";

type Call = Extract<Expression, { readonly kind: "call" }>;

/**
 * Turns the SET and REMOVE clauses of a statement into an update.
 * @throws AwsError ValidationException
 */
export function updateOf(actions: readonly ActionSyntax[], binding: Binding): Update {
  const builder = new UpdateBuilder(binding);
  const update = actions.map((action) => builder.action(action));
  const paths = update.map(({ path }) => path);
  withoutParameterName(() => checkOverlap("UpdateExpression", paths));
  return update;
}

class UpdateBuilder {
  readonly #binding: Binding;
  #operators = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  action(action: ActionSyntax): UpdateAction {
    const path = this.#binding.path(action.target);
    if (action.kind === "remove") return { kind: "remove", path };
    const { value } = action;
    if (value.kind === "call") {
      const name = value.name.toLowerCase();
      if (name === "set_add") return { kind: "add", path, value: this.#elements(value, path) };
      if (name === "set_delete") return { kind: "delete", path, value: this.#elements(value, path) };
    }
    return { kind: "set", path, value: this.#value(value) };
  }

  /** The set whose elements set_add adds and set_delete takes away. */
  #elements(call: Call, target: DocumentPath) {
    const name = call.name.toUpperCase();
    const [first, second] = call.operands;
    if (first === undefined || second === undefined || call.operands.length > 2) {
      throw invalid(`${name} must have exactly two arguments${this.#binding.at(call)}`);
    }
    if (first.kind !== "path" || !samePath(this.#binding.path(first), target)) {
      throw invalid(`The first argument to ${name} must equal the assignment value`);
    }
    const value = isConstant(second) ? literalValue(second, this.#binding) : undefined;
    if (value === undefined || !("SS" in value || "NS" in value || "BS" in value)) {
      throw invalid(`The second argument to ${name} must be a value with type SET${this.#binding.at(first)}`);
    }
    return value;
  }

  #value(expression: Expression): SetValue {
    switch (expression.kind) {
      case "path":
        return { kind: "path", path: this.#binding.path(expression) };
      case "operator":
        return this.#operator(expression.operator, expression.operands);
      case "call":
        return this.#call(expression);
      case "missing":
        throw invalid("MISSING must be compared using IS operator");
      case "is":
        throw invalid("Unsupported operator in Update Expression. Operator: is");
      case "unsupported":
        throw invalid(`Unsupported token in expression: ${expression.word}${this.#binding.at(expression)}`);
      default:
        return { kind: "value", value: literalValue(expression, this.#binding) };
    }
  }

  #operator(operator: string, operands: readonly Expression[]): SetValue {
    if (operator !== "+" && operator !== "-") {
      throw invalid(`Unsupported operator in Update Expression. Operator: ${operator}`);
    }
    if (operands.length !== 2) throw wrongCount(operator, operands.length);
    return this.#binary(operator, operands, "N");
  }

  #call(call: Call): SetValue {
    const name = call.name.toLowerCase();
    if (name === "list_append") return this.#binary(name, call.operands, "L");
    if (name === "if_not_exists") {
      this.#count();
      const [path, otherwise] = call.operands;
      if (path === undefined || otherwise === undefined || call.operands.length > 2) {
        throw wrongCount(name, call.operands.length);
      }
      if (path.kind !== "path") throw pathRequired(name);
      return { kind: name, path: this.#binding.path(path as PathExpression), otherwise: this.#value(otherwise) };
    }
    if (name === "set_add" || name === "set_delete") {
      throw invalid(`The function is not allowed to be used this way in an expression; function: ${name}`);
    }
    if (isConditionFunction(name)) {
      throw invalid(`The function is not allowed in an update expression; function: ${name}`);
    }
    throw unknownFunction(call, this.#binding);
  }

  #binary(kind: "+" | "-" | "list_append", operands: readonly Expression[], wanted: "N" | "L"): SetValue {
    this.#count();
    if (operands.length !== 2) throw wrongCount(kind, operands.length);
    const [left, right] = operands.map((operand) => this.#value(operand)) as [SetValue, SetValue];
    for (const operand of [left, right]) {
      if (operand.kind === "value" && typeOf(operand.value) !== wanted) throw wrongType(kind, typeOf(operand.value));
    }
    return { kind, left, right };
  }

  #count(): void {
    if (++this.#operators <= partiqlOperatorsMax) return;
    throw invalid(`The expression contains too many operators; operator count: ${partiqlOperatorsMax + 1}`);
  }
}

/** Whether an expression can be a literal or a parameter. */
function isConstant({ kind }: Expression): boolean {
  return kind !== "path" && kind !== "call" && kind !== "operator" && kind !== "is" && kind !== "unsupported";
}

function samePath(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}
