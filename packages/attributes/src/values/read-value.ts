import { invalid, invalidParameter, notAList, unreadable } from "../errors.js";
import { attributeNameBytesMax, nestingMax } from "../limits.js";
import { normalizeNumber } from "../numbers/number.js";
import type { AttributeMap, AttributeValue, Item } from "../value.js";
import { checkBase64 } from "./base64.js";
import { readBoolean, readString } from "./json-scalars.js";
import { NewMap } from "./new-map.js";
import { readSet } from "./read-set.js";

const emptyValue = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
const severalTypes =
  "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";

/**
 * Reads an item or key from parsed JSON in one walk: type tags, canonical numbers, sets without duplicates, names,
 * nesting. The result shares nothing with the input and its maps inherit nothing.
 * @throws AwsError SerializationException for wrong JSON types, ValidationException for wrong values
 */
export function readItem(json: unknown): Item {
  return readMap(json, 1);
}

/** Reads one attribute value from parsed JSON; see {@link readItem}. */
export function readValue(json: unknown): AttributeValue {
  return readNested(json, 1);
}

function readMap(json: unknown, level: number): AttributeMap {
  if (typeof json !== "object" || json === null) throw unreadable("Unexpected field type");
  if (Array.isArray(json)) {
    throw unreadable(
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    );
  }
  const map = new NewMap();
  for (const name of Object.keys(json)) {
    checkAttributeName(name);
    map[name] = readNested((json as Readonly<Record<string, unknown>>)[name], level);
  }
  return map;
}

/** @throws AwsError ValidationException for an empty name or one above 65535 bytes */
export function checkAttributeName(name: string): void {
  if (name === "") throw invalid("Empty attribute name");
  // A UTF-16 unit takes at most three bytes, so that most names need no counting.
  if (name.length * 3 > attributeNameBytesMax && Buffer.byteLength(name) > attributeNameBytesMax) {
    throw invalid(`Attribute name is too large, must be less than ${attributeNameBytesMax + 1} bytes`);
  }
}

function readNested(json: unknown, level: number): AttributeValue {
  if (level > nestingMax) {
    throw invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
  if (json === null || json === undefined) throw invalid(emptyValue);
  if (typeof json !== "object") throw unreadable("Unexpected value type in payload");
  if (Array.isArray(json)) {
    throw unreadable("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  }
  let value: AttributeValue | undefined;
  let several = false;
  for (const tag in json) {
    const content = (json as Readonly<Record<string, unknown>>)[tag];
    // A null member counts as absent, an unknown one is ignored (observed).
    if (content === null || content === undefined) continue;
    const read = readTagged(tag, content, level);
    if (read === undefined) continue;
    several = value !== undefined;
    value = read;
  }
  if (value === undefined) throw invalid(emptyValue);
  if (several) throw invalid(severalTypes);
  return value;
}

function readTagged(tag: string, content: unknown, level: number): AttributeValue | undefined {
  switch (tag) {
    case "S":
      return { S: readString(content) };
    case "N":
      return { N: normalizeNumber(readString(content)) };
    case "B":
      return { B: checkBase64(content) };
    case "BOOL":
      return { BOOL: readBoolean(content) };
    case "NULL":
      if (!readBoolean(content)) throw invalidParameter("Null attribute value types must have the value of true");
      return { NULL: true };
    case "SS":
    case "NS":
    case "BS":
      return readSet(tag, content);
    case "L":
      return { L: readList(content, level) };
    case "M":
      return { M: readMap(content, level + 1) };
    default:
      return undefined;
  }
}

function readList(json: unknown, level: number): AttributeValue[] {
  if (!Array.isArray(json)) throw notAList(json);
  const list = new Array<AttributeValue>(json.length);
  for (let i = 0; i < json.length; i++) list[i] = readNested(json[i], level + 1);
  return list;
}
