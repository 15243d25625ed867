import { systemClock } from "@hotkeep/core";
import type { Connection, ConnectionEvents, Listening, ListenOptions, Transport } from "@hotkeep/node";

/** A connection without a socket: what the session writes is kept. */
export class MemoryConnection implements Connection {
  readonly remoteAddress = "127.0.0.1";
  readonly secure = false;
  readonly bytesWaiting = 0;
  readonly written: Buffer[] = [];
  paused = false;
  finished = false;
  events!: ConnectionEvents;

  write(bytes: Buffer): boolean {
    this.written.push(Buffer.from(bytes));
    return true;
  }

  writeLent(bytes: Buffer, length: number): boolean {
    return this.write(bytes.subarray(0, length));
  }

  writeSteady(memory: Buffer, start: number, end: number): boolean {
    return this.write(memory.subarray(start, end));
  }

  /** Tells the session of bytes, which are only lent. */
  arrive(bytes: Buffer): void {
    this.events.receive(bytes, 0, bytes.length, systemClock.monotonic());
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  finish(): void {
    this.finished = true;
  }

  /** Takes everything written so far. */
  take(): Buffer {
    return Buffer.concat(this.written.splice(0));
  }
}

/** Connections are made by the test. */
export class MemoryTransport implements Transport {
  #options: ListenOptions | undefined;
  /** Told that steady memory is about to change. */
  onSettle: () => void = () => {};

  async listen(options: ListenOptions): Promise<Listening> {
    this.#options = options;
    return {
      port: 8111,
      connections: 0,
      traffic: { bytesIn: 0, bytesOut: 0 },
      settle: () => this.onSettle(),
      evict() {},
      stopAccepting() {},
      async close() {},
    };
  }

  connect(): MemoryConnection {
    const connection = new MemoryConnection();
    connection.events = this.#options!.accept(connection);
    return connection;
  }
}
