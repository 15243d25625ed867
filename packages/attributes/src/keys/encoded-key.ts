import { createHash } from "node:crypto";
import { inlineHashBytesMax } from "../limits.js";
import type { AttributeValue, Item, KeySchema } from "../value.js";
import { decodeKeyBytes, encodeKeyBytes } from "./key-bytes.js";

// Layout: scan bucket (2 bytes), length of the partition key (2), partition key, sort key to the end. The length makes
// the partition key's end known without escaping, so that no key grows; the order among partitions means nothing.
const bucketBytes = 2;
const headBytes = 4;
/** Stands in the place of the length when the partition key is its SHA-256. */
const digestMark = 0xffff;
const digestBytes = 32;

/** Scan buckets: values of the first two bytes of an encoded key. */
export const scanBuckets = 0x1_0000;

/**
 * An item's place in a sorted store: scan bucket, partition key, sort key, so that the items of a partition stand
 * together in the order of their sort keys and partitions are spread evenly over the buckets. At most 1,540 bytes: a
 * partition key above 512 bytes stands as its SHA-256 and must be taken from the stored item; a sort key always stands
 * in full, so that the order is exact.
 * @param leadBytes bytes left free in front of it, the caller's to fill
 */
export function encodeKey(schema: KeySchema, key: Item, leadBytes = 0): Buffer {
  const hash = key[schema.hash.name]!;
  if (schema.range === undefined) return encodeHash(schema, hash, leadBytes, 0);
  const range = encodeKeyBytes(key[schema.range.name]!, schema.range.type);
  const bytes = encodeHash(schema, hash, leadBytes, range.length);
  bytes.set(range, bytes.length - range.length);
  return bytes;
}

/** The bytes that the encoded keys of one partition, and no others, begin with. */
export function encodeHashPrefix(schema: KeySchema, hash: AttributeValue): Buffer {
  return encodeHash(schema, hash, 0, 0);
}

/** A partition's prefix, with room before and after it. */
function encodeHash(schema: KeySchema, hash: AttributeValue, leadBytes: number, tailBytes: number): Buffer {
  const full = encodeKeyBytes(hash, schema.hash.type);
  const long = full.length > inlineHashBytesMax;
  const shown = long ? createHash("sha256").update(full).digest() : full;
  const bytes = Buffer.allocUnsafe(leadBytes + headBytes + shown.length + tailBytes);
  bytes.writeUInt16BE(scanBucket(full), leadBytes);
  bytes.writeUInt16BE(long ? digestMark : full.length, leadBytes + bucketBytes);
  bytes.set(shown, leadBytes + headBytes);
  return bytes;
}

/** The key attributes in an encoded key; undefined when its partition key was shortened. */
export function decodeKey(schema: KeySchema, bytes: Uint8Array): Item | undefined {
  const mark = (bytes[bucketBytes]! << 8) | bytes[bucketBytes + 1]!;
  if (mark === digestMark) return undefined;
  const end = headBytes + mark;
  const key: Record<string, AttributeValue> = Object.create(null);
  key[schema.hash.name] = decodeKeyBytes(bytes.subarray(headBytes, end), schema.hash.type);
  if (schema.range !== undefined) {
    key[schema.range.name] = decodeKeyBytes(bytes.subarray(end), schema.range.type);
  }
  return key;
}

/** The sort key's bytes in an encoded key; empty when the schema has none. */
export function rangeBytesOf(bytes: Uint8Array): Uint8Array {
  const mark = (bytes[bucketBytes]! << 8) | bytes[bucketBytes + 1]!;
  return bytes.subarray(headBytes + (mark === digestMark ? digestBytes : mark));
}

/** FNV-1a with a final mix: keys that differ in one letter land far apart. Not secret, and must never change. */
function scanBucket(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xffff;
}
