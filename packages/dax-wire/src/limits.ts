/** Longest request frame, in bytes. Ours: four times the largest legal DynamoDB request (a batch of 16 MB). */
export const frameBytesMax = 64 * 1024 * 1024;

/**
 * Longest request frame of a connection that is not authorised, in bytes. Ours: a session token, the longest thing in
 * authorizeConnection, has a few kilobytes.
 */
export const unauthorizedFrameBytesMax = 64 * 1024;

/** Longest connection preamble, in bytes. Ours. */
export const preambleBytesMax = 8 * 1024;

/**
 * Deepest nesting of containers in a frame, outside of byte strings. Ours: requests need four levels, and the raw
 * placeholder values that some clients add may be documents of 32.
 */
export const frameNestingMax = 64;

/** Deepest expression tree. Ours: DynamoDB allows 300 operators, which can all be on one path. */
export const expressionDepthMax = 512;

/** Most operators, functions and operands in one expression. Ours: a request of 4 KB of text has fewer. */
export const expressionNodesMax = 8_192;

/** Longest expression with its values, in bytes. Ours: DynamoDB allows 4 KB of text and 2 MB of values. */
export const expressionTreeBytesMax = 4 * 1024 * 1024;

/** Most entries in a request's options. Ours: there are twenty, and some clients write some of them twice. */
export const optionEntriesMax = 64;

/** Longest magnitude of an integer under tag 2 or 3, in bytes. Ours: the 126 digits of the largest number take 53. */
export const bignumBytesMax = 64;

/**
 * Most attribute values, elements of lists and sets included, in one item or expression. Ours: the most that fit into
 * an item of 400 KB, at 2 bytes each.
 */
export const itemValuesMax = 204_800;

/** Most names in one attribute list. Ours. */
export const attributeListNamesMax = 16_384;

/** Longest attribute list, in bytes of its names. Ours: names count towards an item's 400 KB. */
export const attributeListBytesMax = 400 * 1024;

/** Most keys in a batchGetItem. Documented. */
export const batchGetKeysMax = 100;

/** Most puts and deletes in a batchWriteItem. Documented. */
export const batchWritesMax = 25;

/** Most actions in a transaction. Documented. */
export const transactionActionsMax = 100;

/** Biggest scratch buffer that is kept for the next response, in bytes. Ours. */
export const scratchBytesMax = 1024 * 1024;
