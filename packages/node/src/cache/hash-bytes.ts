/** A 32-bit hash of `buffer[start, end)`. */
export function hashBytes(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  // Four bytes a step: one multiplication instead of four.
  for (const whole = end - 3; at < whole; at += 4) {
    const word = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ buffer[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Whether `held` from `at` on is `buffer[start, end)`. */
export function sameBytes(held: Uint8Array, at: number, buffer: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (held[at++] !== buffer[i]) return false;
  return true;
}
