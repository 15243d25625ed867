/**
 * A DynamoDB attribute value in the form of the JSON protocol: exactly one member. Numbers are decimal text, binaries
 * base64 text (standard alphabet, padded).
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

/** Attribute names to values. `__proto__` is a legal name: objects made here inherit nothing. */
export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}

/** An item, or a key. */
export type Item = AttributeMap;

/** The types a key attribute can have. */
export type KeyType = "S" | "N" | "B";

/** One attribute of a key schema. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** A primary key's schema. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}
