import { invalid } from "../errors.js";
import type { Condition, Update } from "../expression.js";
import { SyntaxCache } from "../expressions/syntax-cache.js";
import { cachedExpressionsMax, partiqlStatementCharactersMax } from "../limits.js";
import type { AttributeValue, Item } from "../value.js";
import { Binding } from "./binding.js";
import { whereCondition } from "./conditions.js";
import { literalItem } from "./literals.js";
import { type SelectField, selectFields } from "./select-fields.js";
import { parseStatementSyntax } from "./statement-parser.js";
import type { Expression, OrderSyntax, Returning, SelectSyntax } from "./syntax.js";
import { updateOf } from "./updates.js";

export type { Returning } from "./syntax.js";

/** An attribute to order by. */
export interface SelectOrder {
  readonly name: string;
  readonly descending: boolean;
}

/** SELECT. `table` is as written: a name or an ARN. */
export interface SelectStatement {
  readonly kind: "select";
  readonly table: string;
  readonly index: string | undefined;
  /** Undefined for all attributes. */
  readonly fields: readonly SelectField[] | undefined;
  readonly where: Condition | undefined;
  readonly order: readonly SelectOrder[];
}

/** A PartiQL statement with its parameters in place; it names a table, about which nothing is known yet. */
export type PartiqlStatement =
  | SelectStatement
  | { readonly kind: "exists"; readonly table: string; readonly select: SelectStatement }
  | { readonly kind: "insert"; readonly table: string; readonly item: Item }
  | {
      readonly kind: "update";
      readonly table: string;
      readonly update: Update;
      readonly where: Condition | undefined;
      readonly returning: Returning | undefined;
    }
  | {
      readonly kind: "delete";
      readonly table: string;
      readonly where: Condition | undefined;
      readonly returning: Returning | undefined;
    };

// What a text alone tells is the same for every request, so that it may be kept for the life of the process.
const statements = new SyntaxCache(parseStatementSyntax, cachedExpressionsMax / 5);

/**
 * Parses a PartiQL statement and puts its parameters (of read values) in.
 * @throws AwsError ValidationException in the service's words
 */
export function parsePartiql(statement: string, parameters: readonly AttributeValue[] = []): PartiqlStatement {
  if (statement.length > partiqlStatementCharactersMax) {
    throw invalid(`Member must have length less than or equal to ${partiqlStatementCharactersMax}`);
  }
  const text = statement.isWellFormed() ? statement : statement.toWellFormed();
  const syntax = statements.get(text);
  const binding = new Binding(text, parameters);
  const where = (clause: Expression | undefined) => clause && whereCondition(clause, binding);
  switch (syntax.kind) {
    case "select":
      return selectOf(syntax, binding);
    case "exists":
      return { kind: "exists", table: syntax.select.source.table, select: selectOf(syntax.select, binding) };
    case "insert":
      return { kind: "insert", table: syntax.source.table, item: literalItem(syntax.value, binding) };
    case "update": {
      const update = updateOf(syntax.actions, binding);
      const { table } = syntax.source;
      return { kind: "update", table, update, where: where(syntax.where), returning: syntax.returning };
    }
    case "delete":
      return {
        kind: "delete",
        table: syntax.source.table,
        where: where(syntax.where),
        returning: syntax.returning,
      };
  }
}

function selectOf({ source, items, where, order }: SelectSyntax, binding: Binding): SelectStatement {
  return {
    kind: "select",
    table: source.table,
    index: source.index,
    fields: items && selectFields(items, binding),
    where: where && whereCondition(where, binding),
    order: order.map(orderOf),
  };
}

function orderOf({ by, descending }: OrderSyntax): SelectOrder {
  if (by.kind === "path" && by.steps.length === 0) return { name: by.name, descending };
  const type = by.kind === "path" ? "PATH" : by.kind.toUpperCase();
  throw invalid(`Argument to ORDER BY must be of type VariableReference. Type: ${type}`);
}
