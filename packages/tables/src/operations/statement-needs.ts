import { hashValues, type KeySchema, type PartiqlStatement, type SelectStatement } from "@hotkeep/attributes";
import { type PermissionRequest, permission } from "@hotkeep/core";
import type { KeyFacts } from "../engine.js";
import { AttributeNames } from "../request/attribute-names.js";
import { itemContext, leadingKeys, leadingKeyText } from "../request/condition-keys.js";
import { type BoundStatement, statementPermissions } from "./statement.js";

/** What the request around a statement adds to its condition keys. */
export interface StatementSurroundings {
  readonly returnConsumedCapacity: string | undefined;
  readonly enclosingOperation?: "BatchExecuteStatement" | "ExecuteTransaction";
}

/** What a caller must be allowed to do for a statement. */
export function statementNeeds(
  facts: KeyFacts,
  { statement, table }: BoundStatement,
  { returnConsumedCapacity, enclosingOperation }: StatementSurroundings,
): PermissionRequest {
  const select = statement.kind === "exists" ? statement.select : statement.kind === "select" ? statement : undefined;
  const index = select?.index;
  const schema = facts.schemaOf(table, index);
  const bound = boundHashValues(statement, schema);
  const names = attributeNames(statement);
  const context = itemContext({
    leadingKeys: bound,
    attributes: names.length === 0 ? undefined : names,
    select: select && selectOf(select),
    returnValues: "returning" in statement ? returnValuesOf(statement.returning) : undefined,
    returnConsumedCapacity,
    enclosingOperation,
    // A table that is not known is taken for one that would be read as a whole.
    fullTableScan: select && bound === undefined,
  });
  const resource = index === undefined ? table.arn : `${table.arn}/index/${index}`;
  return permission(statementPermissions[statement.kind], resource, context);
}

/** Partition keys as policies spell them; undefined when the statement does not say which. */
function boundHashValues(statement: PartiqlStatement, schema: KeySchema | undefined): readonly string[] | undefined {
  if (schema === undefined) return undefined;
  if (statement.kind === "insert") return leadingKeys(schema, [statement.item]);
  const where = statement.kind === "exists" ? statement.select.where : statement.where;
  const texts = hashValues(where, schema)?.map(leadingKeyText);
  return texts && [...new Set(texts.filter((text) => text !== undefined))];
}

function attributeNames(statement: PartiqlStatement): readonly string[] {
  const names = new AttributeNames();
  switch (statement.kind) {
    case "select":
    case "exists": {
      const { fields, where } = statement.kind === "select" ? statement : statement.select;
      return names
        .projection(fields?.map(({ path }) => path))
        .condition(where)
        .list();
    }
    case "insert":
      return Object.keys(statement.item);
    case "update":
      return names.condition(statement.where).update(statement.update).list();
    case "delete":
      return names.condition(statement.where).list();
  }
}

function selectOf({ fields, index }: SelectStatement): string {
  if (fields !== undefined) return "SPECIFIC_ATTRIBUTES";
  return index === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

const returnValues = {
  "ALL OLD": "ALL_OLD",
  "ALL NEW": "ALL_NEW",
  "MODIFIED OLD": "UPDATED_OLD",
  "MODIFIED NEW": "UPDATED_NEW",
} as const;

/** RETURNING in the words of the other operations. */
export function returnValuesOf(returning: keyof typeof returnValues | undefined): string {
  return returning === undefined ? "NONE" : returnValues[returning];
}
