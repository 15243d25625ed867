/** Longest request frame, in bytes. Ours: above any legal DynamoDB request (16 MB batches). */
export const frameBytesMax = 64 * 1024 * 1024;

/** Longest connection preamble, in bytes. Ours. */
export const preambleBytesMax = 8 * 1024;

/** Deepest nesting of CBOR containers and tags, in a frame and in each byte string that wraps CBOR. Ours: DynamoDB allows documents of 32 levels, a condition of 300 operators is a tree of up to 300. */
export const nestingMax = 512;

/** Deepest document (lists and maps) in an attribute value. Documented: DynamoDB's limit is 32. */
export const documentDepthMax = 32;

/** Longest magnitude of a tag 2 or tag 3 integer, in bytes. Ours: 126 decimal digits, the most a DynamoDB number can have, take 53. */
export const bignumBytesMax = 64;

/** Most names in one attribute list. Ours. */
export const attributeListNamesMax = 16_384;
