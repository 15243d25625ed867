import type { SetValue, Update, UpdateAction } from "../expression.js";
import { checkOverlap } from "./path-overlap.js";
import type { PlaceholderUse } from "./placeholder-use.js";
import { checkPathWords, misusedFunction, pathRequired, unknownFunction, wrongCount } from "./resolve-condition.js";
import type { ActionSyntax, CallSyntax, OperandSyntax, SetSyntax, UpdateSyntax } from "./syntax.js";
import { invalidExpression } from "./token-stream.js";
import { checkAction, checkActionType } from "./update-checks.js";

const kind = "UpdateExpression";
const conditionFunctions: ReadonlySet<string> = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);

/** Checks that need no placeholders: functions' names and places, reserved words, sections used twice. */
export function checkUpdateWords({ actions, repeatedSection }: UpdateSyntax): void {
  for (const action of actions) {
    checkPathWords(kind, action.path);
    if (action.kind === "set") checkSetWords(action.value);
  }
  if (repeatedSection !== undefined) {
    throw invalidExpression(kind, `The "${repeatedSection}" section can only be used once in an update expression;`);
  }
}

function checkSetWords(value: SetSyntax): void {
  if ("left" in value) {
    checkOperandWords(value.left, false);
    checkOperandWords(value.right, false);
  } else {
    checkOperandWords(value, true);
  }
}

function checkOperandWords(operand: OperandSyntax, outermost: boolean): void {
  if (operand.kind === "path") checkPathWords(kind, operand);
  if (operand.kind !== "call") return;
  requireUpdateFunction(operand);
  // Only if_not_exists may stand inside another function or an operator.
  if (!outermost && operand.name !== "if_not_exists") throw misusedFunction(kind, operand);
  for (const inner of operand.operands) checkOperandWords(inner, false);
}

function requireUpdateFunction({ name }: CallSyntax): void {
  if (name === "if_not_exists" || name === "list_append") return;
  throw conditionFunctions.has(name)
    ? invalidExpression(kind, `The function is not allowed in an update expression; function: ${name}`)
    : unknownFunction(kind, name);
}

/** Puts a request's placeholders in and checks the result, in the order of the service's complaints. */
export function resolveUpdate({ actions }: UpdateSyntax, placeholders: PlaceholderUse): Update {
  for (const action of actions) resolveNames(action, placeholders);
  checkOverlap(
    kind,
    actions.map(({ path }) => placeholders.path(kind, path)),
  );
  for (const action of actions) if (action.kind !== "remove") resolveValues(action.value, placeholders);
  const simple = actions.map((action) => (action.kind === "set" ? undefined : resolveSimple(action, placeholders)));
  for (const action of simple) if (action !== undefined) checkActionType(action);
  const update = actions.map((action, index) => simple[index] ?? resolveSet(action, placeholders));
  for (const action of update) checkAction(action);
  return update;
}

/** Looks up all names, so that an unknown one is complained about before anything else. */
function resolveNames(action: ActionSyntax, placeholders: PlaceholderUse): void {
  placeholders.path(kind, action.path);
  if (action.kind === "set") {
    eachOperand(action.value, (operand) => {
      if (operand.kind === "path") placeholders.path(kind, operand);
    });
  }
}

function resolveValues(value: SetSyntax, placeholders: PlaceholderUse): void {
  eachOperand(value, (operand) => {
    if (operand.kind === "value") placeholders.value(kind, operand.placeholder);
  });
}

function eachOperand(value: SetSyntax, visit: (operand: OperandSyntax) => void): void {
  if ("left" in value) {
    eachOperand(value.left, visit);
    eachOperand(value.right, visit);
    return;
  }
  visit(value);
  if (value.kind === "call") for (const operand of value.operands) eachOperand(operand, visit);
}

function resolveSimple(
  action: Exclude<ActionSyntax, { readonly kind: "set" }>,
  placeholders: PlaceholderUse,
): UpdateAction {
  const path = placeholders.path(kind, action.path);
  if (action.kind === "remove") return { kind: "remove", path };
  return { kind: action.kind, path, value: placeholders.value(kind, action.value.placeholder) };
}

function resolveSet(action: ActionSyntax, placeholders: PlaceholderUse): UpdateAction {
  const { value, path } = action as Extract<ActionSyntax, { readonly kind: "set" }>;
  return { kind: "set", path: placeholders.path(kind, path), value: resolveSetValue(value, placeholders) };
}

function resolveSetValue(value: SetSyntax, placeholders: PlaceholderUse): SetValue {
  switch (value.kind) {
    case "path":
      return { kind: "path", path: placeholders.path(kind, value) };
    case "value":
      return { kind: "value", value: placeholders.value(kind, value.placeholder) };
    case "+":
    case "-":
      return {
        kind: value.kind,
        left: resolveSetValue(value.left, placeholders),
        right: resolveSetValue(value.right, placeholders),
      };
    case "call":
      return resolveCall(value, placeholders);
  }
}

function resolveCall(call: CallSyntax, placeholders: PlaceholderUse): SetValue {
  const [first, second] = call.operands;
  if (first === undefined || second === undefined || call.operands.length > 2) throw wrongCount(kind, call);
  if (call.name === "list_append") {
    return {
      kind: "list_append",
      left: resolveSetValue(first, placeholders),
      right: resolveSetValue(second, placeholders),
    };
  }
  if (first.kind !== "path") throw pathRequired(kind, call.name);
  return {
    kind: "if_not_exists",
    path: placeholders.path(kind, first),
    otherwise: resolveSetValue(second, placeholders),
  };
}
