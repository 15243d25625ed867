import type { Timer } from "@hotkeep/core";
import type { Connection, ConnectionEvents } from "./transport.js";

/** What a connection needs of the listener that it belongs to. */
export interface BatchedSockets {
  /**
   * Takes `bytes[start, end)` to be sent with those of other connections; false: they are better sent alone.
   *
   * @param steady the bytes stay as they are until the next {@link settle}: they need not be copied
   */
  gather(connection: BatchedConnection, bytes: Buffer, start: number, end: number, steady: boolean): boolean;
  /** Sends at once what was gathered of this connection. What the peer does not take comes back by `fellShort`. */
  settle(connection: BatchedConnection): void;
  /** Sends `bytes[start, end)`. The answer: bytes taken; undefined: the connection has failed and is released. */
  send(connection: BatchedConnection, bytes: Buffer, start: number, end: number): number | undefined;
  /** Counts `bytes` more or fewer that wait for slow peers; false: that is more than all may leave unread. */
  waiting(bytes: number): boolean;
  watch(connection: BatchedConnection): void;
  /** Sends FIN. */
  fin(connection: BatchedConnection): void;
  /** Closes the socket; `closed` follows when the caller's work is done. */
  release(connection: BatchedConnection): void;
  linger(fire: () => void): Timer;
}

/** One accepted connection. The listener tells it what happens to its socket; it tells the session. */
export class BatchedConnection implements Connection {
  readonly remoteAddress: string;
  readonly secure = false;
  /** Where the socket stands in the native table. */
  readonly slot: number;
  /** Number of the batch that holds bytes of this connection. */
  batch = -1;
  events: ConnectionEvents | undefined;
  readonly #sockets: BatchedSockets;
  /** What the peer has not taken, oldest first; `#taken` bytes of the first are gone. */
  #queue: Buffer[] = [];
  #taken = 0;
  #waiting = 0;
  #paused = false;
  #finished = false;
  #peerEnded = false;
  #over = false;
  #linger: Timer | undefined;

  constructor(sockets: BatchedSockets, slot: number, remoteAddress: string) {
    this.#sockets = sockets;
    this.slot = slot;
    this.remoteAddress = remoteAddress;
  }

  get bytesWaiting(): number {
    return this.#waiting;
  }

  get wantsRead(): boolean {
    return !this.#paused && !this.#peerEnded;
  }

  get wantsWrite(): boolean {
    return this.#waiting > 0;
  }

  write(bytes: Buffer): boolean {
    if (this.#finished || this.#over) return true;
    const sent = this.#send(bytes, 0, bytes.length, false);
    return sent === bytes.length || this.#over || this.#wait(bytes, sent);
  }

  writeLent(bytes: Buffer, length: number): boolean {
    if (this.#finished || this.#over) return true;
    const sent = this.#send(bytes, 0, length, false);
    return sent === length || this.#over || this.#wait(Buffer.from(bytes.subarray(sent, length)), 0);
  }

  writeSteady(memory: Buffer, start: number, end: number): boolean {
    if (this.#finished || this.#over) return true;
    const sent = this.#send(memory, start, end, true);
    return sent === end - start || this.#over || this.#wait(Buffer.from(memory.subarray(start + sent, end)), 0);
  }

  pause(): void {
    this.#paused = true;
    if (!this.#over) this.#sockets.watch(this);
  }

  resume(): void {
    this.#paused = false;
    if (!this.#over) this.#sockets.watch(this);
  }

  finish(): void {
    if (this.#finished || this.#over) return;
    this.#finished = true;
    // Whatever still comes in is read and forgotten: closing with unread input would send a reset.
    this.resume();
    this.#linger = this.#sockets.linger(() => this.drop());
    this.#sockets.settle(this);
    if (this.#waiting === 0) this.#sendFin();
  }

  /** Ends it at once, by a reset if need be. */
  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#linger?.cancel();
    this.#queue = [];
    this.#sockets.waiting(-this.#waiting);
    this.#waiting = 0;
    this.#sockets.release(this);
  }

  received(memory: Buffer, start: number, end: number, now: number): void {
    if (!this.#finished) this.events?.receive(memory, start, end, now);
  }

  /** The peer has sent FIN. */
  ended(): void {
    this.#peerEnded = true;
    if (this.#finished) {
      if (this.#waiting === 0) this.drop();
    } else if (this.events === undefined) this.finish();
    else this.events.ended();
  }

  /** The peer takes bytes again. */
  writable(): void {
    while (this.#queue.length > 0) {
      const first = this.#queue[0]!;
      const sent = this.#sockets.send(this, first, this.#taken, first.length);
      if (sent === undefined) return;
      this.#taken += sent;
      this.#waiting -= sent;
      this.#sockets.waiting(-sent);
      if (this.#taken < first.length) return;
      this.#queue.shift();
      this.#taken = 0;
    }
    this.#sockets.watch(this);
    if (this.#finished) this.#sendFin();
    else this.events?.drained();
  }

  /** `bytes` that were gathered could not be sent. They are this connection's own from here on. */
  fellShort(bytes: Buffer): void {
    if (!this.#over) this.#wait(bytes, 0);
  }

  /** Sends what can be sent behind everything written before. The answer: bytes that are on their way. */
  #send(bytes: Buffer, start: number, end: number, steady: boolean): number {
    if (this.#waiting === 0) {
      if (this.#sockets.gather(this, bytes, start, end, steady)) return end - start;
      this.#sockets.settle(this);
    }
    if (this.#waiting > 0 || this.#over) return 0;
    return this.#sockets.send(this, bytes, start, end) ?? 0;
  }

  #wait(bytes: Buffer, from: number): boolean {
    if (this.#queue.length === 0) this.#taken = from;
    this.#queue.push(bytes);
    const more = bytes.length - from;
    this.#waiting += more;
    if (this.#sockets.waiting(more)) this.#sockets.watch(this);
    else this.drop();
    return false;
  }

  #sendFin(): void {
    if (this.#over) return;
    if (this.#peerEnded) this.drop();
    else this.#sockets.fin(this);
  }
}
