import {
  type Condition,
  type ConditionKind,
  PlaceholderUse,
  type Projection,
  parseCondition,
  parseProjection,
  parseUpdate,
  readExpressionNames,
  readExpressionValues,
  type Update,
} from "@hotkeep/attributes";
import { invalid } from "../errors.js";

/** The members of a request that expressions live in; each operation has some of them. */
export interface ExpressionParameters {
  readonly ExpressionAttributeNames?: unknown;
  readonly ExpressionAttributeValues?: unknown;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
}

/** Parsed expressions of one request; what was not given is undefined. */
export interface Expressions {
  readonly update: Update | undefined;
  readonly condition: Condition | undefined;
  readonly keyCondition: Condition | undefined;
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
}

type ExpressionName = Exclude<keyof ExpressionParameters, "ExpressionAttributeNames" | "ExpressionAttributeValues">;

/**
 * Refuses a mix of expressions and the parameters they replaced, and placeholders without an expression to use them.
 *
 * `expressions` and `legacy` are the operation's parameters in the order in which the service lists them.
 */
export function checkParameterMix(
  input: object,
  expressions: readonly ExpressionName[],
  legacy: readonly string[],
): void {
  if (!hasPlaceholders(input) && !hasOneOf(input, legacy)) return;
  const has = (name: string) => (input as Readonly<Record<string, unknown>>)[name] !== undefined;
  const used = expressions.filter(has);
  const old = legacy.filter((name) => has(name) && !(name === "KeyConditions" && !has("KeyConditionExpression")));
  if (used.length > 0 && old.length > 0) {
    throw invalid(
      "Can not use both expression and non-expression parameters in the same request: " +
        `Non-expression parameters: {${old.join(", ")}} Expression parameters: {${used.join(", ")}}`,
    );
  }
  if (has("ExpressionAttributeNames") && used.length === 0) {
    throw invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  const valued = expressions.filter((name) => name !== "ProjectionExpression");
  if (has("ExpressionAttributeValues") && !valued.some(has)) {
    const verb = valued.length > 1 ? "are" : "is";
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${valued.join(" and ")} ${verb} null`,
    );
  }
}

function hasPlaceholders(input: ExpressionParameters): boolean {
  return input.ExpressionAttributeNames !== undefined || input.ExpressionAttributeValues !== undefined;
}

function hasOneOf(input: object, names: readonly string[]): boolean {
  for (const name of names) if ((input as Readonly<Record<string, unknown>>)[name] !== undefined) return true;
  return false;
}

const none: Expressions = {
  update: undefined,
  condition: undefined,
  keyCondition: undefined,
  filter: undefined,
  projection: undefined,
};

/** Parses all expressions of a request against its placeholders. */
export function parseExpressions(input: ExpressionParameters): Expressions {
  if (!hasExpressions(input)) return none;
  const placeholders = new PlaceholderUse(
    readExpressionNames(input.ExpressionAttributeNames),
    readExpressionValues(input.ExpressionAttributeValues),
  );
  const condition = (text: string | undefined, kind: ConditionKind) =>
    text === undefined ? undefined : parseCondition(text, kind, placeholders);
  const { UpdateExpression: update, ProjectionExpression: projection } = input;
  const parsed = {
    update: update === undefined ? undefined : parseUpdate(update, placeholders),
    condition: condition(input.ConditionExpression, "ConditionExpression"),
    filter: condition(input.FilterExpression, "FilterExpression"),
    keyCondition: condition(input.KeyConditionExpression, "KeyConditionExpression"),
    projection: projection === undefined ? undefined : parseProjection(projection, placeholders),
  };
  placeholders.assertAllUsed();
  return parsed;
}

function hasExpressions(input: ExpressionParameters): boolean {
  return (
    input.UpdateExpression !== undefined ||
    input.ConditionExpression !== undefined ||
    input.KeyConditionExpression !== undefined ||
    input.FilterExpression !== undefined ||
    input.ProjectionExpression !== undefined ||
    input.ExpressionAttributeNames !== undefined ||
    input.ExpressionAttributeValues !== undefined
  );
}
