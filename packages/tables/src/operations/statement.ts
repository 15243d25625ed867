import { type AttributeValue, type PartiqlStatement, parsePartiql, readValue } from "@hotkeep/attributes";
import type { CallContext } from "@hotkeep/protocols";
import { type TableReference, tableReference } from "../request/table-reference.js";

/** How requests give a statement. */
export interface StatementParameters {
  readonly Statement: string;
  readonly Parameters?: readonly unknown[];
}

/** A statement with its parameters, and the table it is about, of which nothing is known yet. */
export interface BoundStatement<Statement extends PartiqlStatement = PartiqlStatement> {
  readonly statement: Statement;
  readonly table: TableReference;
}

/** IAM actions of the kinds of statements (documented: "IAM security policies with PartiQL for DynamoDB"). */
export const statementPermissions = {
  select: "dynamodb:PartiQLSelect",
  exists: "dynamodb:PartiQLSelect",
  insert: "dynamodb:PartiQLInsert",
  update: "dynamodb:PartiQLUpdate",
  delete: "dynamodb:PartiQLDelete",
} as const;

/** @throws AwsError for parameters that are no attribute values; the service reads them before the statement. */
export function readStatementParameters(input: StatementParameters): readonly AttributeValue[] {
  return (input.Parameters ?? []).map((value) => readValue(value));
}

/** @throws AwsError `ValidationException` for what is no statement, and for bad names of tables. */
export function bindStatement(text: string, parameters: readonly AttributeValue[], call: CallContext): BoundStatement {
  const statement = parsePartiql(text, parameters);
  return { statement, table: tableReference(statement.table, call, statementPermissions[statement.kind]) };
}

/** Whether a statement only reads; EXISTS belongs to the writes of a transaction. */
export function isRead(bound: BoundStatement): boolean {
  return bound.statement.kind === "select";
}
