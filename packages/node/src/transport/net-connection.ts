import type { Socket } from "node:net";
import type { Clock, Timer } from "@hotkeep/core";
import type { Connection, ConnectionEvents } from "./transport.js";

/** What a connection needs of the listener that it belongs to. */
export interface ConnectionOwner {
  readonly traffic: { bytesOut: number };
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
    return this.#socket.writableLength;
  }

  received(chunk: Buffer): void {
    if (!this.#finished) this.events?.receive(chunk);
  }

  write(bytes: Buffer): boolean {
    if (this.#finished) return true;
    this.#owner.traffic.bytesOut += bytes.length;
    if (this.#socket.write(bytes)) return true;
    if (!this.#account(this.#socket.writableLength)) this.drop();
    return false;
  }

  writeLent(bytes: Buffer, length: number): boolean {
    const own = Buffer.allocUnsafe(length);
    bytes.copy(own, 0, 0, length);
    return this.write(own);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  finish(): void {
    if (this.#finished) return;
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

  #account(bytes: number): boolean {
    const fits = this.#owner.waiting(bytes - this.#waiting);
    this.#waiting = bytes;
    return fits;
  }
}
