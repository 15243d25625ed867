/** Bounds of the way to a remote table endpoint. Sizes are bytes, times milliseconds; the unit stands last in each name. */
export interface RemoteLimits {
  /** Connections to the endpoint at once; more calls wait for one. */
  readonly socketsMax: number;
  /** Calls under way or waiting for a connection; beyond it callers hear ThrottlingException. */
  readonly callsMax: number;
  /** Time to reach the endpoint, TLS included. */
  readonly connectMs: number;
  /** Time from a call's beginning to the last byte of its answer. */
  readonly answerMs: number;
  /**
   * After it an idle connection is closed. Below the five seconds of many servers: ours goes first, so that no write
   * meets a connection that closes.
   */
  readonly idleSocketMs: number;
  /** Longest answer read: 16 MB of items grow when binaries become base64 and text is escaped. */
  readonly answerBytesMax: number;
  /** Pauses before a call that has not left this machine is tried again; as many tries as pauses. */
  readonly retryPausesMs: readonly number[];
  /** How long a described key schema counts. A table made anew past this gateway is noticed by then. */
  readonly schemaMs: number;
  /** Tables whose key schemas are kept. */
  readonly schemasMax: number;
  /** Time between two readings of the credentials after the endpoint refused them. */
  readonly credentialsMs: number;
}

/** All of them ours. */
export const defaultRemoteLimits: RemoteLimits = {
  socketsMax: 128,
  callsMax: 4_096,
  connectMs: 3_000,
  answerMs: 30_000,
  idleSocketMs: 4_000,
  answerBytesMax: 64 * 1024 * 1024,
  retryPausesMs: [50, 200],
  schemaMs: 30_000,
  schemasMax: 2_500,
  credentialsMs: 1_000,
};
