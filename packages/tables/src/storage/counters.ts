import type { Counter } from "./write-transaction.js";

/** A counter's totals as stored: two big-endian unsigned 64-bit numbers. */
export function encodeCounter(counter: Counter): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, counter.items)), 0);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, counter.bytes)), 8);
  return bytes;
}

/** Reads {@link encodeCounter}'s bytes; nothing stored counts as zero. */
export function decodeCounter(bytes: Buffer | undefined): { items: number; bytes: number } {
  if (bytes === undefined) return { items: 0, bytes: 0 };
  return { items: Number(bytes.readBigUInt64BE(0)), bytes: Number(bytes.readBigUInt64BE(8)) };
}
