/** Longest key in bytes of UTF-8. LMDB's pages would take 1978. */
export const keyBytesMax = 1024;
/** Longest value in bytes of JSON. Fits an item of a DynamoDB table, so that every back end can hold it. */
export const valueBytesMax = 350 * 1024;
/** Most keys that one transaction may write. */
export const transactionWritesMax = 10_000;
/** How often a transaction runs beside others before it gets the store for itself. */
export const sharedAttemptsMax = 4;
/** Most transactions waiting to be committed. */
export const waitingTransactionsMax = 10_000;
