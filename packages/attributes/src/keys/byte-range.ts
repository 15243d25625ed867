import type { KeyCondition } from "../expressions/key-condition.js";
import type { KeySchema } from "../value.js";
import { encodeHashPrefix, scanBuckets } from "./encoded-key.js";
import { encodeKeyBytes } from "./key-bytes.js";

/** A half-open range of encoded keys, `from` <= key < `to`; `to` undefined means to the end. */
export interface ByteRange {
  readonly from: Buffer;
  readonly to: Buffer | undefined;
}

/** Where the keys that a key condition selects stand: all of them, and no others. */
export function keyRange(condition: KeyCondition, schema: KeySchema): ByteRange {
  const prefix = encodeHashPrefix(schema, condition.hash);
  const all: ByteRange = { from: prefix, to: afterPrefix(prefix) };
  const { range } = condition;
  if (range === undefined) return all;
  const type = schema.range!.type;
  if (range.operator === "between") {
    return {
      from: Buffer.concat([prefix, encodeKeyBytes(range.low, type)]),
      to: justAfter(Buffer.concat([prefix, encodeKeyBytes(range.high, type)])),
    };
  }
  const at = Buffer.concat([prefix, encodeKeyBytes(range.value, type)]);
  switch (range.operator) {
    case "=":
      return { from: at, to: justAfter(at) };
    case "<":
      return { from: prefix, to: at };
    case "<=":
      return { from: prefix, to: justAfter(at) };
    case ">":
      return { from: justAfter(at), to: all.to };
    case ">=":
      return { from: at, to: all.to };
    case "begins_with":
      return { from: at, to: afterPrefix(at) };
  }
}

/** The smallest bytes above `key`. */
function justAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}

/** The smallest bytes above all that begin with `prefix`; undefined when nothing is. */
export function afterPrefix(prefix: Uint8Array): Buffer | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const after = Buffer.from(prefix.subarray(0, end));
  after[end - 1]! += 1;
  return after;
}

/**
 * The keys of one segment of a parallel scan (0 <= segment < totalSegments): disjoint, together complete, whole
 * partitions. With more segments than scan buckets (65,536) some are empty.
 */
export function segmentRange(segment: number, totalSegments: number): ByteRange {
  return { from: bucketStart(segment, totalSegments)!, to: bucketStart(segment + 1, totalSegments) };
}

function bucketStart(segment: number, totalSegments: number): Buffer | undefined {
  if (segment === totalSegments) return undefined;
  const bucket = Math.floor((segment * scanBuckets) / totalSegments);
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16BE(bucket, 0);
  return bytes;
}
