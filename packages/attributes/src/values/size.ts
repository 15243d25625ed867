import { invalid } from "../errors.js";
import { itemBytesMax } from "../limits.js";
import type { AttributeMap, AttributeValue, Item } from "../value.js";
import { contentOf, typeOf } from "./attribute-type.js";
import { base64Bytes } from "./base64.js";

/** What a list or map costs beside its entries (documented). */
const containerBytes = 3;
/** What each entry of a list or map costs beside itself (documented). */
const entryBytes = 1;

/** An item's size by DynamoDB's rules: UTF-8 bytes of the names and the size of each value. */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name in item) size += utf8Bytes(name) + valueSizeBytes(item[name]!);
  return size;
}

/** A value's size by DynamoDB's rules, in bytes. */
export function valueSizeBytes(value: AttributeValue): number {
  const content = contentOf(value);
  switch (typeOf(value)) {
    case "S":
      return utf8Bytes(content as string);
    case "N":
      return numberBytes(content as string);
    case "B":
      return base64Bytes(content as string);
    case "BOOL":
    case "NULL":
      return 1;
    case "SS":
      return total(content as readonly string[], utf8Bytes);
    case "NS":
      return total(content as readonly string[], numberBytes);
    case "BS":
      return total(content as readonly string[], base64Bytes);
    case "L":
      return (
        containerBytes + total(content as readonly AttributeValue[], (entry) => entryBytes + valueSizeBytes(entry))
      );
    case "M": {
      const map = content as AttributeMap;
      let size = containerBytes;
      for (const name in map) size += entryBytes + utf8Bytes(name) + valueSizeBytes(map[name]!);
      return size;
    }
  }
}

function total<T>(list: readonly T[], sizeOf: (element: T) => number): number {
  let size = 0;
  for (const element of list) size += sizeOf(element);
  return size;
}

/** Texts up to this many characters are counted here: calling out of the engine costs more. */
const countedCharactersMax = 48;

function utf8Bytes(text: string): number {
  if (text.length > countedCharactersMax) return Buffer.byteLength(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/**
 * One byte, one per pair of significant digits (pairs stand on even places from the point), one for a minus sign.
 * Documented as "approximately"; this is the closest rule that fits the documented examples.
 */
function numberBytes(canonical: string): number {
  if (canonical === "0") return 1;
  const negative = canonical.charCodeAt(0) === 45;
  const unsigned = negative ? canonical.slice(1) : canonical;
  const dot = unsigned.indexOf(".");
  const whole = dot < 0 ? unsigned.length : dot;
  let first = 0;
  while (unsigned[first] === "0" || unsigned[first] === ".") first++;
  let last = unsigned.length - 1;
  while (unsigned[last] === "0") last--;
  const pairs = pairOf(last, whole) - pairOf(first, whole) + 1;
  return 1 + pairs + (negative ? 1 : 0);
}

/** Number of the digit pair, counted from the point, that the character at `index` belongs to. */
function pairOf(index: number, whole: number): number {
  return index < whole ? -Math.ceil((whole - index) / 2) : Math.floor((index - whole - 1) / 2);
}

/**
 * The item's size in bytes.
 * @throws AwsError ValidationException beyond 400 KB, in the words for puts or for updates
 */
export function checkItemSize(item: Item, during: "put" | "update" = "put"): number {
  const size = itemSizeBytes(item);
  if (size > itemBytesMax) {
    throw invalid(`Item size ${during === "update" ? "to update " : ""}has exceeded the maximum allowed size`);
  }
  return size;
}
