import { invalid } from "../errors.js";
import { at, notWellFormed } from "./complaints.js";
import { ExpressionParser } from "./expression-parser.js";
import type {
  ActionSyntax,
  Expression,
  OrderSyntax,
  PathExpression,
  Returning,
  SelectSyntax,
  SourceSyntax,
  StatementSyntax,
} from "./syntax.js";
import { TokenReader } from "./token-reader.js";

/**
 * Parses a statement's text.
 * @throws AwsError ValidationException for what is no statement, and for parts of PartiQL that DynamoDB leaves out
 */
export function parseStatementSyntax(text: string): StatementSyntax {
  return new StatementParser(text).parse();
}

class StatementParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;

  constructor(text: string) {
    this.#reader = new TokenReader(text);
    this.#expressions = new ExpressionParser(this.#reader);
  }

  parse(): StatementSyntax {
    const statement = this.#statement();
    this.#reader.finish();
    return statement;
  }

  #statement(): StatementSyntax {
    if (this.#reader.sees("select")) return this.#select();
    if (this.#reader.skip("insert")) return this.#insert();
    if (this.#reader.skip("update")) return this.#update();
    if (this.#reader.skip("delete")) return this.#delete();
    if (this.#reader.skip("exists")) return this.#exists();
    throw notWellFormed("Expected data manipulation");
  }

  #exists(): StatementSyntax {
    this.#reader.expect("(");
    if (!this.#reader.sees("select")) throw invalid("Unsupported operation in transaction.");
    const select = this.#select();
    this.#reader.expect(")");
    return { kind: "exists", select };
  }

  #select(): SelectSyntax {
    this.#reader.expect("select");
    if (this.#reader.skip("distinct")) this.#reader.complainLater("Unsupported token in expression: DISTINCT");
    this.#reader.skip("all");
    const items = this.#items();
    if (!this.#reader.skip("from")) throw notWellFormed("Expected FROM after SELECT list");
    const source = this.#from();
    const where = this.#where();
    const order = this.#order();
    for (const clause of ["group", "having", "limit"]) this.#unsupportedClause(clause);
    return { kind: "select", source, items, where, order };
  }

  #items(): readonly Expression[] | undefined {
    if (this.#reader.skip("value")) {
      this.#reader.complainLater("Select projection doesn't support value or pivot keywords");
      return [this.#expressions.expression()];
    }
    const items: Expression[] = [];
    let star = false;
    do {
      if (this.#reader.skip("*")) {
        star = true;
        continue;
      }
      items.push(this.#expressions.expression());
      this.#alias();
    } while (this.#reader.skip(","));
    if (!star) return items;
    if (items.length === 0) return undefined;
    throw notWellFormed(
      "Other expressions may not be present in the select list when '*' is used without dot notation.",
    );
  }

  #alias(): void {
    const named = this.#reader.skip("as") || this.#reader.skip("at");
    const { kind } = this.#reader.next;
    if (kind === "name" || kind === "quoted") this.#reader.take();
    else if (named) throw notWellFormed("Expected identifier for alias");
    else return;
    this.#reader.complainLater("Aliasing is not supported");
  }

  #from(): SourceSyntax {
    const from = this.#expressions.expression();
    this.#alias();
    while (this.#reader.skip(",")) {
      this.#expressions.expression();
      this.#alias();
      this.#reader.complainLater("Only select from a single table or index is supported.");
    }
    return this.#source(from);
  }

  #source(from: Expression): SourceSyntax {
    if (from.kind !== "path" || from.steps.some((step) => typeof step !== "string")) {
      this.#reader.complainLater("Unexpected from source");
      return { table: "", index: undefined };
    }
    const [index, ...more] = from.steps as readonly string[];
    if (more.length > 0) this.#reader.complainLater("A path may contain at most 2 components in the FROM clause");
    if (from.name === "" || index === "") this.#reader.complainLater("Path component cannot be an empty string");
    return { table: from.name, index };
  }

  #where(): Expression | undefined {
    return this.#reader.skip("where") ? this.#expressions.expression() : undefined;
  }

  #order(): readonly OrderSyntax[] {
    const order: OrderSyntax[] = [];
    if (!this.#reader.skip("order")) return order;
    this.#reader.expect("by");
    do {
      const by = this.#expressions.expression();
      const descending = this.#reader.skip("desc");
      if (!descending) this.#reader.skip("asc");
      order.push({ by, descending });
    } while (this.#reader.skip(","));
    return order;
  }

  /** Reads over a clause of SQL that is not a part of DynamoDB's language. */
  #unsupportedClause(clause: string): void {
    if (!this.#reader.skip(clause)) return;
    if (clause === "group") this.#reader.expect("by");
    const first = this.#expressions.expression();
    while (this.#reader.skip(",")) this.#expressions.expression();
    const name = clause === "group" ? "GROUP BY" : `${clause.toUpperCase()}${at(this.#reader.text, first)}`;
    this.#reader.complainLater(`Unsupported clause: ${name}`);
  }

  #insert(): StatementSyntax {
    this.#reader.expect("into");
    const source = this.#source(this.#expressions.path());
    if (!this.#reader.skip("value")) {
      this.#expressions.expression();
      this.#reader.complainLater("Unsupported operation: InsertOp");
      return { kind: "insert", source, value: { kind: "null", start: 0, end: 0 } };
    }
    const value = this.#expressions.expression();
    if (this.#returning() !== undefined) this.#reader.complainLater("RETURNING is not supported in INSERT");
    if (source.index !== undefined) {
      this.#reader.complainLater("FROM clause may only contain a single table name in data manipulation statements");
    }
    return { kind: "insert", source, value };
  }

  #update(): StatementSyntax {
    const source = this.#changedSource();
    const actions: ActionSyntax[] = [];
    while (this.#reader.sees("set") || this.#reader.sees("remove")) {
      if (this.#reader.skip("remove")) actions.push({ kind: "remove", target: this.#expressions.path() });
      else this.#assignments(actions);
    }
    if (actions.length === 0) throw notWellFormed("Expected data manipulation");
    return { kind: "update", source, actions, where: this.#where(), returning: this.#returning() };
  }

  #assignments(actions: ActionSyntax[]): void {
    this.#reader.take();
    do {
      const target: PathExpression = this.#expressions.path();
      this.#reader.expect("=");
      actions.push({ kind: "set", target, value: this.#expressions.expression() });
    } while (this.#reader.skip(","));
  }

  #delete(): StatementSyntax {
    if (!this.#reader.skip("from")) throw notWellFormed("Expected FROM after DELETE");
    const source = this.#changedSource();
    const where = this.#where();
    const returning = this.#returning();
    if (returning !== undefined && returning !== "ALL OLD") {
      this.#reader.complainLater(
        `Invalid returning clause: RETURNING ${returning} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
      );
    }
    return { kind: "delete", source, where, returning };
  }

  #changedSource(): SourceSyntax {
    const source = this.#source(this.#expressions.path());
    this.#alias();
    if (source.index !== undefined) this.#reader.complainLater("This operation is not supported on an index");
    return source;
  }

  #returning(): Returning | undefined {
    if (!this.#reader.skip("returning")) return undefined;
    const returning = this.#returned();
    while (this.#reader.skip(",")) {
      this.#returned();
      this.#reader.complainLater("Invalid syntax with multiple returning elements in RETURNING clause");
    }
    return returning;
  }

  #returned(): Returning {
    const which = this.#reader.skip("all") ? "ALL" : this.#reader.skip("modified") ? "MODIFIED" : undefined;
    if (which === undefined) throw notWellFormed("Expected ALL or MODIFIED");
    const age = this.#reader.skip("new") ? "NEW" : this.#reader.skip("old") ? "OLD" : undefined;
    if (age === undefined) throw notWellFormed("Expected NEW or OLD");
    if (!this.#reader.skip("*")) {
      if (this.#reader.isOver) throw notWellFormed("Unexpected term");
      this.#expressions.expression();
      this.#reader.complainLater("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause");
    }
    return `${which} ${age}`;
  }
}
