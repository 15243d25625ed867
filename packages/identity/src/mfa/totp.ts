import { createHmac, timingSafeEqual } from "node:crypto";

const STEP_MS = 30_000;
const DIGITS = 6;

/** The number of the 30-second step that a time (ms since the epoch) lies in. */
export function stepAt(ms: number): number {
  return Math.floor(ms / STEP_MS);
}

/** The six digits of one step: RFC 6238 with HMAC-SHA-1, as authenticator apps make them. */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = mac[mac.length - 1]! & 15;
  const number = (mac.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, "0");
}

function sameCode(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Where to look for codes: `reach` steps before and after `around`, and nothing up to `after`. */
export interface CodeWindow {
  readonly around: number;
  readonly reach: number;
  readonly after: number;
}

/**
 * The step whose code is the first of `codes`, the next step's being the second, and so on, nearest to the middle of the
 * window; undefined when there is none.
 */
export function findStep(secret: Uint8Array, codes: readonly string[], window: CodeWindow): number | undefined {
  for (let distance = 0; distance <= window.reach; distance++) {
    for (const step of distance === 0 ? [window.around] : [window.around - distance, window.around + distance]) {
      if (step <= window.after) continue;
      if (codes.every((code, at) => sameCode(code, codeAt(secret, step + at)))) return step;
    }
  }
  return undefined;
}
