import type { AttributeMap, AttributeValue, Item, KeyAttribute, KeySchema, KeyType } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import { CborReader, utf8Text } from "../cbor/reader.js";
import { type CborWriter, encode } from "../cbor/writer.js";
import { malformedRequest } from "../errors.js";
import { readMap, readValue, writeValue } from "./attribute-value.js";
import {
  decodeLexicographicDecimal,
  encodeLexicographicDecimal,
  isCanonicalLexicographicDecimal,
} from "./lexicographic-decimal.js";

// A key travels as one byte string. The last part has no header: raw UTF-8 or bytes, or a number in a form that sorts;
// a partition key in front of a sort key, and a partition key that is a number, is a CBOR value.

/**
 * The key's attributes.
 * @throws AwsError ValidationException when the bytes do not fit the schema, for instance because the client still
 * has the schema of a table that was dropped
 */
export function decodeKey(schema: KeySchema, key: Buffer): AttributeMap {
  const result: Record<string, AttributeValue> = Object.create(null);
  if (schema.range === undefined && schema.hash.type !== "N") {
    result[schema.hash.name] = rawValue(schema.hash.type, key);
    return result;
  }
  const reader = new CborReader(key);
  result[schema.hash.name] = headedValue(schema.hash, reader);
  if (schema.range !== undefined) {
    const { name, type } = schema.range;
    result[name] =
      type === "N"
        ? { N: decodeLexicographicDecimal(key, reader.position, key.length) }
        : rawValue(type, key.subarray(reader.position));
  } else if (!reader.atEnd) {
    throw mismatch();
  }
  return result;
}

function rawValue(type: KeyType, bytes: Buffer): AttributeValue {
  return type === "S" ? { S: utf8Text(bytes, "a key") } : { B: bytes.toString("base64") };
}

function headedValue(attribute: KeyAttribute, reader: CborReader): AttributeValue {
  let value: AttributeValue;
  try {
    value = readValue(reader);
  } catch (cause) {
    // Errors about the number itself tell the user more than that the key does not fit.
    if (attribute.type === "N" && cause instanceof AwsError) throw cause;
    throw mismatch(cause);
  }
  if (!(attribute.type in value)) throw mismatch();
  return value;
}

function mismatch(cause?: unknown): AwsError {
  return new AwsError("ValidationException", "The provided key element does not match the schema", { cause });
}

/** Key bytes of an item (or of a key) in their canonical form. @throws AwsError when a key attribute is missing */
export function encodeKey(schema: KeySchema, item: Item): Buffer {
  const hash = keyValue(schema.hash, item);
  const { range } = schema;
  if (range === undefined) return schema.hash.type === "N" ? encode((writer) => writeValue(writer, hash)) : raw(hash);
  const rangeValue = keyValue(range, item);
  return encode((writer) => {
    writeValue(writer, hash);
    writer.raw("N" in rangeValue ? encodeLexicographicDecimal(rangeValue.N) : raw(rangeValue));
  });
}

function keyValue(attribute: KeyAttribute, item: Item): AttributeValue {
  const value = item[attribute.name];
  if (value === undefined || !(attribute.type in value)) throw mismatch();
  return value;
}

function raw(value: AttributeValue): Buffer {
  return "S" in value ? Buffer.from(value.S, "utf8") : Buffer.from((value as { readonly B: string }).B, "base64");
}

/**
 * Whether `buffer` from `start` to `end` is for sure the canonical form of the key in it, by which it may be looked up
 * and compared. Allocates nothing. False also for partition keys that are fractions or very large numbers, whose form
 * only {@link canonicalKey} can judge. Bytes that {@link decodeKey} does not accept may pass, but can never have been
 * stored.
 */
export function isCanonicalKey(schema: KeySchema, buffer: Buffer, start: number, end: number): boolean {
  const { hash, range } = schema;
  if (range === undefined) {
    return hash.type !== "N" || (end > start && isCanonicalHead(hash.type, buffer, start, end) === end);
  }
  if (end <= start) return false;
  const rangeStart = isCanonicalHead(hash.type, buffer, start, end);
  if (rangeStart < 0) return false;
  return range.type !== "N" || isCanonicalLexicographicDecimal(buffer, rangeStart, end);
}

/** Offset behind a partition key in CBOR if it is in canonical form, else -1. */
function isCanonicalHead(type: KeyType, buffer: Buffer, start: number, end: number): number {
  const initial = buffer[start]!;
  const major = initial >> 5;
  // Other encodings of numbers (large ones, fractions) are rare as partition keys and take the long way.
  if (type === "N" ? major > 1 : major !== (type === "S" ? 3 : 2)) return -1;
  const info = initial & 31;
  let at = start + 1;
  let value = info;
  if (info >= 24) {
    if (info > 27) return -1;
    const length = 1 << (info - 24);
    if (at + length > end) return -1;
    value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + buffer[at + i]!;
    at += length;
    const shortest = info === 24 ? 24 : info === 25 ? 0x100 : info === 26 ? 0x10000 : 0x1_0000_0000;
    if (value < shortest || (info === 27 && buffer[start + 1]! >= 0x80)) return -1;
  }
  if (type === "N") return at;
  return at + value <= end ? at + value : -1;
}

/**
 * The canonical form of key bytes: equal keys have equal canonical bytes, however the client wrote their numbers and
 * headers. Returns `key` itself when it is canonical already.
 * @throws AwsError ValidationException when the bytes do not fit the schema
 */
export function canonicalKey(schema: KeySchema, key: Buffer): Buffer {
  const attributes = decodeKey(schema, key);
  return isCanonicalKey(schema, key, 0, key.length) ? key : encodeKey(schema, attributes);
}

/** Reads the key of an index: a map from attribute names to values. @throws AwsError ValidationException */
export function decodeCompoundKey(bytes: Buffer): AttributeMap {
  const reader = new CborReader(bytes);
  const map = readMap(reader, 0);
  if (!reader.atEnd) throw malformedRequest("there is something behind a key");
  return map;
}

/** Writes the key of an index. Observed: one client insists on a map of indefinite length here, and only here. */
export function writeCompoundKey(writer: CborWriter, key: Item): void {
  writer.openMap();
  for (const [name, value] of Object.entries(key)) {
    writer.text(name);
    writeValue(writer, value);
  }
  writer.endOpen();
}
