import type { Comparator } from "@hotkeep/attributes";

/** Numbers of the expression functions on the wire. Observed with all clients. */
export const functionNumber = {
  and: 6,
  or: 7,
  not: 8,
  between: 9,
  in: 10,
  attribute_exists: 11,
  attribute_not_exists: 12,
  attribute_type: 13,
  begins_with: 14,
  contains: 15,
  size: 16,
  value: 17,
  path: 18,
  set: 19,
  add: 20,
  delete: 21,
  remove: 22,
  if_not_exists: 23,
  list_append: 24,
  plus: 25,
  minus: 26,
} as const;

/** Comparators by their function number. Mind the order: 3 is `>=` and 5 is `<=`. */
export const comparators: readonly Comparator[] = ["=", "<>", "<", ">=", ">", "<="];

/** Names for messages, by function number. */
export const functionNames: readonly string[] = [
  ...comparators,
  "AND",
  "OR",
  "NOT",
  "BETWEEN",
  "IN",
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
  "value",
  "path",
  "SET",
  "ADD",
  "DELETE",
  "REMOVE",
  "if_not_exists",
  "list_append",
  "+",
  "-",
];

/** Tag of a list index in a document path. */
export const listIndexTag = 3324;

/** Version at the start of each expression. */
export const expressionVersion = 1;
