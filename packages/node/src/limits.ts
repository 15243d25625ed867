/** Every bound of a node. Bytes, milliseconds or counts, as the name says. */
export interface NodeLimits {
  /** Open connections; the next one is ended with FIN at once. */
  readonly connectionsMax: number;
  /** One request frame. */
  readonly frameBytesMax: number;
  /** One request frame of a connection that nobody has authorised. */
  readonly strangerFrameBytesMax: number;
  /** The five values in front of a connection's first frame. */
  readonly preambleBytesMax: number;
  /** Received bytes that wait in all sessions together, because a frame is incomplete or an earlier request runs. */
  readonly inputBytesTotalMax: number;
  /** Answers that one peer has not read yet; above it the session stops working for that peer. */
  readonly outputBytesMax: number;
  /** Answers that all peers together have not read yet; above it new requests are throttled. */
  readonly outputBytesTotalMax: number;
  /** How long the peer may take to close its side after this side has sent FIN. */
  readonly lingerMs: number;
  /** How long one `authorizeConnection` holds. Clients renew after 150 to 225 s. */
  readonly authorizationMs: number;
  /** Difference allowed between a client's clock and ours when it signs. */
  readonly clockSkewMs: number;
  /** Access keys whose facts and compiled policies are kept. */
  readonly callersMax: number;
  /** How long a caller's facts count after the feed is lost. */
  readonly callerWithoutFeedMs: number;
  /** Requests that run and are not served from memory; the next one is throttled. */
  readonly requestsRunningMax: number;
  /** How late the event loop may be, at every one of the last probes, before what is not in memory is throttled. */
  readonly loopDelayMsMax: number;
  /** Pause between two probes of the event loop's delay. */
  readonly loopDelayProbeMs: number;
  /** Sockets to the table endpoint. */
  readonly endpointSocketsMax: number;
  /** Longest wait for an answer of the table endpoint. */
  readonly endpointTimeoutMs: number;
  /** Longest answer of the table endpoint. */
  readonly endpointResponseBytesMax: number;
  /** How long before its end a session of the service role is renewed. */
  readonly roleSessionRenewMs: number;
  /** How long the refusal of the service role's session is remembered. */
  readonly roleRefusalMs: number;
  /** How long a table's key schema counts without being asked for again. */
  readonly tableSchemaMs: number;
  /** Tables whose key schema is kept. */
  readonly tablesMax: number;
  /** Attribute lists kept in memory. */
  readonly attributeListsMax: number;
  /** Transactions whose items may be read again in the background at one time. */
  readonly refreshesRunningMax: number;
  /** How long a TLS client may take from its connection to the end of the handshake. */
  readonly handshakeMs: number;
  /** TLS handshakes under way at the same time; whoever comes then is dropped. */
  readonly handshakesMax: number;
  /** Pause between two lines of the log about handshakes that failed. */
  readonly handshakeReportMs: number;
  /** Pause between two lines of the log about connections that were not authorised. */
  readonly authorizationReportMs: number;
  /** Pause between two looks at what is due: uses that are to be told. */
  readonly heartbeatMs: number;
  /** Pause between two requests for the node's seat in its cluster. */
  readonly seatAskMs: number;
  /** How long a write waits for the seat, before it is made and again before it is acknowledged. */
  readonly seatWaitMs: number;
  /** How old an eventually consistent read of a table may be at most. */
  readonly tableLagMs: number;
  /** Bits of each of the two bitmaps that remember of which keys the node has learned within that time; a power of two. */
  readonly learnedKeysBits: number;
  /** How long after its failure a write of unknown outcome may still reach the table. */
  readonly lateWriteMs: number;
  /** Keys with such a write that are known one by one; beyond that every key counts as one. */
  readonly lateKeysMax: number;
  /** Places for when a partition or a table was written last, where query answers follow writes. */
  readonly writeStampsMax: number;
  /** Pause between two looks at a table's stream, where streams are followed. */
  readonly streamPollMs: number;
  /** Longest pause after looks at a stream that failed. */
  readonly streamRetryMsMax: number;
  /** Tables whose streams are followed. */
  readonly streamsFollowedMax: number;
  /** How often what a batch left unprocessed is sent again before the client hears of it. */
  readonly batchRetriesMax: number;
  /** Pause before the first of these retries; doubles each time. */
  readonly batchRetryMs: number;
}

/** What a node uses where nothing else is said. */
export const defaultLimits: NodeLimits = {
  connectionsMax: 20_000,
  frameBytesMax: 32 * 1024 * 1024,
  strangerFrameBytesMax: 1024 * 1024,
  preambleBytesMax: 8 * 1024,
  inputBytesTotalMax: 256 * 1024 * 1024,
  outputBytesMax: 1024 * 1024,
  outputBytesTotalMax: 256 * 1024 * 1024,
  lingerMs: 30_000,
  authorizationMs: 300_000,
  clockSkewMs: 300_000,
  callersMax: 10_000,
  callerWithoutFeedMs: 300_000,
  requestsRunningMax: 10_000,
  loopDelayMsMax: 300,
  loopDelayProbeMs: 100,
  endpointSocketsMax: 128,
  endpointTimeoutMs: 20_000,
  endpointResponseBytesMax: 32 * 1024 * 1024,
  roleSessionRenewMs: 60_000,
  roleRefusalMs: 1_000,
  tableSchemaMs: 60_000,
  tablesMax: 2_500,
  attributeListsMax: 100_000,
  refreshesRunningMax: 64,
  handshakeMs: 10_000,
  handshakesMax: 2_000,
  handshakeReportMs: 1_000,
  authorizationReportMs: 10_000,
  heartbeatMs: 1_000,
  seatAskMs: 200,
  seatWaitMs: 2_000,
  tableLagMs: 10_000,
  learnedKeysBits: 1 << 20,
  lateWriteMs: 20_000,
  lateKeysMax: 10_000,
  writeStampsMax: 65_536,
  streamPollMs: 500,
  streamRetryMsMax: 30_000,
  streamsFollowedMax: 256,
  batchRetriesMax: 5,
  batchRetryMs: 20,
};
