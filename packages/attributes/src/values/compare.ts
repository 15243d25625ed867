import { compareNumbers } from "../numbers/number.js";
import type { AttributeMap, AttributeValue } from "../value.js";
import { contentOf, typeOf } from "./attribute-type.js";

/** Whether two values are the same: numbers by value, sets without order. Both must have canonical numbers. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  const left = contentOf(a);
  const right = contentOf(b);
  switch (type) {
    case "SS":
    case "NS":
    case "BS":
      return equalSets(left as readonly string[], right as readonly string[]);
    case "L":
      return equalLists(left as readonly AttributeValue[], right as readonly AttributeValue[]);
    case "M":
      return equalMaps(left as AttributeMap, right as AttributeMap);
    default:
      return left === right;
  }
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const elements = new Set(a);
  return b.every((element) => elements.has(element));
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((value, index) => equalValues(value, b[index]!));
}

function equalMaps(a: AttributeMap, b: AttributeMap): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalValues(a[name]!, b[name]!))
  );
}

/**
 * DynamoDB's order of two strings (UTF-8 bytes), two numbers or two binaries (unsigned bytes): negative, 0 or
 * positive. Undefined for other types and for two different ones.
 */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ("S" in a) return "S" in b ? compareText(a.S, b.S) : undefined;
  if ("N" in a) return "N" in b ? compareNumbers(a.N, b.N) : undefined;
  if ("B" in a && "B" in b) return Buffer.from(a.B, "base64").compare(Buffer.from(b.B, "base64"));
  return undefined;
}

/** Orders text by its UTF-8 bytes, which is by code point: not the order of UTF-16 units. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return byCodePoint(left) - byCodePoint(right);
  }
  return a.length - b.length;
}

/** Moves surrogates, which begin characters above all others, behind U+E000..U+FFFF. */
function byCodePoint(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
