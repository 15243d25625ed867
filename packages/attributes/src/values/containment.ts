import type { AttributeValue } from "../value.js";
import { contentOf, elementType, typeOf } from "./attribute-type.js";
import { equalValues } from "./compare.js";

/** `begins_with`: strings by characters, binaries by bytes; false for other types and two different ones. */
export function startsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if ("S" in value) return "S" in prefix && value.S.startsWith(prefix.S);
  if (!("B" in value) || !("B" in prefix)) return false;
  const bytes = Buffer.from(value.B, "base64");
  const start = Buffer.from(prefix.B, "base64");
  return bytes.length >= start.length && bytes.subarray(0, start.length).equals(start);
}

/** `contains`: a substring, a run of bytes, an element of a set (of its type) or of a list (any). */
export function contains(value: AttributeValue, element: AttributeValue): boolean {
  if ("L" in value) return value.L.some((member) => equalValues(member, element));
  if ("S" in value) return "S" in element && value.S.includes(element.S);
  if ("B" in value) {
    return "B" in element && Buffer.from(value.B, "base64").includes(Buffer.from(element.B, "base64"));
  }
  const type = typeOf(value);
  const member = elementType(type);
  if (member === undefined || typeOf(element) !== member) return false;
  return (contentOf(value) as readonly string[]).includes(contentOf(element) as string);
}
