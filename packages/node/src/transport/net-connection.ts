import type { Socket } from "node:net";
import type { Clock, Timer } from "@hotkeep/core";
import { JoinedWrites } from "./joined-writes.js";
import type { Connection, ConnectionEvents } from "./transport.js";

/** What a session writes within one call leaves in more than one write when it is longer than this. */
const joinedBytesMax = 256 * 1024;

/** What a connection needs of the listener that it belongs to. */
export interface ConnectionOwner {
  readonly traffic: { bytesOut: number };
  /** Connections whose session has written what has not been sent: it is about to return. Mostly there is one. */
  readonly joining: NetConnection[];
  /** Counts what one more slow peer leaves unread; false: that is more than all may. */
  waiting(bytes: number): boolean;
  gone(connection: NetConnection): void;
}

/** A connection over a stream of Node's, plain or encrypted. */
export class NetConnection implements Connection {
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #lingerMs: number;
  readonly #owner: ConnectionOwner;
  #waiting = 0;
  #finished = false;
  /** What the session has written since it was called. */
  readonly #joined = new JoinedWrites();
  #joining = false;
  /** The session is being told of input. */
  #receiving = false;
  #linger: Timer | undefined;
  events: ConnectionEvents | undefined;

  constructor(
    socket: Socket,
    remoteAddress: string,
    secure: boolean,
    clock: Clock,
    lingerMs: number,
    owner: ConnectionOwner,
  ) {
    this.remoteAddress = remoteAddress;
    this.secure = secure;
    this.#socket = socket;
    this.#clock = clock;
    this.#lingerMs = lingerMs;
    this.#owner = owner;
    socket.on("drain", () => {
      this.#account(0);
      this.events?.drained();
    });
    socket.on("end", () => {
      if (this.events === undefined || this.#finished) socket.end();
      else this.events.ended();
    });
    // A peer that resets is only a peer that has gone; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#linger?.cancel();
      this.#account(0);
      this.#owner.gone(this);
      const events = this.events;
      this.events = undefined;
      events?.closed();
    });
  }

  get bytesWaiting(): number {
    return this.#socket.writableLength + this.#joined.length;
  }

  received(memory: Buffer, start: number, end: number): void {
    if (this.#finished) return;
    this.#receiving = true;
    try {
      this.events?.receive(memory, start, end, this.#clock.monotonic());
    } finally {
      this.#receiving = false;
      this.#sendJoined();
    }
  }

  write(bytes: Buffer): boolean {
    if (this.#finished || bytes.length === 0) return true;
    this.#joined.add(bytes);
    return this.#join();
  }

  writeLent(bytes: Buffer, length: number): boolean {
    return this.write(Buffer.from(bytes.subarray(0, length)));
  }

  writeSteady(memory: Buffer, start: number, end: number): boolean {
    if (this.#finished || start === end) return true;
    this.#joined.addSteady(memory, start, end);
    return this.#join();
  }

  /** Memory that was written is about to be changed. */
  settle(): void {
    this.#joined.keep();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  finish(): void {
    if (this.#finished) return;
    this.#sendJoined();
    this.#finished = true;
    // Whatever still comes in is read and forgotten: closing with unread input would send a reset.
    this.#socket.resume();
    this.#socket.end();
    this.#linger = this.#clock.after(this.#lingerMs, () => this.drop());
  }

  /** Ends it at once, by a reset if need be. */
  drop(): void {
    this.#socket.destroy();
  }

  /** What is written leaves when the session has returned, or when it is enough. */
  #join(): boolean {
    if (!this.#joining) {
      this.#joining = true;
      this.#owner.joining.push(this);
      if (!this.#receiving) queueMicrotask(() => this.#sendJoined());
    }
    return this.#joined.length > joinedBytesMax ? this.#sendJoined() : !this.#socket.writableNeedDrain;
  }

  #sendJoined(): boolean {
    if (!this.#joining) return true;
    this.#joining = false;
    const { joining } = this.#owner;
    if (joining.length === 1) joining.pop();
    else joining.splice(joining.indexOf(this), 1);
    const bytes = this.#joined.take();
    this.#owner.traffic.bytesOut += bytes.length;
    if (this.#socket.write(bytes)) return true;
    if (!this.#account(this.#socket.writableLength)) this.drop();
    return false;
  }

  #account(bytes: number): boolean {
    const fits = this.#owner.waiting(bytes - this.#waiting);
    this.#waiting = bytes;
    return fits;
  }
}
