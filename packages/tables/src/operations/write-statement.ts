import { type Condition, checkItemSize, type KeySchema, namedItem, type PartiqlStatement } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import { AttributeNames } from "../request/attribute-names.js";
import type { WriteAction } from "../request/write-action.js";
import type { BoundStatement } from "./statement.js";

/** INSERT, UPDATE or DELETE. */
export type WriteStatement = Extract<PartiqlStatement, { readonly kind: "insert" | "update" | "delete" }>;

/** Whether a statement is INSERT, UPDATE or DELETE. */
export function isWriteStatement(bound: BoundStatement): bound is BoundStatement<WriteStatement> {
  const { kind } = bound.statement;
  return kind === "insert" || kind === "update" || kind === "delete";
}

/**
 * A statement as a write of the other operations: INSERT wants no item to be there, UPDATE one that is, DELETE either
 * (documented).
 *
 * @throws AwsError `ValidationException` when a clause does not name one item
 */
export function writeActionOf(
  { statement, table }: BoundStatement<WriteStatement>,
  schema: KeySchema,
  showOnFailure: boolean,
): WriteAction {
  const names = new AttributeNames();
  if (statement.kind === "insert") {
    const { item } = statement;
    const sizeBytes = checkItemSize(item, "put");
    const condition: Condition = { kind: "attribute_not_exists", path: [schema.hash.name] };
    names.add(Object.keys(item));
    return { kind: "put", table, item, sizeBytes, condition, names, showOnFailure };
  }
  const { key: item, rest } = namedItem(statement.where, schema);
  names.add(Object.keys(item)).condition(rest);
  if (statement.kind === "delete") return { kind: "delete", table, item, condition: rest, names, showOnFailure };
  const { update } = statement;
  names.update(update);
  const condition = presentAnd(rest, schema);
  return { kind: "update", isLegacy: false, table, item, update, condition, names, showOnFailure };
}

/** A condition that also wants the item to be there. */
export function presentAnd(rest: Condition | undefined, schema: KeySchema): Condition {
  const present: Condition = { kind: "attribute_exists", path: [schema.hash.name] };
  return rest === undefined ? present : { kind: "and", left: present, right: rest };
}

/** INSERT's own words for keys that are missing or of a wrong type (observed). */
export function checkInsertedKey({ statement }: BoundStatement<WriteStatement>, schema: KeySchema): void {
  if (statement.kind !== "insert") return;
  const attributes = schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
  for (const { name, type } of attributes) {
    const value = Object.hasOwn(statement.item, name) ? statement.item[name] : undefined;
    if (value === undefined) throw invalid(`Key attribute should be present in the item: Key ${name}`);
    if (!(type in value)) {
      throw invalid(`Key attribute's data type should match its data type in table's schema: Key ${name}`);
    }
  }
}

const tooDeep = "Nesting Levels have exceeded supported limits";

/** The error of a write, in the words of its statement (observed). */
export function statementError(error: unknown, { statement }: BoundStatement): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error.message.startsWith(tooDeep)) return invalid(tooDeep);
  if (error.code !== "ConditionalCheckFailedException" || statement.kind !== "insert") return error;
  return new AwsError("DuplicateItemException", "Duplicate primary key exists in table");
}
