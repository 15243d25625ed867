import { createServer, type Server, Socket } from "node:net";
import type { Clock } from "@hotkeep/core";
import { listenFailed } from "./listen-failed.js";
import { type ConnectionOwner, NetConnection } from "./net-connection.js";
import type { Listening, ListenOptions, Transport } from "./transport.js";

/** One buffer for all reads of the process: sessions copy what they keep, and reading is synchronous. */
const readBufferBytes = 64 * 1024;

/** The transport over `node:net`. */
export function netTransport(clock: Clock): Transport {
  return { name: "net", listen: (options) => new NetListener(clock, options).listen() };
}

/** Told of bytes that lie at `memory[0, end)`. */
type Receive = (memory: Buffer, end: number) => void;

class NetListener implements Listening, ConnectionOwner {
  readonly #clock: Clock;
  readonly #options: ListenOptions;
  readonly #server: Server;
  readonly #readBuffer = Buffer.allocUnsafeSlow(readBufferBytes);
  readonly #open = new Set<NetConnection>();
  readonly traffic = { bytesIn: 0, bytesOut: 0 };
  readonly joining: NetConnection[] = [];
  #bytesWaiting = 0;
  #port = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(clock: Clock, options: ListenOptions) {
    this.#clock = clock;
    this.#options = options;
    // Half-open: a client that has sent FIN still gets the answers it is owed. Paused: no byte may be read before the
    // socket is set up with our buffer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    );
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
        reject(listenFailed(this.#options, cause));
      });
      this.#server.listen({ host: address, port, backlog: 4096 }, () => {
        const bound = this.#server.address();
        if (typeof bound === "object" && bound !== null) this.#port = bound.port;
        resolve(this);
      });
    });
  }

  evict(): void {
    for (const connection of this.#open) {
      if (!this.#options.admits(connection.remoteAddress)) connection.finish();
    }
  }

  settle(): void {
    for (const connection of this.joining) connection.settle();
  }

  stopAccepting(): void {
    this.#server.close();
  }

  async close(withinMs: number): Promise<void> {
    this.#server.close();
    for (const connection of this.#open) connection.finish();
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
        this.#clock.after(withinMs, resolve);
      });
    }
    for (const connection of this.#open) connection.drop();
  }

  #accept(accepted: Socket): void {
    const { connectionsMax, admits, accept, lingerMs } = this.#options;
    const remoteAddress = accepted.remoteAddress;
    if (remoteAddress === undefined || !admits(remoteAddress)) {
      accepted.destroy();
      return;
    }
    const { socket, attach } = this.#ownBuffer(accepted);
    const connection = new NetConnection(socket, remoteAddress, false, this.#clock, lingerMs, this);
    this.#open.add(connection);
    if (this.#open.size > connectionsMax) connection.finish();
    else connection.events = accept(connection);
    attach((memory, end) => {
      this.traffic.bytesIn += end;
      connection.received(memory, 0, end);
    });
  }

  /**
   * Reads into one shared buffer instead of a fresh 64 KB for every chunk, and past the stream machinery: a third more
   * requests a second. Node offers `onread` for outgoing sockets only, so the accepted handle moves into a new Socket;
   * should a release of Node not let us, the ordinary way works as well.
   */
  #ownBuffer(accepted: Socket): { socket: Socket; attach: (receive: Receive) => void } {
    const holder = accepted as unknown as { _handle: object | null };
    const handle = holder._handle;
    if (typeof handle !== "object" || handle === null) {
      return {
        socket: accepted,
        attach(receive) {
          accepted.on("data", (chunk: Buffer) => receive(chunk, chunk.length));
          accepted.resume();
        },
      };
    }
    holder._handle = null;
    let receive: Receive = () => {};
    const buffer = this.#readBuffer;
    const options = {
      handle,
      allowHalfOpen: true,
      onread: {
        buffer,
        callback(bytes: number): boolean {
          receive(buffer, bytes);
          return true;
        },
      },
    };
    const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
    return {
      socket,
      attach(receiver) {
        receive = receiver;
        socket.resume();
      },
    };
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
