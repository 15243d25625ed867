import type { AttributeValue } from "./value.js";

/** Where in an item: attribute name, then map keys (text) and list indexes (numbers). */
export type DocumentPath = readonly [string, ...(string | number)[]];

/** What can stand in a comparison. */
export type Operand =
  | { readonly kind: "path"; readonly path: DocumentPath }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "size"; readonly operand: Operand };

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** Condition, filter and key condition expressions. Placeholders are resolved; parentheses leave no trace. */
export type Condition =
  | { readonly kind: "compare"; readonly operator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: "attribute_exists" | "attribute_not_exists"; readonly path: DocumentPath }
  | { readonly kind: "attribute_type"; readonly path: DocumentPath; readonly type: Operand }
  | { readonly kind: "begins_with" | "contains"; readonly operand: Operand; readonly argument: Operand };

/** The right side of a SET action. */
export type SetValue =
  | { readonly kind: "path"; readonly path: DocumentPath }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "if_not_exists"; readonly path: DocumentPath; readonly otherwise: SetValue }
  | { readonly kind: "list_append"; readonly left: SetValue; readonly right: SetValue }
  | { readonly kind: "+" | "-"; readonly left: SetValue; readonly right: SetValue };

export type UpdateAction =
  | { readonly kind: "set"; readonly path: DocumentPath; readonly value: SetValue }
  | { readonly kind: "remove"; readonly path: DocumentPath }
  | { readonly kind: "add" | "delete"; readonly path: DocumentPath; readonly value: AttributeValue };

/** An update expression: its actions in the order of the text. */
export type Update = readonly UpdateAction[];

/** A projection expression. */
export type Projection = readonly DocumentPath[];
