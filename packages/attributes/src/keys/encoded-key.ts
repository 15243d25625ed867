import { createHash } from "node:crypto";
import { inlineHashBytesMax } from "../limits.js";
import type { AttributeValue, Item, KeySchema } from "../value.js";
import { decodeKeyBytes, keyBytesMax, writeKeyBytes } from "./key-bytes.js";

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
  return encode(schema, key[schema.hash.name]!, schema.range && key[schema.range.name]!, leadBytes);
}

/** The bytes that the encoded keys of one partition, and no others, begin with. */
export function encodeHashPrefix(schema: KeySchema, hash: AttributeValue): Buffer {
  return encode(schema, hash, undefined, 0);
}

/** Where keys are put together: how long one is shows only then. Longer ones than DynamoDB allows get memory of their own. */
const workbench = Buffer.allocUnsafeSlow(16 * 1024);
/** Keys of up to so many bytes are copied here: calling out of the engine costs more. */
const copiedBytesMax = 128;

function encode(schema: KeySchema, hash: AttributeValue, range: AttributeValue | undefined, leadBytes: number): Buffer {
  const hashAt = leadBytes + headBytes;
  const bytesMax = hashAt + keyBytesMax(hash) + (range === undefined ? 0 : keyBytesMax(range));
  const bytes = bytesMax <= workbench.length ? workbench : Buffer.allocUnsafe(bytesMax);
  let end = hashAt + writeKeyBytes(hash, schema.hash.type, bytes, hashAt);
  const long = end - hashAt > inlineHashBytesMax;
  const bucket = scanBucket(bytes, hashAt, end);
  const mark = long ? digestMark : end - hashAt;
  bytes[leadBytes] = bucket >> 8;
  bytes[leadBytes + 1] = bucket;
  bytes[leadBytes + bucketBytes] = mark >> 8;
  bytes[leadBytes + bucketBytes + 1] = mark;
  if (long) {
    createHash("sha256").update(bytes.subarray(hashAt, end)).digest().copy(bytes, hashAt);
    end = hashAt + digestBytes;
  }
  if (range !== undefined) end += writeKeyBytes(range, schema.range!.type, bytes, end);
  const encoded = Buffer.allocUnsafe(end);
  if (end > copiedBytesMax) bytes.copy(encoded, 0, 0, end);
  else for (let i = leadBytes; i < end; i++) encoded[i] = bytes[i]!;
  return encoded;
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
function scanBucket(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xffff;
}
