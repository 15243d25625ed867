import type { SetValue, UpdateAction } from "../expression.js";
import { type AttributeType, typeOf } from "../values/attribute-type.js";
import { checkPath, requireDistinct, wrongType } from "./condition-checks.js";
import { invalidExpression } from "./token-stream.js";

const kind = "UpdateExpression";

/** The names of types in ADD's and DELETE's complaints. */
const longNames: Readonly<Partial<Record<AttributeType, string>>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  L: "LIST",
  M: "MAP",
};

/** @throws AwsError ValidationException for an ADD of no number or set, and a DELETE of no set */
export function checkActionType(action: UpdateAction): void {
  if (action.kind !== "add" && action.kind !== "delete") return;
  const type = typeOf(action.value);
  const name = longNames[type];
  if (name === undefined || (action.kind === "add" && type === "N")) return;
  const operator = action.kind.toUpperCase();
  throw invalidExpression(
    kind,
    `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${name}, ` +
      `typeSet: ALLOWED_FOR_${operator}_OPERAND`,
  );
}

/**
 * Checks an action's paths and the operands of its functions and operators.
 * @throws AwsError ValidationException
 */
export function checkAction(action: UpdateAction): void {
  checkPath(kind, action.path);
  if (action.kind === "set") checkSetValue(action.value, "top");
}

/** Where a SET value stands: which functions may be used there depends on it. */
type Place = "top" | "operand" | "default";

function checkSetValue(value: SetValue, place: Place): void {
  switch (value.kind) {
    case "value":
      return;
    case "path":
      checkPath(kind, value.path);
      return;
    case "if_not_exists":
      checkPath(kind, value.path);
      checkSetValue(value.otherwise, "default");
      if (value.otherwise.kind === "path") {
        requireDistinct(kind, value.kind, { kind: "path", path: value.path }, [value.otherwise]);
      }
      return;
    case "list_append":
      if (place !== "top") throw misplaced("list_append");
      checkBoth(value.kind, value.left, value.right, "L");
      return;
    case "+":
    case "-":
      if (place !== "top") throw misplaced(value.kind);
      checkBoth(value.kind, value.left, value.right, "N");
      return;
  }
}

function misplaced(name: string): Error {
  return invalidExpression(kind, `The function is not allowed to be used this way in an expression; function: ${name}`);
}

function checkBoth(operator: string, left: SetValue, right: SetValue, wanted: AttributeType): void {
  for (const operand of [left, right]) {
    if (operand.kind === "value" && typeOf(operand.value) !== wanted) {
      throw wrongType(kind, operator, typeOf(operand.value));
    }
    checkSetValue(operand, "operand");
  }
}
