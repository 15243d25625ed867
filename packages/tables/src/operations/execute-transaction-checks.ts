import { keyTypesFit } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { Table } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { type CancellationReason, cancelled, reasonOf } from "../items/cancellation.js";
import { checkExistsForm } from "./execute-transaction-items.js";
import { selectedKey } from "./select-statement-key.js";
import type { BoundStatement } from "./statement.js";

/** The tables of some statements; undefined for those that are not there. */
export function tablesOf(engine: Engine, statements: readonly BoundStatement[]): readonly (Table | undefined)[] {
  return statements.map(({ table }) => {
    try {
      return engine.itemTable(table);
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
      throw error;
    }
  });
}

/** Checks what a transaction allows in its statements. @throws AwsError `ValidationException` */
export function checkForm({ statement }: BoundStatement, table: Table): void {
  switch (statement.kind) {
    case "select":
      if (statement.index !== undefined) throw invalid("Reads on indices are not supported within transactions.");
      // Values of wrong types cancel the transaction later, with a reason.
      if (keyTypesFit(statement.where, table.key)) selectedKey(statement, table, "ExecuteTransaction");
      return;
    case "exists":
      if (statement.select.index !== undefined) {
        throw invalid("Reads on indices are not supported within transactions.");
      }
      checkExistsForm(statement.select.where, table.key);
      return;
    case "update":
    case "delete":
      if (statement.returning !== undefined) {
        throw invalid("RETURNING clause is not supported in ExecuteTransaction.");
      }
      return;
    case "insert":
  }
}

const innocent: CancellationReason = { Code: "None" };

/**
 * Does something for every statement before any is carried out, and collects what stands in the way (observed).
 * @throws AwsError `TransactionCanceledException`, or what concerns the whole request
 */
export function cancelUnlessAll<Element, Result>(
  elements: readonly Element[],
  work: (element: Element, index: number) => Result,
): readonly Result[] {
  const results: Result[] = [];
  const reasons = elements.map((element, index) => {
    try {
      results.push(work(element, index));
      return innocent;
    } catch (error) {
      const reason = statementReason(error);
      if (reason === undefined) throw error;
      return reason;
    }
  });
  if (reasons.some((reason) => reason !== innocent)) throw cancelled(reasons);
  return results;
}

function statementReason(error: unknown): CancellationReason | undefined {
  if (error instanceof AwsError && error.code === "ResourceNotFoundException") {
    return { Code: "ResourceNotFound", Message: error.message };
  }
  if (error instanceof AwsError && error.code === "DuplicateItemException") {
    return { Code: "DuplicateItem", Message: error.message };
  }
  return reasonOf(error);
}
