import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import type { ServerCredentials } from "@hotkeep/certificates";
import type { Clock, Timer } from "@hotkeep/core";
import { listenFailed } from "./listen-failed.js";
import { type ConnectionOwner, NetConnection } from "./net-connection.js";
import type { Listening, ListenOptions, Transport } from "./transport.js";

/** What TLS asks beyond what every transport is told. */
export interface TlsOptions {
  readonly clock: Clock;
  /** What clients are shown first. */
  readonly credentials: ServerCredentials;
  /** How long a peer may take from its connection to the end of the handshake. */
  readonly handshakeMs: number;
  /** Handshakes under way at the same time; whoever comes then is dropped. */
  readonly handshakesMax: number;
  /** Told of peers that did not get through the handshake. */
  readonly onRefused: (remoteAddress: string, reason: string) => void;
}

/** A transport whose certificate can be replaced while it listens. */
export interface TlsTransport extends Transport {
  /** Shows `credentials` in every handshake from now on; connections that are there stay. @throws Error when they do not fit */
  show(credentials: ServerCredentials): void;
}

/** What clients may not go below. The official clients offer TLS 1.2 and 1.3. */
const oldestTls = "TLSv1.2";

/** The transport over `node:tls`. A client shows no certificate: whoever it is, it proves by its signature later. */
export function tlsTransport(options: TlsOptions): TlsTransport {
  const listeners = new Set<TlsListener>();
  let { credentials } = options;
  return {
    name: "tls",
    listen(listenOptions) {
      const listener = new TlsListener({ ...options, credentials }, listenOptions, () => listeners.delete(listener));
      listeners.add(listener);
      return listener.listen();
    },
    show(next) {
      for (const listener of listeners) listener.show(next);
      credentials = next;
    },
  };
}

const contextOf = ({ certificate, privateKey }: ServerCredentials) =>
  ({
    cert: certificate,
    key: privateKey,
    minVersion: oldestTls,
  }) as const;

/** A peer that has connected and is not through the handshake. */
interface Handshake {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly timer: Timer;
}

/** Names a peer the same on its socket and on the encrypted one over it. */
const peerName = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

class TlsListener implements Listening, ConnectionOwner {
  readonly traffic = { bytesIn: 0, bytesOut: 0 };
  readonly joining: NetConnection[] = [];
  readonly #tls: TlsOptions;
  readonly #options: ListenOptions;
  readonly #server: Server;
  /** Does the handshakes; the sockets are accepted by the other one, which looks at who comes. */
  readonly #handshaker: TlsServer;
  readonly #handshakes = new Map<string, Handshake>();
  readonly #open = new Set<NetConnection>();
  readonly #over: () => void;
  #bytesWaiting = 0;
  #port = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(tls: TlsOptions, options: ListenOptions, over: () => void) {
    this.#tls = tls;
    this.#options = options;
    this.#over = over;
    // Paused: the handshake reads.
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
    this.#handshaker = createTlsServer(contextOf(tls.credentials), (socket) => this.#secured(socket));
    this.#handshaker.on("tlsClientError", (error, socket) => {
      // One that has gone, or was dropped here, is not told of.
      const handshake = this.#handshakeOver(peerName(socket));
      if (handshake !== undefined) this.#tls.onRefused(handshake.remoteAddress, error.message);
      socket.destroy();
    });
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#open.size;
  }

  listen(): Promise<Listening> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause) => {
        this.#over();
        reject(listenFailed(this.#options, cause));
      });
      this.#server.listen({ host: address, port, backlog: 4096 }, () => {
        const bound = this.#server.address();
        if (typeof bound === "object" && bound !== null) this.#port = bound.port;
        resolve(this);
      });
    });
  }

  show(credentials: ServerCredentials): void {
    this.#handshaker.setSecureContext(contextOf(credentials));
  }

  evict(): void {
    for (const { socket, remoteAddress } of this.#handshakes.values()) {
      if (!this.#options.admits(remoteAddress)) socket.destroy();
    }
    for (const connection of this.#open) {
      if (!this.#options.admits(connection.remoteAddress)) connection.finish();
    }
  }

  settle(): void {
    for (const connection of this.joining) connection.settle();
  }

  stopAccepting(): void {
    this.#server.close();
    this.#over();
  }

  async close(withinMs: number): Promise<void> {
    this.stopAccepting();
    for (const { socket } of this.#handshakes.values()) socket.destroy();
    for (const connection of this.#open) connection.finish();
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
        this.#tls.clock.after(withinMs, resolve);
      });
    }
    for (const connection of this.#open) connection.drop();
  }

  /** Looks at who comes before anything of the handshake is read: it costs a signature. */
  #accept(socket: Socket): void {
    const { admits, connectionsMax } = this.#options;
    const { clock, handshakesMax, handshakeMs, onRefused } = this.#tls;
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || !admits(remoteAddress)) {
      socket.destroy();
      return;
    }
    const handshakes = this.#handshakes;
    const busy = handshakes.size >= handshakesMax || this.#open.size + handshakes.size >= connectionsMax;
    if (busy) {
      socket.destroy();
      return;
    }
    const name = peerName(socket);
    const timer = clock.after(handshakeMs, () => {
      this.#handshakeOver(name);
      onRefused(remoteAddress, "the handshake took too long");
      socket.destroy();
    });
    handshakes.set(name, { socket, remoteAddress, timer });
    socket.on("close", () => this.#handshakeOver(name));
    this.#handshaker.emit("connection", socket);
  }

  #handshakeOver(name: string): Handshake | undefined {
    const handshake = this.#handshakes.get(name);
    handshake?.timer.cancel();
    this.#handshakes.delete(name);
    return handshake;
  }

  #secured(socket: TLSSocket): void {
    const handshake = this.#handshakeOver(peerName(socket));
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    // Half-open from here on: a client that has sent FIN still gets the answers it is owed.
    socket.allowHalfOpen = true;
    const { clock } = this.#tls;
    const { accept, lingerMs } = this.#options;
    const connection = new NetConnection(socket, handshake.remoteAddress, true, clock, lingerMs, this);
    this.#open.add(connection);
    connection.events = accept(connection);
    socket.on("data", (chunk: Buffer) => {
      this.traffic.bytesIn += chunk.length;
      connection.received(chunk, 0, chunk.length);
    });
  }

  waiting(bytes: number): boolean {
    this.#bytesWaiting += bytes;
    return this.#bytesWaiting <= this.#options.bytesWaitingTotalMax;
  }

  gone(connection: NetConnection): void {
    if (!this.#open.delete(connection)) return;
    if (this.#open.size === 0) this.#whenEmpty?.();
  }
}
