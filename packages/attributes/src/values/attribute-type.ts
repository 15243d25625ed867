import type { AttributeValue } from "../value.js";

/** The type tag of an attribute value. */
export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";

/** A value's type tag. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const tag in value) return tag as AttributeType;
  throw new TypeError("an attribute value without a type");
}

/** A value's content, to be cast by its {@link typeOf}. */
export function contentOf(value: AttributeValue): unknown {
  for (const tag in value) return (value as Readonly<Record<string, unknown>>)[tag];
  throw new TypeError("an attribute value without a type");
}

/** The element type of a set's type tag; undefined for other types. */
export function elementType(type: AttributeType): "S" | "N" | "B" | undefined {
  return type === "SS" ? "S" : type === "NS" ? "N" : type === "BS" ? "B" : undefined;
}
