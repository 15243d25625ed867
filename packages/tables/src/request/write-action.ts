import { type Condition, checkItemSize, type Item, readItem, type Update } from "@hotkeep/attributes";
import type { CallContext } from "@hotkeep/protocols";
import { AttributeNames } from "./attribute-names.js";
import { checkParameterMix, type ExpressionParameters, type Expressions, parseExpressions } from "./expressions.js";
import { type TableReference, tableReference } from "./table-reference.js";

/** One write as a request describes it, checked as far as it can be without the table. */
export type WriteAction = {
  readonly table: TableReference;
  /** The item to put, or the key of the item to change. */
  readonly item: Item;
  readonly condition: Condition | undefined;
  /** Whether a failed condition shows the item. */
  readonly showOnFailure: boolean;
  /** Attributes that the request speaks of. */
  readonly names: AttributeNames;
} & (
  | { readonly kind: "put"; readonly sizeBytes: number }
  | { readonly kind: "update"; readonly update: Update; readonly isLegacy: boolean }
  | { readonly kind: "delete" | "check" }
);

/** Members that the write operations and the actions of a transaction have in common. */
export interface WriteParameters extends ExpressionParameters {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** IAM actions of the kinds of writes. */
export const writePermissions = {
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  delete: "dynamodb:DeleteItem",
  check: "dynamodb:ConditionCheckItem",
} as const;

/** Hooks for parameters that only the single-item operations have, called where the service checks them. */
export interface LegacyParameters {
  /** Names of legacy parameters, in the service's order. */
  readonly names: readonly string[];
  /** Checks between the item or key and the expressions, e.g. of ReturnValues. */
  readonly check?: () => void;
  readonly condition?: () => Condition | undefined;
  readonly update?: () => Update | undefined;
}

const noLegacy: LegacyParameters = { names: [] };

export function readPut(
  input: WriteParameters & { readonly Item: unknown },
  call: CallContext,
  legacy: LegacyParameters = noLegacy,
): WriteAction {
  checkParameterMix(input, ["ConditionExpression"], legacy.names);
  const table = tableReference(input.TableName, call, writePermissions.put);
  const item = readItem(input.Item);
  const sizeBytes = checkItemSize(item, "put");
  const { condition } = conditionOf(input, legacy);
  const names = new AttributeNames(Object.keys(item)).condition(condition);
  return { kind: "put", table, item, sizeBytes, condition, names, showOnFailure: showsOnFailure(input) };
}

export function readUpdate(
  input: WriteParameters & { readonly Key: unknown },
  call: CallContext,
  legacy: LegacyParameters = noLegacy,
): WriteAction {
  checkParameterMix(input, ["UpdateExpression", "ConditionExpression"], legacy.names);
  const table = tableReference(input.TableName, call, writePermissions.update);
  const item = readItem(input.Key);
  const legacyUpdate = legacy.update?.();
  const { condition, expressions } = conditionOf(input, legacy);
  const update = expressions.update ?? legacyUpdate ?? [];
  const names = new AttributeNames(Object.keys(item)).update(update).condition(condition);
  const isLegacy = legacyUpdate !== undefined;
  return { kind: "update", isLegacy, table, item, update, condition, names, showOnFailure: showsOnFailure(input) };
}

/** A delete, or a transaction's check of a condition. */
export function readDelete(
  kind: "delete" | "check",
  input: WriteParameters & { readonly Key: unknown },
  call: CallContext,
  legacy: LegacyParameters = noLegacy,
): WriteAction {
  checkParameterMix(input, ["ConditionExpression"], legacy.names);
  const table = tableReference(input.TableName, call, writePermissions[kind]);
  const item = readItem(input.Key);
  const { condition } = conditionOf(input, legacy);
  const names = new AttributeNames(Object.keys(item)).condition(condition);
  return { kind, table, item, condition, names, showOnFailure: showsOnFailure(input) };
}

function conditionOf(
  input: WriteParameters,
  legacy: LegacyParameters,
): { readonly condition: Condition | undefined; readonly expressions: Expressions } {
  legacy.check?.();
  const expected = legacy.condition?.();
  const expressions = parseExpressions(input);
  return { condition: expressions.condition ?? expected, expressions };
}

function showsOnFailure(input: WriteParameters): boolean {
  return input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
}
