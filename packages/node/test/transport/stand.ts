import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, systemClock } from "@hotkeep/core";
import type { Connection, ConnectionEvents, Listening, ListenOptions, Transport } from "@hotkeep/node";

/** What a test's sessions do; everything not said is what an echo does. */
export interface Behaviour {
  receive?(session: TestSession, chunk: Buffer): void;
  ended?(session: TestSession): void;
}

/** A session that writes down what happens to it. */
export class TestSession implements ConnectionEvents {
  readonly connection: Connection;
  readonly calls: string[] = [];
  received = Buffer.alloc(0);
  readonly #behaviour: Behaviour;

  constructor(connection: Connection, behaviour: Behaviour) {
    this.connection = connection;
    this.#behaviour = behaviour;
  }

  count(call: string): number {
    return this.calls.filter((one) => one === call).length;
  }

  receive(memory: Buffer, start: number, end: number): void {
    const chunk = memory.subarray(start, end);
    this.calls.push("receive");
    if (this.#behaviour.receive !== undefined) this.#behaviour.receive(this, chunk);
    else this.connection.write(Buffer.from(chunk));
  }

  drained(): void {
    this.calls.push("drained");
  }

  ended(): void {
    this.calls.push("ended");
    if (this.#behaviour.ended !== undefined) this.#behaviour.ended(this);
    else this.connection.finish();
  }

  closed(): void {
    this.calls.push("closed");
  }
}

/** A client that keeps what it receives and how it ended. */
export class Peer {
  readonly socket: Socket;
  /** The TCP socket below, where there is something between. */
  readonly raw: Socket;
  readonly chunks: Buffer[] = [];
  length = 0;
  ended = false;
  closed = false;
  error: NodeJS.ErrnoException | undefined;

  constructor(socket: Socket, raw: Socket = socket) {
    this.socket = socket;
    this.raw = raw;
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.length += chunk.length;
    });
    socket.on("end", () => {
      this.ended = true;
    });
    socket.on("close", () => {
      this.closed = true;
    });
    socket.on("error", (error) => {
      this.error = error;
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString("latin1");
  }
}

/** A transport under test, and how its peers connect. */
export interface Wire {
  readonly secure: boolean;
  transport(clock: Clock): Transport;
  /** A socket that emits `ready` when bytes can be written, or `error`. */
  dial(host: string, port: number): { readonly socket: Socket; readonly raw: Socket; readonly ready: string };
}

/** Peers that speak TCP and nothing over it. */
export function plainWire(transport: (clock: Clock) => Transport): Wire {
  return {
    secure: false,
    transport,
    dial(host, port) {
      const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
      return { socket, raw: socket, ready: "connect" };
    },
  };
}

/** A transport that listens for test sessions, and the peers that have connected to it. */
export class Stand {
  readonly sessions: TestSession[] = [];
  readonly peers: Peer[] = [];
  listening!: Listening;
  readonly #wire: Wire;
  readonly #transport: Transport;
  readonly #options: Partial<ListenOptions>;

  constructor(wire: Wire, options: Partial<ListenOptions>, clock: Clock = systemClock) {
    this.#wire = wire;
    this.#transport = wire.transport(clock);
    this.#options = options;
  }

  async listen(behaviour: Behaviour = {}): Promise<this> {
    this.listening = await this.#transport.listen({
      address: "127.0.0.1",
      port: 0,
      connectionsMax: 10_000,
      bytesWaitingTotalMax: 256 * 1024 * 1024,
      lingerMs: 30_000,
      admits: () => true,
      accept: (connection) => {
        const session = new TestSession(connection, behaviour);
        this.sessions.push(session);
        return session;
      },
      ...this.#options,
    });
    return this;
  }

  async peer(host = "127.0.0.1"): Promise<Peer> {
    const { socket, raw, ready } = this.#wire.dial(host, this.listening.port);
    const peer = new Peer(socket, raw);
    this.peers.push(peer);
    await new Promise<void>((resolve, reject) => {
      socket.once(ready, resolve);
      socket.once("error", reject);
    });
    return peer;
  }

  /** A peer and its session. */
  async pair(): Promise<{ peer: Peer; session: TestSession }> {
    const before = this.sessions.length;
    const peer = await this.peer();
    await until(() => this.sessions.length > before, "the connection is accepted");
    return { peer, session: this.sessions[before]! };
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    await this.listening.close(1_000);
  }
}

/** Waits until `holds`. @throws Error with `what` when it does not come about */
export async function until(holds: () => boolean, what: string, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`did not come about: ${what}`);
    await pause(2);
  }
}
