/** Bounds of export and import. Sizes are bytes, times milliseconds; the unit stands last in each name. */
export interface TableFileLimits {
  /** Times a call is made in all while the endpoint throttles, fails or does not answer. */
  readonly attemptsMax: number;
  /** Pause before the second attempt; doubled each time, and shortened by up to half at random. */
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
  /** Time from a call's beginning to the end of its answer. */
  readonly answerMs: number;
  /** Longest line of a file: 400 KB of item grow when binaries become base64 and text is escaped. */
  readonly lineBytesMax: number;
  /** Puts of one BatchWriteItem (documented). */
  readonly batchItemsMax: number;
  /** Sum of the lines of one batch, below the 16 MB of a request (documented). */
  readonly batchBytesMax: number;
  /** How long a new table may take until it is ACTIVE. */
  readonly tableActiveMs: number;
  /** Time after which, and then between which, progress is told on a terminal. */
  readonly progressAfterMs: number;
  readonly progressEveryMs: number;
}

export const tableFileLimits: TableFileLimits = {
  attemptsMax: 10,
  firstPauseMs: 50,
  pauseMsMax: 5_000,
  answerMs: 60_000,
  lineBytesMax: 4 * 1024 * 1024,
  batchItemsMax: 25,
  batchBytesMax: 12 * 1024 * 1024,
  tableActiveMs: 120_000,
  progressAfterMs: 2_000,
  progressEveryMs: 1_000,
};
