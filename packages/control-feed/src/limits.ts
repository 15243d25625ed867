/** The feed's bounds. Both ends take their own; the defaults fit each other. */
export interface FeedLimits {
  /** A frame announced longer than this closes the connection. */
  readonly frameBytesMax: number;
  /** Bytes waiting to be sent before the connection counts as clogged. */
  readonly outgoingBytesMax: number;
  /** Requests of the other end that run at the same time; more are answered `FeedOverloaded`. */
  readonly requestsRunningMax: number;
  /** Own requests waiting for an answer or for a connection; more are refused with `FeedOverloaded`. */
  readonly requestsWaitingMax: number;
  /** How long a request waits for its answer, a missing connection included. */
  readonly requestTimeoutMs: number;
  /** A connection that has been silent this long is asked for a sign of life. */
  readonly pingAfterMs: number;
  /** A connection that has been silent this long is given up. */
  readonly silenceMaxMs: number;
  /** Time for TCP and the handshake together. */
  readonly connectTimeoutMs: number;
  /** The client's first pause after a lost connection; doubles up to {@link reconnectMaxMs}. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** After so many refusals in a row the client counts as unknown to the gateway. */
  readonly refusalsMax: number;
  /** Connections the server accepts at the same time. */
  readonly connectionsMax: number;
}

/** Bounds for a gateway with up to a thousand nodes. */
export const defaultFeedLimits: FeedLimits = {
  frameBytesMax: 4 * 1024 * 1024,
  outgoingBytesMax: 16 * 1024 * 1024,
  requestsRunningMax: 256,
  requestsWaitingMax: 4096,
  requestTimeoutMs: 5_000,
  pingAfterMs: 2_000,
  silenceMaxMs: 6_000,
  connectTimeoutMs: 5_000,
  reconnectMinMs: 50,
  reconnectMaxMs: 500,
  refusalsMax: 3,
  connectionsMax: 1_024,
};
