/** Records are counted; what clients see is that count as 21 digits, so that text and number have one order. */
const base = 100_000_000_000_000_000_000n;

/** The first number of a stream. */
export const firstSequence = 1;

/** The `SequenceNumber` of a count. */
export function sequenceNumber(sequence: number): string {
  return String(base + BigInt(sequence));
}

/** The count of a `SequenceNumber`; undefined for text that is none of ours. */
export function readSequenceNumber(text: string): number | undefined {
  if (!/^1\d{20}$/.test(text)) return undefined;
  const sequence = BigInt(text) - base;
  return sequence > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(sequence);
}
