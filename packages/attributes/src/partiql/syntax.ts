import type { Span } from "./complaints.js";

// What the parser makes of a statement's text alone: parameters are still open, so that it can be kept.

/** An expression; which ones make sense where is decided when the statement gets its parameters. */
export type Expression = Span &
  (
    | { readonly kind: "path"; readonly name: string; readonly steps: readonly (string | Expression)[] }
    | { readonly kind: "string" | "number"; readonly text: string }
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "null" | "missing" | "ion" }
    /** `?`; `index` counts from zero. */
    | { readonly kind: "parameter"; readonly index: number }
    | { readonly kind: "list" | "bag"; readonly elements: readonly Expression[] }
    | { readonly kind: "tuple"; readonly entries: readonly (readonly [Expression, Expression])[] }
    /** The span is the function's name. */
    | { readonly kind: "call"; readonly name: string; readonly operands: readonly Expression[] }
    /** Signs and words in lower case, of any number of operands; the span is the sign or word. */
    | { readonly kind: "operator"; readonly operator: string; readonly operands: readonly Expression[] }
    | { readonly kind: "is"; readonly operand: Expression; readonly type: string }
    /** Parts of the language that DynamoDB leaves out. */
    | { readonly kind: "unsupported"; readonly word: string }
  );

/** A path expression. */
export type PathExpression = Extract<Expression, { readonly kind: "path" }>;

/** What FROM, INTO and UPDATE name. */
export interface SourceSyntax {
  readonly table: string;
  readonly index: string | undefined;
}

/** A name in ORDER BY. */
export interface OrderSyntax {
  readonly by: Expression;
  readonly descending: boolean;
}

export interface SelectSyntax {
  readonly kind: "select";
  readonly source: SourceSyntax;
  /** Undefined for `*`. */
  readonly items: readonly Expression[] | undefined;
  readonly where: Expression | undefined;
  readonly order: readonly OrderSyntax[];
}

export type ActionSyntax =
  | { readonly kind: "set"; readonly target: PathExpression; readonly value: Expression }
  | { readonly kind: "remove"; readonly target: PathExpression };

/** What RETURNING asks for. */
export type Returning = "ALL OLD" | "ALL NEW" | "MODIFIED OLD" | "MODIFIED NEW";

/** A whole statement. */
export type StatementSyntax =
  | SelectSyntax
  | { readonly kind: "exists"; readonly select: SelectSyntax }
  | { readonly kind: "insert"; readonly source: SourceSyntax; readonly value: Expression }
  | {
      readonly kind: "update";
      readonly source: SourceSyntax;
      readonly actions: readonly ActionSyntax[];
      readonly where: Expression | undefined;
      readonly returning: Returning | undefined;
    }
  | {
      readonly kind: "delete";
      readonly source: SourceSyntax;
      readonly where: Expression | undefined;
      readonly returning: Returning | undefined;
    };
