import type { Comparator } from "../expression.js";

// What the parsers make of a text alone. Placeholders are still in it, so that it can be kept and used for any request.

/** A document path; names that begin with `#` are placeholders. */
export interface PathSyntax {
  readonly kind: "path";
  readonly elements: readonly (string | number)[];
}

/** A `:placeholder`. */
export interface ValueSyntax {
  readonly kind: "value";
  readonly placeholder: string;
}

/** A call of any function, known or not. */
export interface CallSyntax {
  readonly kind: "call";
  readonly name: string;
  readonly operands: readonly OperandSyntax[];
}

export type OperandSyntax = PathSyntax | ValueSyntax | CallSyntax;

export type ConditionSyntax =
  | CallSyntax
  | {
      readonly kind: "compare";
      readonly operator: Comparator;
      readonly left: OperandSyntax;
      readonly right: OperandSyntax;
    }
  | {
      readonly kind: "between";
      readonly operand: OperandSyntax;
      readonly low: OperandSyntax;
      readonly high: OperandSyntax;
    }
  | { readonly kind: "in"; readonly operand: OperandSyntax; readonly list: readonly OperandSyntax[] }
  | { readonly kind: "and" | "or"; readonly left: ConditionSyntax; readonly right: ConditionSyntax }
  | { readonly kind: "not"; readonly condition: ConditionSyntax };

/** The right side of SET. */
export type SetSyntax =
  | OperandSyntax
  | { readonly kind: "+" | "-"; readonly left: OperandSyntax; readonly right: OperandSyntax };

export type ActionSyntax =
  | { readonly kind: "set"; readonly path: PathSyntax; readonly value: SetSyntax }
  | { readonly kind: "remove"; readonly path: PathSyntax }
  | { readonly kind: "add" | "delete"; readonly path: PathSyntax; readonly value: ValueSyntax };

/** An update's actions in the order of the text, and the sections that occur a second time, in upper case. */
export interface UpdateSyntax {
  readonly actions: readonly ActionSyntax[];
  readonly repeatedSection: string | undefined;
}
