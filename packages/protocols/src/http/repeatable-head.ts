import type { SignedHead } from "../sigv4/signed-head.js";

/** The head of a request that is likely to come again on its connection, but for some values. */
export interface RepeatableHead {
  /** From the first byte of the request to the empty line's end. */
  readonly bytes: Buffer;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
  /** Where each value begins in `bytes`. */
  readonly valuesAt: readonly number[];
  /** Tells by its place in `rawHeaders` whether a value has changed between requests. */
  readonly changing: { has(place: number): boolean; readonly size: number };
  /** What verifies the next request with this head; there once one has been verified. */
  signed: SignedHead | undefined;
}
