import { type AbsentPart, loadCompiledPart } from "@hotkeep/core/compiled-part";

/** A head made by {@link NativeSignedHeads.make}; only handed back to `take`. */
export type HeadHandle = object & { readonly signedHead: unique symbol };

/**
 * The calls of native/signed-heads.c, which tells what they do. Every call throws a RangeError for an argument that
 * cannot be meant.
 */
export interface NativeSignedHeads {
  readonly contract: number;
  readonly valuesMax: number;
  readonly piecesMax: number;
  readonly resultsCount: number;
  /**
   * @param values {@link valueKinds}, from, to; …
   * @param pieces number of a value or {@link pieceSources}, from, to; …
   */
  make(
    bytes: Buffer,
    values: Int32Array,
    text: Buffer,
    pieces: Int32Array,
    scope: Buffer,
    innerBlock: Buffer,
    outerBlock: Buffer,
  ): HeadHandle;
  take(head: HeadHandle, memory: Buffer, start: number, end: number, results: Int32Array): boolean;
}

/** What is asked of a value that may change, as native/signed-heads.c numbers it. */
export const valueKinds = { plain: 0, length: 1, signature: 2, date: 3, bodyHash: 4 } as const;

/** Where a piece of a canonical request comes from, if not from a value. */
export const pieceSources = { text: -1, bodyHash: -2 } as const;

/** Places in the results of `take`: of the last, two numbers for each value. */
export const resultPlaces = { headBytes: 0, bodyBytes: 1, sameDate: 2, firstValue: 3 } as const;

/** The contract that this side of the calls was written for. */
const contract = 1;

let loaded: NativeSignedHeads | AbsentPart | undefined;

/** The compiled calls, or why there are none. Looked for once a process. */
export function loadNativeSignedHeads(): NativeSignedHeads | AbsentPart {
  loaded ??= loadCompiledPart({ from: import.meta.url, name: "signed-heads", contract, platforms: ["linux"] });
  return loaded;
}
