/** Bounds of the embedded engine. Sizes are bytes, times milliseconds; the unit stands last in each name. */
export interface TablesLimits {
  /** Size of one answer of Query and Scan, counted in item sizes before projection (documented: 1 MB). */
  readonly pageBytesMax: number;
  /** Size of one BatchGetItem answer; what does not fit comes back as UnprocessedKeys (documented: 16 MB). */
  readonly batchGetBytesMax: number;
  /** Keys of one BatchGetItem (documented). */
  readonly batchGetKeysMax: number;
  /** Puts and deletes of one BatchWriteItem (documented). */
  readonly batchWriteRequestsMax: number;
  /** Sizes of all items of one transaction together (documented: 4 MB). */
  readonly transactionBytesMax: number;
  /** How long a ClientRequestToken is remembered (documented: 10 minutes). */
  readonly transactionTokenMs: number;
  /** Items of one partition key in a table with local indexes (documented: 10 GB). */
  readonly collectionBytesMax: number;
  /** Tables of one account in one Region (documented default quota: 2,500). */
  readonly tablesPerRegionMax: number;
  /** Writes that wait for the disk at once; beyond it writers hear ThrottlingException (ours). */
  readonly pendingWritesMax: number;
  /** Requests that share one commit (ours). */
  readonly requestsPerCommitMax: number;
  /** Bytes of changes after which a commit takes no more requests (ours). */
  readonly bytesPerCommitMax: number;
  /** Rows that wait in memory and in the log at most before they are brought into the trees' file (ours). */
  readonly rowsPerCheckpointMax: number;
  /** How long they wait at most (ours). */
  readonly checkpointMs: number;
  /** Rows of a deleted table that one commit removes (ours). */
  readonly reapedRowsPerCommitMax: number;
  /** Rows that one commit adds to a new index (ours). */
  readonly builtRowsPerCommitMax: number;
  /** Backups of one account in one Region (ours). */
  readonly backupsPerRegionMax: number;
  /** Backups that are made at once (documented: 50; ours is less, since each holds a snapshot). */
  readonly backupsInProgressMax: number;
  /** Items that one commit copies to or from a backup (ours). */
  readonly copiedRowsPerCommitMax: number;
  /** Time between two walks that delete expired items (ours; the service takes up to some days). */
  readonly expirySweepMs: number;
  /** How long stream records are kept (documented: 24 hours). */
  readonly streamRetentionMs: number;
  /** How long a shard gets records before another one goes on from it (observed in the service: about 4 hours). */
  readonly shardMs: number;
  /** Time between two walks that remove old stream records and close old shards (ours). */
  readonly streamSweepMs: number;
  /** Stream records that one commit removes (ours). */
  readonly trimmedRecordsPerCommitMax: number;
  /** Streams of one table name that are still there, off or on (ours). */
  readonly streamsPerTableMax: number;
  /** How long a shard iterator can be used (documented: 15 minutes). */
  readonly shardIteratorMs: number;
  /** Size of one GetRecords answer, counted in record sizes (documented: 1 MB). */
  readonly recordsBytesMax: number;
  /** Rows that such a walk looks at before it lets others in (ours). */
  readonly expiryRowsPerStepMax: number;
}

/** The service's own limits where it documents them. */
export const defaultTablesLimits: TablesLimits = {
  pageBytesMax: 1024 * 1024,
  batchGetBytesMax: 16 * 1024 * 1024,
  batchGetKeysMax: 100,
  batchWriteRequestsMax: 25,
  transactionBytesMax: 4 * 1024 * 1024,
  transactionTokenMs: 10 * 60 * 1000,
  collectionBytesMax: 10 * 1024 ** 3,
  tablesPerRegionMax: 2_500,
  pendingWritesMax: 20_000,
  requestsPerCommitMax: 512,
  bytesPerCommitMax: 1024 * 1024,
  rowsPerCheckpointMax: 8_192,
  checkpointMs: 250,
  reapedRowsPerCommitMax: 500,
  builtRowsPerCommitMax: 200,
  backupsPerRegionMax: 1_000,
  backupsInProgressMax: 16,
  copiedRowsPerCommitMax: 200,
  expirySweepMs: 60_000,
  expiryRowsPerStepMax: 500,
  streamRetentionMs: 24 * 60 * 60 * 1000,
  shardMs: 4 * 60 * 60 * 1000,
  streamSweepMs: 60_000,
  trimmedRecordsPerCommitMax: 500,
  streamsPerTableMax: 100,
  shardIteratorMs: 15 * 60 * 1000,
  recordsBytesMax: 1024 * 1024,
};
