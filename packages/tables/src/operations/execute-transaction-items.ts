import {
  type Condition,
  type KeySchema,
  keyTypesFit,
  namedItem,
  type PartiqlStatement,
  type SelectStatement,
} from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { invalid } from "../errors.js";
import { AttributeNames } from "../request/attribute-names.js";
import type { WriteAction } from "../request/write-action.js";
import type { BoundStatement } from "./statement.js";
import { presentAnd, writeActionOf } from "./write-statement.js";

/** The statements of a transaction that writes. */
export type TransactedStatement = Exclude<PartiqlStatement, SelectStatement>;

const mismatch = "The provided key element does not match the schema";

/** @throws AwsError `ValidationException` in the words of a transaction when key values are of wrong types. */
export function keyFitsOrMismatch(where: Condition | undefined, schema: KeySchema): void {
  if (!keyTypesFit(where, schema)) throw invalid(mismatch);
}

/** EXISTS names one item and asks something of it. @throws AwsError `ValidationException` */
export function checkExistsForm(where: Condition | undefined, schema: KeySchema): void {
  if (!keyTypesFit(where, schema)) return;
  try {
    if (namedItem(where, schema, "kept").rest !== undefined) return;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  throw invalid("EXISTS() must contain a single item read with additional condition");
}

/**
 * A write or check of a transaction.
 * @throws AwsError `ValidationException`, in the transaction's own words for a clause that does not name one item
 */
export function transactedAction(
  bound: BoundStatement<TransactedStatement>,
  schema: KeySchema,
  showOnFailure: boolean,
): WriteAction {
  const { statement, table } = bound;
  if (statement.kind === "exists") {
    const { where } = statement.select;
    keyFitsOrMismatch(where, schema);
    const { key, rest } = namedItem(where, schema, "kept");
    const names = new AttributeNames(Object.keys(key)).condition(rest);
    return { kind: "check", table, item: key, condition: presentAnd(rest, schema), names, showOnFailure };
  }
  if (statement.kind !== "insert") checkNamesItem(statement.where, schema);
  return writeActionOf({ statement, table }, schema, showOnFailure);
}

function checkNamesItem(where: Condition | undefined, schema: KeySchema): void {
  try {
    namedItem(where, schema);
  } catch (error) {
    throw error instanceof AwsError ? invalid(mismatch) : error;
  }
}
