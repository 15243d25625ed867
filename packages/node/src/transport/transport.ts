/** One accepted connection, as the session sees it. */
export interface Connection {
  /** The peer's address, without port. */
  readonly remoteAddress: string;
  /** True when the bytes travel under TLS. */
  readonly secure: boolean;
  /** Bytes written that the peer has not taken yet. */
  readonly bytesWaiting: number;
  /**
   * Sends `bytes`, which nobody may change afterwards. False: the peer is slow and bytes wait here; `drained` follows.
   */
  write(bytes: Buffer): boolean;
  /**
   * Like `write`, for the first `length` bytes of memory that is only lent: the caller uses it again after the return.
   */
  writeLent(bytes: Buffer, length: number): boolean;
  /**
   * Like `write`, for `memory[start, end)`, which stays as it is until its owner calls {@link Listening.settle}: the
   * bytes need not be copied.
   */
  writeSteady(memory: Buffer, start: number, end: number): boolean;
  /** Stops reading; what arrives waits in the kernel, and TCP slows the peer down. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** Sends FIN behind what was written, then reads and forgets until the peer closes too. Never a reset. */
  finish(): void;
}

/** What happens on a connection; the session implements it. */
export interface ConnectionEvents {
  /**
   * `memory[start, end)` has arrived. It is only lent: what is needed after the return must be copied.
   *
   * @param now monotonic milliseconds at which it was taken up
   */
  receive(memory: Buffer, start: number, end: number, now: number): void;
  /** Everything written has been taken. */
  drained(): void;
  /** The peer has sent FIN: it sends nothing more, but may still read. */
  ended(): void;
  /** It is over; no further calls. */
  closed(): void;
}

/** Where and for whom a transport listens. */
export interface ListenOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly connectionsMax: number;
  /** Bytes that all peers together may leave unread; above it the connection that adds to it is closed. */
  readonly bytesWaitingTotalMax: number;
  /** How long the peer may take to close its side after `finish`. */
  readonly lingerMs: number;
  /** Whether a peer may connect at all. One that may not is closed at once, before anything of it is read. */
  admits(remoteAddress: string): boolean;
  /** Called for each connection before its first byte is read. */
  accept(connection: Connection): ConnectionEvents;
}

/** A listening transport. */
export interface Listening {
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /** Bytes received and sent since the start. */
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number };
  /** Memory written by `writeSteady` is about to be changed: whatever of it has not been sent is sent or copied now. */
  settle(): void;
  /** Finishes the connections of peers that `admits` no longer lets in. */
  evict(): void;
  /** Accepts no further connections. */
  stopAccepting(): void;
  /** Finishes every connection and waits for the peers to close, at most `withinMs`; then drops what is left. */
  close(withinMs: number): Promise<void>;
}

/**
 * Sockets to sessions and back. What a session writes within one `receive` leaves together, and an implementation may
 * read many sockets per wake-up and send the answers of all of them with one call.
 */
export interface Transport {
  /** What logs and metrics call it. */
  readonly name?: string;
  /** @throws HotkeepError `ListenFailed` */
  listen(options: ListenOptions): Promise<Listening>;
}
